"""GloVe beside Stanford's program: counting, training, quality."""
