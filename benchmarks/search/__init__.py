"""Searching: exact in batches, one query at a time, through an index, and looking items up."""
