"""Scores beside those of gensim, GloVe and vecto, by their own code and rules."""
