"""`Writer`: a generator that goes on with texts, unit by unit, as long as somebody reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import final

import numpy as np
import torch

from rowspace.errors import FormatError
from rowspace.networks.device import device_of
from rowspace.networks.generate import GenerateSettings, Generator, State
from rowspace.networks.generate_units import Units
from rowspace.networks.kept import restore, settings_in
from rowspace.networks.sampling import Sampling
from rowspace.vectors import Model

KIND, TABLE = "generate", "units"
AT_ONCE = 4096
"""Units of a prompt that an LSTM reads at once."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Writer:
    """network: in eval mode. units: what it writes in."""

    network: Generator
    units: Units

    @classmethod
    def of(cls, model: Model) -> Writer:
        """Of a model of `train generate`. Raises InputError for another one, FormatError for one
        whose parts do not fit."""
        config = settings_in(model, KIND)
        names = [one.name for one in fields(GenerateSettings)]
        settings = GenerateSettings(**{name: config[name] for name in names if name in config})
        units = Units.of_model(model.vectors.vocabulary, config)
        network = Generator(len(units.vocabulary), settings)
        restore(network, {TABLE: (network.units, units.vocabulary)}, model, own=TABLE)
        return cls(network.to(device_of("auto")), units)

    def beginning(self, prompt: str) -> str:
        """The prompt as it is gone on with: units that begin with a space bring their own."""
        return prompt if self.units.kind == "characters" else prompt.rstrip(" ")

    def go_on(self, prompt: str, sampling: Sampling | None = None) -> Iterator[str]:
        """What comes after `prompt`, as `beginning` has it, piece by piece.

        A Transformer that has seen as much as it can at once begins again with the last half. Of a
        long prompt it sees the end; an LSTM reads all of it. Raises FormatError for a model that is
        damaged.
        """
        text = self.beginning(prompt)
        ids = self.units.ids(text)
        if len(ids) and ids[0] == self.units.unknown:  # a word that only ever stood behind a space
            ids = self.units.ids(" " + text)
        before = ids if len(ids) else np.array([self.units.begins])
        drawn = self._drawn(before, sampling or Sampling())
        yield from self.units.spelled(drawn, after=bool(text) and not text.endswith("\n"))

    def _drawn(self, ids: np.ndarray, sampling: Sampling) -> Iterator[int]:
        """Unit after unit."""
        context = self.network.settings.context
        recurrent = self.network.settings.encoder == "lstm"
        kept, state, seen = ids.tolist(), None, 0
        fresh = kept if recurrent else kept[-context:]
        for position in range(sampling.length):
            if not recurrent and seen + len(fresh) > context:
                kept = kept[-(context // 2) :]
                fresh, state, seen = kept, None, 0
            logits, state = self._asked(fresh, state)
            seen += len(fresh)
            if not np.isfinite(logits).all():
                raise FormatError("the model", "its chances are not finite numbers: damaged")
            logits[self.units.unwritten] = -np.inf
            found = sampling.draw(logits, position)
            kept.append(found)
            fresh = [found]
            yield found

    @torch.inference_mode()
    def _asked(self, ids: list[int], state: State | None) -> tuple[np.ndarray, State]:
        """The logits after `ids`, float32 [V], and the state to go on with."""
        device = next(self.network.parameters()).device
        *before, last = (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
        for part in before:
            _, state = self.network(torch.tensor([part], device=device), state, last=True)
        logits, state = self.network(torch.tensor([last], device=device), state, last=True)
        return logits[0, -1].float().cpu().numpy(), state
