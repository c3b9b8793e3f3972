"""What does the jobs of a contestant, in a process of its own."""
