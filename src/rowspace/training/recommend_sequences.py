"""Items by the order they are met in: skip-gram over each user's items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rowspace.errors import InputError
from rowspace.objectives import SkipGram
from rowspace.training.recommend_data import Encounters
from rowspace.training.recommend_settings import Course
from rowspace.training.train import train
from rowspace.vectors import Model
from rowspace.vectors.recommend import SEQUENCES
from rowspace.vocabulary import to_text

WINDOW, EPOCHS = 5, 15


def with_sequences(
    model: Model,
    pairs: Encounters,
    dim: int,
    course: Course,
    tell: Callable[[dict[str, Any]], None],
) -> Model:
    """The model with the part "sequences": vectors of items by skip-gram over each user's items in
    order of time (Barkan and Koenigstein 2016). Raises InputError without times."""
    if pairs.times is None:
        raise InputError(
            f"{pairs.source}: sequences need times, and there is no column of them",
            hint="--time COLUMN says which it is",
        )
    names = [to_text(item) for item in pairs.items.items.tokens()]
    bags = pairs.bags()
    lines = [[names[one] for one in bags[user].tolist()] for user in range(len(bags))]
    learned = train(
        SkipGram(dim=dim, window=WINDOW, sample=0.0),
        [line for line in lines if len(line) > 1],
        epochs=EPOCHS,
        min_count=1,
        seed=course.seed,
        threads=course.hands if course.threads else None,
        deterministic=course.deterministic,
        progress=lambda event: tell(event) if event.get("type") == "progress" else None,
    )
    part = Model(learned.vectors, learned.config, learned.record)
    return Model(
        model.vectors, model.config, model.record, parts={**model.parts, SEQUENCES: part},
        arrays=model.arrays,
    )  # fmt: skip
