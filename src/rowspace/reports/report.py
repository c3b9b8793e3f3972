"""`report`: a model looked at from all sides, as data and as one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from rowspace.errors import InputError
from rowspace.files import atomic, load
from rowspace.reports import moving
from rowspace.reports.gather import Asked, content_of
from rowspace.reports.page import page
from rowspace.vectors import Model, Vectors


@final
@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """`content`: all of it as data, ready for JSON; docs/report.md names its fields."""

    content: Mapping[str, Any]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What to bear in mind: level ("warning", "note"), about, message and hint of each."""
        return list(self.content["findings"])

    def html(self, *, moving_map: bool | None = None) -> str:
        """One page that loads nothing. moving_map: with plotly inside (5 MB), so that the map can
        be zoomed and asked; None: where plotly is installed. Raises MissingExtraError."""
        return page(self.content, moves=moving.is_there() if moving_map is None else moving_map)

    def save(
        self, path: str | Path, *, force: bool = False, moving_map: bool | None = None
    ) -> Path:
        """Write the page, whole or not at all; `force` replaces a file that is there.

        Raises InputError, ResourceError, MissingExtraError.
        """
        target = Path(path)
        check_target(target, force=force)
        text = self.html(moving_map=moving_map).encode("utf-8")
        atomic.write_file(target, text)
        return target


def report(  # noqa: PLR0913 - each is something a report may be asked for
    model: Model | Vectors | str | Path,
    *,
    title: str | None = None,
    words: Sequence[str] = (),
    similarity: Sequence[Any] = (),
    analogies: Sequence[Any] = (),
    probe: Sequence[Any] = (),
    labels: Any = None,
    points: int = 2000,
    seed: int = 0,
) -> Report:
    """What a model was made from, how its training went, how good it is, how its vectors lie, and
    what there is to bear in mind.

    model: a `Model`, `Vectors`, or where one is. words: whose neighbours are shown (some frequent,
    middling and rare ones unless they are named). similarity, analogies: files to judge by; probe:
    labelled texts that show what the vectors are worth to a task (files, or the arguments of
    `evaluate.probe.probe` with `data`); labels: examples with labels (`evaluate.labels.examples`),
    a table, or what is `Judged`.
    points: of the map at most; 0: no map. Of more than 4,000 items a sample is asked how they lie;
    neighbours are looked for among all. Raises InputError, VocabularyError, FormatError.
    """
    opened, path = _opened(model)
    ask = Asked(
        tuple(_several("words", words)), tuple(_several("similarity", similarity)),
        tuple(_several("analogies", analogies)), tuple(_several("probe", probe)),
        labels, points, seed,
    )  # fmt: skip
    name = title or (path.name if path is not None else "A model")
    return Report(content_of(opened, name, path, ask))


def check_target(target: Path, *, force: bool) -> None:
    """Raises InputError for a place where a page cannot, or should not, be written."""
    if target.is_dir():
        raise InputError(f"{target} is a folder; a report is a file", hint=f"{target}/report.html")
    if target.exists() and not force:
        raise InputError(f"{target} is there already", hint="give force to replace it")


def _opened(model: Model | Vectors | str | Path) -> tuple[Model, Path | None]:
    if isinstance(model, Model):
        return model, None
    if isinstance(model, Vectors):
        return Model(model), None
    return load(model), Path(model)


def _several(name: str, given: Sequence[Any]) -> Sequence[Any]:
    if isinstance(given, (str, bytes, Path)):
        raise InputError(f"{name} is a list, not one of them", hint=f"{name}=[{str(given)!r:.60}]")
    return given
