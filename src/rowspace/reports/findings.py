"""What a reader should know before trusting the figures, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rowspace.reports.finding import Finding, finding
from rowspace.reports.findings_scores import of_labels, of_scores
from rowspace.reports.findings_vectors import of_table

FALLING = 0.05
"""A last step of the loss that is this share of its whole fall means it has not settled."""
RISING = 0.02
"""The share by which the last loss may be above the least."""
LITTLE_TEXT = 1_000_000
"""Words of running text below which word vectors are rough."""
COVERED = 0.9
"""The share of a text's words that should have a row."""


def findings(content: Mapping[str, Any]) -> list[Finding]:
    """All of them, warnings first; `content` is a report's without them."""
    found = [
        *_of_training(content),
        *_of_data(content),
        *_of_record(content),
        *(one for table in content["tables"] for one in of_table(table, content["kind"])),
        *of_scores(content),
        *of_labels(content),
    ]
    return sorted(found, key=lambda one: one["level"] != "warning")


def _of_training(content: Mapping[str, Any]) -> Iterator[Finding]:
    by_name = {one["name"]: one for one in content["curves"]}
    loss = by_name.get("loss", {}).get("values", [])
    judged = next((one for one in content["curves"] if one["of"] == "validation"), None)
    best = content.get("best_epoch")
    kept_early = isinstance(best, int) and 0 < best < len(loss)
    if len(loss) >= 3 and not kept_early:
        fall, last = loss[0] - loss[-1], loss[-2] - loss[-1]
        if fall > 0 and last > FALLING * fall:
            yield finding(
                "warning", "training",
                f"The loss was still falling when training ended: the last of {len(loss)} epochs "
                f"brought {last / fall:.0%} of the whole fall.",
                "train longer: more --epochs",
            )  # fmt: skip
    if len(loss) >= 3 and loss[-1] > min(loss) + RISING * abs(min(loss)):
        yield finding(
            "warning", "training", "The loss rose towards the end of the training.",
            "a lower learning rate (--lr), or one that falls",
        )  # fmt: skip
    if judged is not None:
        yield from _over_fitting(judged, best, loss)


def _over_fitting(judged: Mapping[str, Any], best: Any, loss: list[float]) -> Iterator[Finding]:
    values = judged["values"]
    if len(values) < 3 or judged["better"] is None:
        return
    sign = 1 if judged["better"] == "higher" else -1
    at = max(range(len(values)), key=lambda place: sign * values[place])
    fell = sign * (values[at] - values[-1])
    if at >= len(values) - 2 or fell <= 0.01 * abs(values[at]) or loss[-1:] > loss[at : at + 1]:
        return
    kept = f" The model kept is that of epoch {best}." if isinstance(best, int) and best else ""
    yield finding(
        "note" if kept else "warning", "training",
        f"Over-fitting: on the validation part {judged['name']} has been worse since epoch "
        f"{at + 1} ({values[at]:.4g}; {values[-1]:.4g} in epoch {len(values)}), while the loss on "
        f"the training part went on falling.{kept}",
        "more data, a smaller --dim, or dropout; longer training will not help",
    )  # fmt: skip


def _of_data(content: Mapping[str, Any]) -> Iterator[Finding]:
    data, table = content["data"], next(iter(content["tables"]), None)
    tokens, kept = data.get("tokens"), data.get("kept")
    if content["kind"] != "words" or not isinstance(tokens, int) or not tokens:
        return
    if isinstance(kept, int) and kept / tokens < COVERED:
        yield finding(
            "warning", "data",
            f"{1 - kept / tokens:.1%} of the words in the text have no vector: they are too rare.",
            "lower --min-count, more text, or --unseen subwords",
        )  # fmt: skip
    if tokens < LITTLE_TEXT:
        yield finding(
            "warning", "data",
            f"{tokens:,} words of text are few: word vectors learn meanings from millions.",
            "more text, or start from vectors that are there: --from",
        )  # fmt: skip
    counts = table["counts"] if table else None
    if counts and counts["below_ten"] > 0.5:
        yield finding(
            "note", "data",
            f"{counts['below_ten']:.0%} of the words were met fewer than ten times: half of them "
            f"{counts['median']:.0f} times or less. Vectors of rare words are mostly chance.",
            "a higher --min-count, or --unseen subwords, which shares between words",
        )  # fmt: skip


def _of_record(content: Mapping[str, Any]) -> Iterator[Finding]:
    said = str(content.get("determinism") or "")
    if said and not said.startswith("deterministic"):
        yield finding(
            "note", "training",
            "Not deterministic: another training of the same seed gives slightly other numbers.",
            "--deterministic gives the same bits",
        )  # fmt: skip
    for one in content["warned"]:
        yield finding("warning", "training", f"The training said: {one}")
    if not content["settings"] and not content["data"]:
        yield finding(
            "note", "data",
            "Little is known of these vectors: their file does not say what they were made from, "
            "nor how. What is shown is read off the numbers.",
        )  # fmt: skip
