"""Keras on the torch backend, unless KERAS_BACKEND says another."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
