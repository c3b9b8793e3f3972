"""From what was typed to what will run: options over --config over --like over the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from rowspace.cli.failures import Mistake
from rowspace.cli.settings import SETTINGS

if TYPE_CHECKING:
    from rowspace.objectives import Objective
    from rowspace.vocabulary import Unseen

UNKNOWN = "<unk>"
ORIGINS = {
    ParameterSource.COMMANDLINE: "option",
    ParameterSource.ENVIRONMENT: "environment",
    ParameterSource.DEFAULT_MAP: "config",
}


@dataclass(frozen=True, slots=True)
class Resolved:
    """`chosen`: field -> (value, origin) for everything that is not left at its default."""

    name: str
    like: str
    chosen: Mapping[str, tuple[Any, str]]

    def objective(self) -> Objective:
        """The objective, with the settings chosen for it."""
        kind = self.kind()
        known = {field.name for field in fields(kind)}
        return kind(**{name: v for name, (v, _) in self.chosen.items() if name in known})

    def kind(self) -> type[Objective]:
        """The class of the objective."""
        from rowspace.objectives import OBJECTIVES

        return OBJECTIVES[self.name]

    def training(self) -> dict[str, Any]:
        """The other settings of `rs.train`; what is left out has its default there."""
        from rowspace.training import Settings

        known = {field.name for field in fields(Settings)} - {"unseen"}
        chosen = {name: v for name, (v, _) in self.chosen.items() if name in known}
        if (policy := self.unseen()) is not None:
            chosen["unseen"] = policy
        return chosen

    def unseen(self) -> Unseen | None:
        """The policy that was chosen, with its own settings; None for the default."""
        from rowspace.vocabulary import POLICIES, Exact

        own = {s.field for s in SETTINGS if s.owner == "unseen"} & set(self.chosen)
        given = {field: self.chosen[field][0] for field in own}
        chosen = self.chosen.get("unseen", ("error", ""))[0]
        name = chosen if isinstance(chosen, str) else chosen.name
        kind = POLICIES["exact" if name in ("error", "unknown") else name]
        for field in sorted(given.keys() - _names(kind)):
            fitting = [n for n, policy in POLICIES.items() if field in _names(policy)]
            raise Mistake(
                f"--{field} means nothing with --unseen {name}",
                hint=f"--unseen {' or '.join(fitting)}",
            )
        if not isinstance(chosen, str):  # --like hands over a policy whole
            return replace(chosen, **given)
        if name == "unknown":
            return Exact(unknown=UNKNOWN)
        return kind(**given) if "unseen" in self.chosen else None

    def origins(self) -> dict[str, tuple[Any, str]]:
        """Every setting with its value and where that came from, defaults included."""
        from rowspace.training import Settings

        defaults = {**_defaults(Settings), **_defaults(self.kind())}
        found: dict[str, tuple[Any, str]] = {
            "objective": (self.name, "option" if self.name != "skipgram" else "default"),
            "like": (self.like, "option" if self.like != "rowspace" else "default"),
        }
        for setting in SETTINGS:
            value, origin = self.chosen.get(setting.field, (defaults.get(setting.field), "default"))
            found[setting.field] = (getattr(value, "name", value), origin)
        return found


def resolved(ctx: click.Context) -> Resolved:
    """Read the options of `train words`."""
    chosen: dict[str, tuple[Any, str]] = {}
    like = ctx.params["like"]
    if like != "rowspace":
        from rowspace import objectives

        chosen.update({k: (v, f"--like {like}") for k, v in objectives.like(like).items()})
    for setting in SETTINGS:
        origin = ORIGINS.get(ctx.get_parameter_source(setting.field) or ParameterSource.DEFAULT)
        if origin is not None and ctx.params[setting.field] is not None:
            chosen[setting.field] = (ctx.params[setting.field], origin)
    return Resolved(ctx.params["objective"], like, chosen)


def _names(kind: type) -> set[str]:
    return {field.name for field in fields(kind)}


def _defaults(kind: type) -> dict[str, Any]:
    """The default of every field that has one."""
    found = {}
    for field in fields(kind):
        if field.default is not MISSING:
            found[field.name] = field.default
        elif field.default_factory is not MISSING:
            found[field.name] = field.default_factory()
    return found
