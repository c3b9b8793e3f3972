"""What each contestant's Python runs."""
