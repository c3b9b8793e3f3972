"""What runs in a process of its own: a library's side of each job."""
