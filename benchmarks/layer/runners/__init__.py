"""A module a library: it does the jobs, in that library's own environment."""
