"""What share of a training step goes into the embedding, of 50,000 rows.

Counted for the embedding: the look-up, its way back, the whole of clipping (for the table is most
of what is clipped), and the optimizer of the table. Not counted: the products of the output layer,
which a tied table is read and written by too; they are shown by themselves. Torch's own layer and
optimizer do the same beside ours.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.harness.contestants import Contestant, run
from benchmarks.harness.findings import Finding, yes
from benchmarks.harness.measuring import tell
from benchmarks.networks.bench import Bench

GOAL = 0.10
ROWS = 50_000
CASES = {
    "classifier": "a classifier of texts (LSTM), the table looked up alone",
    "tied": "a model of words (LSTM), the table tied to the output",
}
SHARES = Contestant("rowspace", "rowspace", "benchmarks.networks.runners.shares")


def share(bench: Bench) -> Iterator[list[Finding]]:
    """Each kind of network, ours and torch's by turns."""
    rounds = 1 if bench.options.quick else 3
    seconds = 2.0 if bench.options.quick else 20.0
    for case, title in CASES.items():
        if not bench.wants(case):
            continue
        found: dict[str, list[dict[str, float]]] = {"rowspace": [], "torch": []}
        for _ in range(rounds):
            for whose in found:
                job = {
                    "task": "shares", "case": case, "whose": whose, "seconds": seconds,
                    "rows": 5_000 if bench.options.quick else ROWS,
                    "threads": bench.options.threads,
                }  # fmt: skip
                answer = run(SHARES, job)
                bench.versions |= answer["versions"]
                parts = answer["parts"]
                told = ", ".join(f"{name} {1e3 * value:.1f}" for name, value in parts.items())
                tell(f"  {case}, {whose}: {told} ms")
                found[whose].append(parts)
        yield [finding(title, found)]


def finding(title: str, found: dict[str, list[dict[str, float]]]) -> Finding:
    """Our share of the step, in per cent, torch's beside it."""
    ours, theirs = ([100 * part_of(one) for one in some] for some in found.values())
    middle = sorted(ours)[len(ours) // 2]
    parts = sorted(found["rowspace"], key=part_of)[len(ours) // 2]
    told = ", ".join(f"{name} {1e3 * value:.1f} ms" for name, value in parts.items())
    faster = sorted(one["step"] for one in found["torch"])[len(ours) // 2] / parts["step"]
    return Finding(
        f"{title}: the embedding's share of a step", middle, min(ours), max(ours), unit=" %",
        goal=f"< {100 * GOAL:g} %", met=yes(middle < 100 * GOAL), ours=ours, peer=theirs,
        of="per cent of a step; beside it torch's Embedding and AdamW",
        note=f"ours: {told}; a step of torch's takes {faster:.2f} times as long",
    )  # fmt: skip


def part_of(parts: dict[str, float]) -> float:
    """The embedding's seconds of a step's."""
    return sum(parts[name] for name in ("look-up", "way back", "clipping", "table")) / parts["step"]
