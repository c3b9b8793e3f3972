"""Who takes part: each in a process of its own."""
