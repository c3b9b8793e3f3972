"""Models made smaller: what it costs."""
