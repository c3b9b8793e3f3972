"""The layer inside a network: look-ups and training steps beside FBGEMM and torch."""
