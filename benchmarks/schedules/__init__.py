"""Learning-rate schedules for word vectors, side by side."""
