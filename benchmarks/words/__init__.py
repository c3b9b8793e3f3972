"""Word vectors: gensim, fastText and rowspace on the same file, in one run."""
