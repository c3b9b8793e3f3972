"""The laboratory: versions of a kernel, the losing ones too, and what they measured."""
