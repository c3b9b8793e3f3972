"""A run of a recommender: rows of users and items, epoch after epoch, the best one kept.

Axes: `U` users, `V` items, `R` rows, `D` dimensions, `N` pairs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.errors import DivergedError
from rowspace.evaluate.ranking import Scorer, ndcg, rank_targets, taken
from rowspace.kernels.interactions_reference import (
    BPR,
    SOFTMAX,
    WARP,
    Draw,
    History,
    Learning,
    Pairs,
    Room,
    Side,
)
from rowspace.kernels.interactions_reference import room as make_room
from rowspace.objectives.interactions import Ranking
from rowspace.objectives.sampling import noise
from rowspace.ragged import Ragged
from rowspace.random import Stream, bits, state
from rowspace.table import Table
from rowspace.training.on_pieces import on_pieces
from rowspace.training.recommend_data import Bags, Encounters
from rowspace.vectors.histories import History as Past

Event: TypeAlias = dict[str, Any]
PIECE = 8192  # pairs a thread takes at a time
REPORT = 0.5  # seconds between two events
BOUND = 0.1  # of the rows at the start, times sqrt(3 / D)
LOSSES = {"bpr": BPR, "warp": WARP, "softmax": SOFTMAX}
_LOST = 6.0  # times the loss at the start: no run comes back from there
_FAR = 1e4  # no number of a useful row comes near it


@final
@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Rows as they were after an epoch: float32 [R, D] of users, items and histories ([0, D]
    without any), `biases` float32 [R]."""

    users: np.ndarray
    items: np.ndarray
    biases: np.ndarray
    history: np.ndarray
    epoch: int


@final
class RecommenderCourse:
    """Trains on `pairs`, of which each counts `weights`; the bags say whose rows they are."""

    def __init__(
        self,
        objective: Ranking,
        pairs: Encounters,
        weights: np.ndarray,
        bags: tuple[Bags, Bags],
        *,
        seed: int,
        threads: int,
        tell: Callable[[Event], None],
    ) -> None:
        self.objective, self.pairs, self.bags = objective, pairs, bags
        self.threads, self.tell = threads, tell
        self.losses: list[float] = []
        self.seconds, self.done = 0.0, 0
        self._seed = seed
        self._pairs = _pairs(pairs, weights)
        self._users, self._items, self._history = self._tables()
        self._draw = self._drawing()
        o = objective
        self._learning = Learning(
            LOSSES[o.loss], o.lr, o.l2, o.rule == "adagrad", o.bias, o.dim
        )  # fmt: skip
        stride = self._items.rows.shape[1]
        self._rooms = [make_room(self._draw, self._history, stride) for _ in range(threads)]

    def _tables(self) -> tuple[Side, Side, History]:
        o, (users, items) = self.objective, self.bags
        own = users.rows.weights
        if not o.own and own is not None:  # own rows stay what they are: zeros
            own = own.copy()
            own[users.rows.offsets[:-1]] = 0
        tables = [self._table(n, at) for at, n in enumerate((users.n_rows, items.n_rows))]
        if not o.own:
            tables[0].rows[: len(self.pairs.users)] = 0
        unmet = self.pairs.items.counts == 0  # known by their features alone
        tables[1].rows[: len(unmet)][unmet] = 0
        past = self._table(len(self.pairs.items) if o.history else 0, 2)
        return (
            _side(tables[0], users.rows, own),
            _side(tables[1], items.rows, items.rows.weights),
            History(
                past.data,
                np.zeros(len(past) + 1, np.float32),
                self.past.weights(),
                self.past.ordered,
            ),
        )

    def _table(self, rows: int, which: int) -> Table:
        own = int(bits(self._seed, Stream.INTERACTIONS, which) >> np.uint64(1))
        dim = self.objective.dim
        return Table.uniform(rows, dim, seed=own, bound=BOUND * math.sqrt(3 / dim))

    def _drawing(self) -> Draw:
        # Whatever somebody met anywhere can be drawn, also where they met it in the other part.
        met = np.bincount(self.pairs.item, minlength=len(self.pairs.items))
        counts = np.where(self.pairs.items.counts > 0, np.maximum(met, 1), 0)
        chance, alias = noise(counts, self.objective.noise_power)
        streams = (Stream.SHUFFLE, Stream.NEGATIVES)
        states = np.array([state(self._seed, stream) for stream in streams], np.uint64)
        return Draw(states, chance, alias, self.objective.negative)

    @property
    def epoch(self) -> int:
        """Epochs that are over."""
        return len(self.losses)

    def run_epoch(self, epochs: int, asked: Callable[[], bool]) -> bool:
        """One epoch more; False if it was broken off. Raises DivergedError."""
        from rowspace.kernels.cpu_interactions import learn_pairs

        if asked():
            return False
        for one in self._rooms:
            one.tally[:] = 0

        def work(first: int, last: int, room: Room) -> None:
            learn_pairs(
                first, last, self.epoch, self._pairs, self._draw,
                self._users, self._items, self._history, self._learning, room,
            )  # fmt: skip

        work(0, 0, self._rooms[0])  # compiled, or loaded, before the clock starts
        began = time.monotonic()

        def watch() -> bool:
            self._report(epochs, time.monotonic() - began)
            return asked()

        whole = on_pieces(work, len(self.pairs), PIECE, self._rooms, watch=watch)
        self.seconds += time.monotonic() - began
        if whole:
            self._close(epochs)
        return whole

    def _report(self, epochs: int, seconds: float) -> None:
        if seconds < REPORT * (self.done + 1):
            return
        self.done += 1
        did = sum(float(one.tally[1]) for one in self._rooms)
        share = (self.epoch + did / max(1, len(self.pairs))) / epochs
        loss = sum(float(one.tally[0]) for one in self._rooms) / max(1.0, did)
        left = (self.seconds + seconds) * (1 / max(share, 1e-9) - 1)
        self.tell({
            "type": "progress", "epoch": self.epoch + 1, "epochs": epochs, "fraction": share,
            "pairs_per_second": did / seconds, "loss": loss, "lr": self.objective.lr, "eta": left,
        })  # fmt: skip

    def _close(self, epochs: int) -> None:
        """Book the epoch that is over. Raises DivergedError."""
        self.done = 0
        lost, n = (sum(float(one.tally[at]) for one in self._rooms) for at in (0, 1))
        if not n:
            raise DivergedError(
                "no user has an item left to rank theirs above: every user met every item",
                hint="a recommender needs items that users have not met",
            )
        self.losses.append(lost / n)
        o = self.objective
        start = {"bpr": math.log(2), "warp": math.log(1 + len(self.pairs.items))}
        limit = _LOST * start.get(o.loss, math.log(1 + o.negative))
        arrays = (self._users.rows, self._items.rows, self._history.rows, self._items.biases)
        far = float(np.max([np.abs(one).max(initial=0) for one in arrays]))  # NaN stays NaN
        weight = max(1.0, float(self._pairs.weights.mean()))
        if not far < _FAR or not self.losses[-1] < limit * weight:
            what = f"the loss is {self.losses[-1]:.3g}, the largest number of a row {far:.3g}"
            raise DivergedError(
                f"training diverged in epoch {self.epoch} of {epochs} at a learning rate of "
                f"{o.lr:g}: {what}",
                hint=f"lower --lr (now {o.lr:g}; {Ranking().lr:g} is usual)",
            )

    def learned(self) -> Learned:
        """The rows as they are now, copies."""
        dim = self.objective.dim
        users, items, past = (
            np.array(side.rows[:-1, :dim]) for side in (self._users, self._items, self._history)
        )
        return Learned(users, items, self._items.biases[:-1].copy(), past, self.epoch)

    def validate(self, targets: Ragged, some: np.ndarray) -> float:
        """NDCG@10 of these users' targets, ranked among all that they were not trained on."""
        seen = self.pairs.bags()
        scorer = scorer_of(self.learned(), self.bags, self.past, seen)
        ranks = rank_targets(
            scorer, some, taken(seen, some), taken(targets, some), n_items=len(self.pairs.items)
        )
        return ndcg(ranks)

    @property
    def past(self) -> Past:
        """How a history counts."""
        return past_of(self.objective, self.pairs)


