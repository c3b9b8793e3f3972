"""The curve of running text: one nested training, every prefix judged on text held out of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.evaluate.analogies import analogies
from rowspace.evaluate.context_words import Pairs, scores
from rowspace.evaluate.context_words import tell as told
from rowspace.evaluate.score import Score
from rowspace.evaluate.similarity import similarity
from rowspace.kernels.jit import cold
from rowspace.objectives import SkipGram
from rowspace.table.table import require_memory
from rowspace.training import crew
from rowspace.training.course import Course
from rowspace.training.dimension_curve import DimensionCurve, DimensionPoint, curve_of
from rowspace.training.dimension_speed import speeds
from rowspace.training.held_out import drawer, pairs_of, parted, some_of
from rowspace.training.interrupt import Stopped, asked_to_stop
from rowspace.training.settings import Settings
from rowspace.training.state import begun
from rowspace.vectors import Model
from rowspace.vectors.prefix import prefix
from rowspace.vocabulary import Vocabulary
from rowspace.vocabulary.encode import Encoded
from rowspace.vocabulary.joined import learn_joined

EPOCHS = 5
HELD_OUT = 0.05
_PAIRS = 2000  # of a stretch
_TRIED = 0.5  # seconds that tell how fast training goes
_SPARE = 0.8  # of what is left of a budget, for training

Tell = Callable[[dict[str, Any]], None]
Files = Mapping[str, Sequence[str | Path]]


def text_curve(
    corpus: Any,
    dims: Sequence[int],
    given: Mapping[str, Any],
    *,
    files: Files,
    tell: Tell,
    until: float | None,
) -> tuple[DimensionCurve, list[str]]:
    """Train all of `dims` at once; the curve, and what to tell of it.

    `given`: settings of `SkipGram` and `Settings`, and held_out. Raises InputError, SettingError,
    ResourceError, DivergedError; Stopped when asked to stop.
    """
    objective, settings, share = chosen_of(dims, given)
    require_memory(2, objective.dim)
    if cold():
        tell({"type": "compile"})
    with tempfile.TemporaryDirectory(prefix="rowspace-") as temporary:
        folder = Path(temporary)
        vocabulary, encoded = learn_joined(
            corpus, settings.joining, reading=settings.reading, building=settings.building,
            folder=folder / "corpus", progress=tell,
        )  # fmt: skip
        if len(vocabulary) < 2:
            raise InputError(
                f"only {len(vocabulary)} item is left to learn from",
                hint=f"lower --min-count (now {settings.min_count}), or give more text",
            )
        require_memory(len(vocabulary) + vocabulary.n_rows, objective.dim)
        text, held = parted(encoded, folder / "train", share)
        notes: list[str] = []
        if until is not None:
            text, settings, notes = _fitting(objective, settings, vocabulary, text, until)
        model = _trained(objective, settings, vocabulary, text, tell)
        stretches = {"valid": held, "train": some_of(text, len(held[0]))}
    tell({"type": "judging", "baselines": False})
    counts = vocabulary.counts
    pairs = {
        name: pairs_of(some, objective, counts, most=_PAIRS, seed=settings.seed + 1)
        for name, some in stretches.items()
    }
    points = _points(model, objective, pairs, files, settings.seed)
    return curve_of("text", "mean reciprocal rank", points, model), notes


def chosen_of(dims: Sequence[int], given: Mapping[str, Any]) -> tuple[SkipGram, Settings, float]:
    """The objective, the settings and the share held out. Raises SettingError."""
    known = {one.name for one in fields(SkipGram)}
    for name in ("dim", "nested"):
        if name in given:
            raise SettingError(f"{name} is what is looked for", hint="give dims")
    share = given.get("held_out", HELD_OUT)
    fits = isinstance(share, (int, float)) and not isinstance(share, bool) and 0 < share <= 0.5
    SettingError.unless(fits, "held_out", share, "a share above 0, up to 0.5")
    own = {name: value for name, value in given.items() if name in known}
    rest = {k: v for k, v in given.items() if k not in known and k != "held_out"}
    objective = SkipGram(dim=dims[-1], nested=tuple(dims), **own)
    return objective, Settings.of({"epochs": EPOCHS, **rest}), float(share)


def _trained(
    objective: SkipGram, settings: Settings, vocabulary: Vocabulary, text: Encoded, tell: Tell
) -> Model:
    course = Course(objective, settings, begun(objective, settings, vocabulary, text), tell)
    with asked_to_stop() as asked:
        while not course.finished:
            course.go(lambda: asked.number != 0)
            course.kept_at = time.monotonic()  # nothing is kept on the way
            if asked.number:
                raise Stopped("", asked.number)
    return course.model()


def _fitting(
    objective: SkipGram, settings: Settings, vocabulary: Vocabulary, text: Encoded, until: float
) -> tuple[Encoded, Settings, list[str]]:
    """As many epochs as the time is enough for, or a part of the text; and what was left out."""
    course = Course(objective, settings, begun(objective, settings, vocabulary, text), _silent)
    first = time.monotonic()
    course.go(lambda: True)  # compiles, and begins
    done, began = course.state.unit, time.monotonic()
    course.kept_at = began
    if not course.finished:
        course.go(lambda: time.monotonic() - began > _TRIED)
    worked, taken = course.state.unit - done, time.monotonic() - began
    speed = worked / taken if worked else done / max(1e-9, began - first)  # units a second
    units, left = course.state.units, _SPARE * max(0.0, until - time.monotonic())
    possible = left * speed / units  # epochs
    if possible >= settings.epochs:
        return text, settings, []
    epochs = max(1, int(possible))
    settings = replace(settings, epochs=epochs)
    if possible >= 1:
        return text, settings, [f"the budget was enough for {epochs} epochs"]
    entries = min(text.entries, max(1, int(possible * units)) * crew.UNIT)
    note = (
        f"the budget was enough for the first {entries / text.entries:.0%} of the text, read once: "
        "more time may show that larger dimensions pay"
    )
    tokens = text.tokens * entries // text.entries
    return replace(text, entries=entries, tokens=tokens), settings, [note]


def _silent(event: dict[str, Any]) -> None:
    """A trial is not told of."""


def _points(
    model: Model, objective: SkipGram, pairs: Mapping[str, Pairs], files: Files, seed: int
) -> list[DimensionPoint]:
    vectors, context = model.vectors, model.context
    if context is None:
        raise InputError("the output-side rows are needed to judge prefixes")
    ends, counts = objective.prefixes, vectors.counts
    found = {}
    for name, some in pairs.items():
        draw = drawer(objective, counts, seed + 2)
        means = told(
            vectors.matrix, np.asarray(context), some, ends, negative=objective.negative, draw=draw
        )
        found[name] = scores(means, ends, seed=seed)
    out = []
    for at, dim in enumerate(ends):
        (valid, valid_loss), (train, train_loss) = found["valid"][at], found["train"][at]
        others = [replace(valid_loss, name="held-out loss"), replace(train_loss, name="loss")]
        lookups, query = speeds(prefix(vectors, dim))
        size = 4 * dim * len(vectors.rows)
        others += _on_files(model, dim, files)
        out.append(DimensionPoint(dim, valid, train, tuple(others), size, lookups, query))
    return out


def _on_files(model: Model, dim: int, files: Files) -> list[Score]:
    """Similarity and analogies, the total of each file."""
    cut = prefix(model.vectors, dim)
    found = [similarity(cut, path) for path in files.get("similarity", ())]
    return found + [analogies(cut, path)[-1] for path in files.get("analogies", ())]
