"""What scores vectors with a peer's own code, in a process of its own."""
