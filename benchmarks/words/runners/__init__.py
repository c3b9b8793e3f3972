"""A script for each library, run by the Python that has it: a job comes in, a line goes out."""
