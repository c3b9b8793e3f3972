"""`rowspace evaluate` on lists, texts and a model's own vectors, alone or against other models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, final

from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible
from rowspace.cli.scores import show

if TYPE_CHECKING:
    from rowspace.evaluate import Score
    from rowspace.evaluate.significance import Comparison
    from rowspace.vectors.model import Model

Named = tuple[str, "Model"]


@final
@dataclass(frozen=True, slots=True)
class Lists:
    """The options of the command that are about lists, texts and the vectors themselves."""

    similarities: tuple[str, ...]
    analogies: tuple[str, ...]
    outliers: tuple[str, ...]
    categories: tuple[str, ...]
    coverage: tuple[str, ...]
    neighbours: bool
    geometry: bool
    restrict: int | None
    protocol: str
    method: str

    @staticmethod
    def names() -> list[str]:
        """The options' names."""
        return [field.name for field in fields(Lists)]

    @property
    def files(self) -> tuple[str, ...]:
        """All lists that people made."""
        return (*self.similarities, *self.analogies, *self.outliers, *self.categories)

    @property
    def some(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.files or self.coverage or self.neighbours or self.geometry)

    def without_lists(self, against: bool) -> Lists:
        """What is told where nothing is asked for: of two models the neighbours too."""
        return replace(self, geometry=True, neighbours=against)

    def checked(self, others: Sequence[str]) -> Lists:
        """Raises Mistake for neighbours that have nothing to be compared with."""
        if self.neighbours and not others:
            raise Mistake(
                "--neighbours compares those of two models", hint="give the other: --against MODEL"
            )
        return self


def show_lists(output: Output, model: Named, others: Sequence[Named], asked: Lists) -> list[Score]:
    """Work out and show; hands back the scores of the first model, and of what needs them all."""
    found = []
    for score in _scores(model[1], asked) if not others else ():
        show(output, score)
        found.append(score)
    for at, other in enumerate(others):
        told = [*_comparisons(model[1], other[1], asked)]
        if at == 0:
            found += [shown(output, one.alone[0]) for one in told]
        show_comparisons(output, other[0], told)
    for name, one in (model, *others):
        named = {"model": name} if others else {}
        if named and (asked.coverage or asked.geometry):
            output.head(f"\n{visible(name)}")
        for score in _own(one, model[1], asked):
            score = replace(score, extra={**score.extra, **named})
            show(output, score)
            found += [score] if one is model[1] else []
    if asked.neighbours:
        from rowspace.evaluate.stability import stability

        output.head("\nneighbours that are the same")
        models = [one.vectors for _, one in (model, *others)]
        found += [shown(output, score) for score in stability(models)]
    return found


def shown(output: Output, score: Score) -> Score:
    """Show a score and hand it back."""
    show(output, score)
    return score


def show_comparisons(output: Output, other: str, found: Sequence[Comparison]) -> None:
    """A line each: both figures on the items both answer, the difference, p, and who knows what."""
    if not found:
        return
    output.head(f"\nagainst {visible(other)}, on what both answer")
    output.head(
        f"{'':<36}    this   other  difference                     p        n  answered by each"
    )
    for one in found:
        told = one.tested
        p = "      -" if told.p != told.p else f"{told.p:>7.4f}" if told.p >= 1e-4 else "<0.0001"
        covered = " / ".join(f"{score.coverage:.1%}" for score in one.alone)
        line = (
            f"{visible(one.name):<36} {told.a:>7.4f} {told.b:>7.4f}  {one.difference:>+7.4f} "
            f"[{told.low:>+.4f}, {told.high:>+.4f}]  {p} {one.n:>8}  {covered}"
        )
        fields = one.as_json()
        fields.pop("type")
        output.emit("comparison", line.replace("nan", "  -"), against=other, **fields)


def _scores(model: Model, asked: Lists) -> Iterator[Score]:
    """List by list, as they are worked out."""
    from rowspace import evaluate as judge

    rules: dict[str, Any] = {"protocol": asked.protocol}
    how: dict[str, Any] = {**rules, "restrict": asked.restrict, "method": asked.method}
    for path in asked.similarities:
        yield judge.similarity(model.vectors, path, **rules)
    for path in asked.analogies:
        yield from judge.analogies(model.vectors, path, **how)
    for path in asked.outliers:
        yield from judge.outliers(model.vectors, path, **rules)
    for path in asked.categories:
        yield judge.categories(model.vectors, path, **rules)


def _comparisons(a: Model, b: Model, asked: Lists) -> Iterator[Comparison]:
    """The same lists, each comparison with the scores of both."""
    from rowspace.evaluate import compared

    both = a.vectors, b.vectors
    rules: dict[str, Any] = {"protocol": asked.protocol}
    how: dict[str, Any] = {**rules, "restrict": asked.restrict, "method": asked.method}
    for path in asked.similarities:
        yield compared.compare_similarity(*both, path, **rules)
    for path in asked.analogies:
        yield from compared.compare_analogies(*both, path, **how)
    for path in asked.outliers:
        yield from compared.compare_outliers(*both, path, **rules)
    for path in asked.categories:
        yield compared.compare_categories(*both, path, **rules)


def _own(model: Model, first: Model, asked: Lists) -> Iterator[Score]:
    """What is told of one model's vectors; texts are cut as the first model's were."""
    from rowspace import evaluate as judge

    for path in asked.coverage:
        yield from judge.coverage(model.vectors, path, reading=judge.reading_of(first))
    if asked.geometry:
        yield from judge.hubness(model.vectors)
        yield from judge.isotropy(model.vectors)
        yield from judge.frequency_bias(model.vectors)