def past_of(objective: Ranking, pairs: Encounters) -> Past:
    """How the history of a user counts."""
    o = objective
    return Past(o.history, o.decay, o.tail, pairs.times is not None)


def scorer_of(learned: Learned, bags: tuple[Bags, Bags], past: Past, seen: Ragged) -> Scorer:
    """Scores of all items for users by id, who met `seen`."""
    users, items = bags
    vectors, biases = pooled(learned.items, items.rows), pooled(learned.biases, items.rows)
    own = pooled(learned.users, users.rows)

    def scorer(ids: np.ndarray) -> np.ndarray:
        h = own[ids]
        if past.length:
            h = h + past.vectors(learned.history, taken(seen, ids))
        return h @ vectors.T + biases

    return scorer


def pooled(rows: np.ndarray, bags: Ragged) -> np.ndarray:
    """The weighted sum of each bag's rows, float32 [B, …]; no bag is empty."""
    weights = np.ones(len(bags.ids), np.float32) if bags.weights is None else bags.weights
    if len(bags.ids) == len(bags):
        return rows[bags.ids] * weights.reshape(-1, *[1] * (rows.ndim - 1))
    parts = rows[bags.ids] * weights.reshape(-1, *[1] * (rows.ndim - 1))
    return np.add.reduceat(parts, bags.offsets[:-1], axis=0)


def _pairs(pairs: Encounters, weights: np.ndarray) -> Pairs:
    known = pairs.item[np.lexsort((pairs.item, pairs.user))]
    return Pairs(
        pairs.user.astype(np.int32), pairs.item.astype(np.int32), weights,
        pairs.bags().offsets, known.astype(np.int32),
    )  # fmt: skip


def _side(table: Table, bags: Ragged, shares: np.ndarray | None) -> Side:
    size = len(table) + 1
    zeros = [np.zeros(size, np.float32) for _ in range(3)]
    ones = np.ones(len(bags.ids), np.float32)
    return Side(
        table.data, zeros[0], zeros[1], zeros[2], bags.ids,
        ones if shares is None else shares, bags.offsets,
    )  # fmt: skip
