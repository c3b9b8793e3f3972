"""`Plan`: what a run will do, once the wishes of the caller and those of the start are joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

from rowspace.errors import SettingError
from rowspace.objectives import Objective, SkipGram
from rowspace.table.table import require_memory
from rowspace.training.settings import Settings
from rowspace.training.start import Source, Start
from rowspace.vocabulary import Exact
from rowspace.vocabulary.building import Building


@final
@dataclass(frozen=True, slots=True)
class Plan:
    """The objective, the settings and the start, which fit each other."""

    objective: Objective
    settings: Settings
    start: Start | None

    @classmethod
    def of(
        cls,
        objective: Objective | None,
        given: Mapping[str, Any],
        source: Source | None,
        spool: Path,
    ) -> Plan:
        """Join what is `given` with what the start brings along.

        Raises SettingError, FormatError; ResourceError for tables that cannot fit whatever the
        corpus is.
        """
        start = None if source is None else Start.of(source, spool)
        if start is not None and objective is not None and not objective.starts:
            raise SettingError(
                f"{objective.name} cannot start from vectors: it learns from counts, and what "
                "comes of it is the sum of two tables",
                hint="leave --from away, or --objective skipgram",
            )
        if start is None:
            plan = cls(objective or SkipGram(), Settings.of(given), None)
            for name in ("freeze", "vocabulary"):
                if getattr(plan.settings, name):
                    raise SettingError(
                        f"--{name} says what becomes of the rows to start from, and there are none",
                        hint="--from VECTORS",
                    )
        else:
            plan = cls(start.objective(objective), Settings.of(start.settings(given)), start)
        unseen = plan.settings.unseen
        if not (plan.objective.shares or isinstance(unseen, Exact)):
            raise SettingError(
                f"{plan.objective.name} learns one row a word, and with the policy "
                f"{unseen.name!r} words share rows",
                hint="--unseen error or unknown, or --objective skipgram",
            )
        stay = 1 if plan.building.onto is None else len(plan.building.onto)
        rows = stay + plan.settings.unseen.n_rows(stay)
        require_memory(1 + rows, plan.objective.dim)
        return plan

    @property
    def building(self) -> Building:
        """How the vocabulary is learned: alone, or onto that of the start."""
        building = self.settings.building
        if self.start is None or self.settings.vocabulary != "union":
            return building
        return replace(building, onto=self.start.vectors.vocabulary)
