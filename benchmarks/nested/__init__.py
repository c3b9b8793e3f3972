"""Nested training beside separate trainings: what it takes, and what each prefix is worth."""
