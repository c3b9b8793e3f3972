"""Predictions a second: a list of texts again and again, for some seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from benchmarks.harness.job import Job
from benchmarks.labels.texts import read

LEAST = 3  # rounds that are timed


def predicting(
    best: Callable[[Sequence[str]], list[str]], timed: Callable[[list[str]], object], job: Job
) -> dict[str, Any]:
    """`rate`: texts a second, the median over rounds; `labels`: what `best` said, one a text.

    The list has `count` texts: the first of the job's file, repeated where there are not so many.
    The first round does not count.
    """
    texts = [text for _, text in read(job["texts"])][: job["count"]]
    answers = best(texts)
    many = (texts * (1 + job["count"] // len(texts)))[: job["count"]]
    timed(many)
    seconds: list[float] = []
    until = time.perf_counter() + job["seconds"]
    while len(seconds) < LEAST or time.perf_counter() < until:
        began = time.perf_counter()
        timed(many)
        seconds.append(time.perf_counter() - began)
    return {
        "seconds": {"round": median(seconds)},
        "rate": len(many) / median(seconds),
        "texts": len(many),
        "rounds": len(seconds),
        "labels": answers,
    }
