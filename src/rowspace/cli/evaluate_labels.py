"""`rowspace evaluate --labels`: a model's answers against labels that are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, final

from rowspace.cli.evaluate_lists import show_comparisons
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible
from rowspace.cli.scores import show

if TYPE_CHECKING:
    from rowspace.evaluate import Score
    from rowspace.evaluate.judged import Judged, LabelScores
    from rowspace.evaluate.labels import Examples
    from rowspace.evaluate.significance import Comparison
    from rowspace.vectors.model import Model

WIDEST = 12
"""Labels up to which confusions are shown as a table; beyond, the most frequent mistakes."""
MISTAKES = 20


@final
@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command that are about labels."""

    labels: str | None
    text: str | None
    label: str | None
    separator: str | None
    ks: tuple[int, ...]
    threshold: float | None
    confusion: bool

    @property
    def of_texts(self) -> bool:
        """Whether something was said that only a model of texts understands."""
        return bool(self.text or self.label or self.separator or self.threshold is not None)

    @staticmethod
    def names() -> list[str]:
        """The options' names."""
        return [field.name for field in fields(Asked)]


def show_labels(
    output: Output, model: Model, asked: Asked, others: Sequence[tuple[str, Model]] = ()
) -> list[Score]:
    """Judge, show and hand back the scores, those of single labels too; then each of the others,
    on what both answer."""
    from rowspace.corpus import STDIN
    from rowspace.evaluate.judged import Judged
    from rowspace.evaluate.labels import examples, judge_labels, judge_table
    from rowspace.vectors.tabular import is_tabular

    network = model.config.get("network")
    tags = isinstance(network, dict) and network.get("kind") == "tag"
    if (tags or is_tabular(model)) and asked.of_texts:
        raise Mistake(
            "--text, --label, --separator and --threshold are for models of texts",
            hint="a model of tags or of a table knows where its words, columns and target stand",
        )
    if others and (tags or asked.labels == STDIN):
        raise Mistake(
            "--against reads labels again: models of texts and tables can be compared, on a file"
        )
    found: Judged | list[Score]
    given: Examples | None = None
    if tags:
        from rowspace.networks.tagging import judge_tagger

        found = judge_tagger(model, asked.labels)
    elif is_tabular(model):
        found = judge_table(model, asked.labels, k=asked.ks)
    else:
        given = examples(
            model, asked.labels, label=asked.label, separator=asked.separator,
            table=asked.text is not None,
        )  # fmt: skip
        if given.dropped:
            output.warn(f"{given.dropped} of the examples have no label and were left out")
        found = judge_labels(model, given, text=asked.text, k=asked.ks, threshold=asked.threshold)
    scores = list(found.scores) if isinstance(found, Judged) else found
    for score in scores:
        show(output, score)
    if isinstance(found, Judged):
        scores += show_each(output, found)
        if asked.confusion:
            show_confusion(output, found)
    for name, other in others:
        show_comparisons(output, name, [_compared(model, other, given, asked)])
    return scores


def _compared(model: Model, other: Model, given: Examples | None, asked: Asked) -> Comparison:
    """Texts by their examples, tables by their file."""
    from rowspace.evaluate import compare_labels, compare_rows
    from rowspace.vectors.tabular import is_tabular

    if given is None:
        if not is_tabular(other):
            raise Mistake("a table's model is held against another table's model")
        return compare_rows(model, other, asked.labels)
    return compare_labels(model, other, given, text=asked.text, threshold=asked.threshold)


def show_each(output: Output, found: Judged) -> list[Score]:
    """A line a label, and the labels that training never saw; the labels' scores."""
    rows = found.table()
    wide = max(12, *(len(visible(row["label"])) for row in rows))
    output.head(f"\n{'label':<{wide}}  precision  recall      f1   cases  answers")
    for row in rows:
        figures = "  ".join(f"{row[name]['value']:>7.4f}" for name in ("precision", "recall", "f1"))
        line = (
            f"{visible(row['label']):<{wide}}    {figures}  {row['cases']:>6}  {row['answers']:>7}"
        )
        output.emit("label", line.replace("nan", " - "), **row)
    if found.unseen:
        most = sorted(found.unseen.items(), key=lambda pair: -pair[1])
        shown = ", ".join(f"{visible(name)} ({n})" for name, n in most[:5])
        rest = f" and {len(most) - 5} more" if len(most) > 5 else ""
        output.warn(f"labels that training never saw count as misses: {shown}{rest}")
    return [score for row in found.labels for score in of_label(row)]


def of_label(row: LabelScores) -> list[Score]:
    """The three scores, each knowing whose it is."""
    three = (row.precision, row.recall, row.f1)
    return [replace(score, extra={**score.extra, "label": row.label}) for score in three]


def show_confusion(output: Output, found: Judged) -> None:
    """The table of a few labels, the most frequent mistakes of many."""
    if not len(found.pairs):
        output.warn("examples with several labels have no confusions")
        return
    mistakes = found.confused(MISTAKES)
    names = [visible(name) for name in found.names]
    small = len(names) <= WIDEST
    if small:
        wide = max(8, *map(len, names))
        output.head("\nconfusions: a row a true label, a column an answer")
        output.head(" " * wide + "".join(f"  {name:>{wide}}" for name in names))
        for name, row in zip(names, found.confusion.tolist(), strict=True):
            output.head(f"{name:<{wide}}" + "".join(f"  {n:>{wide}}" for n in row))
    else:
        output.head("\nthe most frequent mistakes")
    for true, given, n in mistakes:
        line = None if small else f"{n:>7}  {visible(true)} → {visible(given) or '(no answer)'}"
        output.emit("confusion", line, label=true, answer=given or None, cases=n)
