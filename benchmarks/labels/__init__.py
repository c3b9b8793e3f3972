"""Text classification beside fastText."""
