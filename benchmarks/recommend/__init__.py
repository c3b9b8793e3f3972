"""Recommending beside implicit, popularity and item-kNN: tuned on one validation part."""
