"""Whole networks on the layer: how good they get in half an hour on two cores."""
