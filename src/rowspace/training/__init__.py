"""The loop: rows learn from a corpus, with checkpoints."""
