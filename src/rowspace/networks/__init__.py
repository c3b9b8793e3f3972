"""Whole networks on the layer (the `torch` extra): tagging, translation, generation.

Each is one file (`tag`, `translate`, `generate`); `course` is the loop of all three.
"""
