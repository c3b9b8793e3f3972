"""`train`: text in, a model out.

    corpus (and a start) → vocabulary and ids on disk → tables → epochs of units → vectors → model

With an output folder the run lives in `OUTPUT.run` until the model is written: the ids, the
checkpoints, the lock. Without one it lives in a temporary folder and keeps no checkpoint.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from rowspace.errors import InputError, ResourceError
from rowspace.files import save
from rowspace.kernels.jit import cold
from rowspace.objectives import GloVe, Objective
from rowspace.table.table import require_memory
from rowspace.training.checkpoint import Run
from rowspace.training.course import Course, EpochEnd, Event
from rowspace.training.glove import pairs_of
from rowspace.training.interrupt import Interrupted, asked_to_stop
from rowspace.training.plan import Plan
from rowspace.training.settings import Settings
from rowspace.training.start import Source, Start
from rowspace.training.state import State, begun, resumed
from rowspace.vectors import Model
from rowspace.vocabulary.joined import PHRASES, learn_joined
from rowspace.vocabulary.learn import Corpus, is_paths
from rowspace.vocabulary.phrases import Phrases

Callback: TypeAlias = Callable[[EpochEnd], object]


def train(
    objective: Objective | None,
    corpus: Corpus,
    *,
    output: str | Path | None = None,
    resume: bool = False,
    callbacks: Sequence[Callback] = (),
    progress: Callable[[Event], None] | None = None,
    start: Source | None = None,
    **settings: Any,
) -> Model:
    """Learn a model of `corpus`: paths, "-" for standard input, or lists of tokens.

    `output` is the folder to write; `resume` goes on with an interrupted run of that folder.
    Each of `callbacks` is called with an `EpochEnd` after every epoch; one that returns True ends
    the training there. `progress` is called with one dictionary an event. `settings` are those of
    `training.Settings`: epochs, threads, seed, deterministic, min_count, unseen, tokenizer, …

    `start` is a path, a `Model` or `Vectors`: words it knows start with its vectors, and from a
    model with context rows the run goes on, with its settings where no others are given and its
    words beside the new ones (docs/starting.md). `objective` None is the one of that model.

    Raises InputError, SettingError, ResourceError, DivergedError; Interrupted (a
    KeyboardInterrupt) after SIGINT or SIGTERM, when the checkpoint is written.
    """
    Settings.of(settings)
    tell = progress or (lambda event: None)
    if cold():
        tell({"type": "compile"})
    if resume and output is None:
        raise InputError("resume needs the output folder of the run to go on with")
    if objective is not None:
        require_memory(2, objective.dim)
    with _run_folder(output) as place:
        plan = Plan.of(objective, settings, start, place.folder)
        objective, chosen = plan.objective, plan.settings
        state = _resume(plan, corpus, place, tell) if resume else None
        if state is None:
            state = _begin(plan, corpus, place, tell)
        course = Course(objective, chosen, state, tell)
        _work(course, place, callbacks)
        model = _with_phrases(course.model(), chosen, place)
        if output is not None:
            save(model, output, force=True, tokenizer=_tokenizer(chosen))
            place.spent = True
    return model


def _work(course: Course, place: _Place, callbacks: Sequence[Callback]) -> None:
    """Epoch after epoch, with a checkpoint now and then. Raises Interrupted when asked to stop."""
    with asked_to_stop() as asked:
        while not course.finished:
            course.go(lambda: asked.number != 0)
            if course.epoch_over and _ended(course, callbacks):
                return
            if course.finished or not (course.due or asked.number):
                continue
            if place.kept is not None:
                _checkpoint(place.kept, course.state, course.tell)
            course.kept_at = time.monotonic()
            if asked.number and place.kept is None:
                raise KeyboardInterrupt
            if asked.number:
                raise Interrupted(place.folder, asked.number)


class _Place:
    """Where a run lives; `kept` is its locked folder, None for a run that keeps no checkpoint."""

    def __init__(self, folder: Path, kept: Run | None) -> None:
        self.folder, self.kept, self.spent = folder, kept, False


@contextlib.contextmanager
def _run_folder(output: str | Path | None) -> Iterator[_Place]:
    if output is None:
        with tempfile.TemporaryDirectory(prefix="rowspace-") as temporary:
            yield _Place(Path(temporary), None)
        return
    target = Path(output)
    if target.exists() and not target.is_dir():
        raise InputError(f"the output {target} is a file; a model is a folder")
    folder = target.with_name(target.name + ".run")
    with Run.open(folder) as run:
        place = _Place(folder, run)
        try:
            yield place
        finally:
            if place.spent or not run.steps():  # nothing in it to go on from
                shutil.rmtree(folder, ignore_errors=True)


def _begin(plan: Plan, corpus: Corpus, place: _Place, tell: Callable[[Event], None]) -> State:
    if place.kept is not None:
        place.kept.clear()
    settings, start = plan.settings, plan.start
    vocabulary, encoded = learn_joined(
        corpus,
        settings.joining,
        reading=settings.reading,
        building=plan.building,
        folder=place.folder / "corpus",
        progress=tell,
    )
    if len(vocabulary) < 2:
        raise InputError(
            f"only one item is left to learn from: {vocabulary.item(0)!r:.60}",
            hint=f"lower --min-count (now {settings.min_count}), or give more text",
        )
    rows = len(vocabulary) + vocabulary.n_rows
    require_memory(rows * plan.objective.copies, plan.objective.dim)
    state = begun(plan.objective, settings, vocabulary, encoded, start)
    _count(plan, state, place, tell)
    if start is not None:
        tell({"type": "start", **start.about, **state.start, "freeze": settings.freeze})
        for message in _doubts(state, start):
            tell({"type": "warning", "message": message})
    return state


def _doubts(state: State, start: Start) -> Iterator[str]:
    """What somebody might expect of a start, and does not happen."""
    if state.tables.frozen is not None and state.tables.frozen.all():
        yield "every row came from the start and is frozen: only output rows learn"
    if start.loss == "hs":
        yield (
            f"{start.name} was trained with hierarchical softmax, whose tree belongs to its corpus "
            "and is not kept: the run starts from its vectors, and does not go on with its settings"
        )
    elif start.goes_on and state.tables.tree is not None:
        yield (
            f"the output rows of {start.name} are those of words, and with --loss hs the inner "
            "nodes of a tree learn: these begin anew"
        )


def _with_phrases(model: Model, settings: Settings, place: _Place) -> Model:
    """The model, and the phrases that were joined in its text."""
    if settings.joining is None:
        return model
    phrases = Phrases.load(place.folder / "corpus" / PHRASES)
    return Model(
        model.vectors,
        model.config,
        model.record,
        model.context,
        arrays={**model.arrays, "phrases": phrases.to_array()},
    )


def _resume(
    plan: Plan, corpus: Corpus, place: _Place, tell: Callable[[Event], None]
) -> State | None:
    if place.kept is None:
        raise ResourceError("this run keeps no checkpoint to go on from")
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        found = place.kept.latest()
    for warning in heard:
        tell({"type": "warning", "message": str(warning.message)})
    if found is None:
        tell({
            "type": "warning",
            "message": f"{place.folder} holds no checkpoint yet: the run begins from the start",
        })  # fmt: skip
        return None
    state = resumed(plan.objective, plan.settings, found, place.folder / "corpus", plan.start)
    if is_paths(corpus) and not plan.settings.allow_changed:
        state.encoded.check(corpus)  # type: ignore[arg-type]
    _count(plan, state, place, tell)
    tell({"type": "resumed", "words": state.words, "epoch": state.unit // max(1, state.units)})
    return state


def _count(plan: Plan, state: State, place: _Place, tell: Callable[[Event], None]) -> None:
    """What an objective learns from that does not learn from the text itself."""
    if isinstance(plan.objective, GloVe):
        size, folder = len(state.vocabulary), place.folder / "pairs"
        state.pairs = pairs_of(
            plan.objective, plan.settings, state.encoded, size, folder, tell=tell
        )


def _tokenizer(settings: Settings) -> bytes | None:
    """The trained tokenizer's file, which the model takes along."""
    path = Path(settings.tokenizer)
    return path.read_bytes() if path.suffix == ".json" else None


def _checkpoint(run: Run, state: State, tell: Callable[[Event], None]) -> None:
    path = run.save(state.unit, state.arrays(), state.record())
    tell({"type": "checkpoint", "path": str(path), "words": state.words})


def _ended(course: Course, callbacks: Sequence[Callback]) -> bool:
    """Show the epoch that is over to every callback; whether one of them wants no more."""
    end = course.epoch_end()
    return any([callback(end) is True for callback in callbacks])
