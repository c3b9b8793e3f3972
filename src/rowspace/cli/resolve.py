"""From what was typed to what will run: options over --config over --like over the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from rowspace.cli.failures import Mistake
from rowspace.cli.settings import SETTINGS
from rowspace.errors import InputError

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

    chosen: Mapping[str, tuple[Any, str]]

    def objective(self) -> Objective:
        """The objective, with the settings chosen for it."""
        kind = self.kind()
        known = {field.name for field in fields(kind)}
        return kind(**{name: v for name, (v, _) in self.chosen.items() if name in known})

    def kind(self) -> type[Objective]:
        """The class of the objective."""
        from rowspace.objectives import OBJECTIVES

        return OBJECTIVES[self.chosen["objective"][0]]

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
        chosen: str | Unseen = self.chosen.get("unseen", ("error", ""))[0]
        name = chosen if isinstance(chosen, str) else chosen.name
        kind = POLICIES["exact" if name in ("error", "unknown") else name]
        for field in sorted(given.keys() - _names(kind)):
            fitting = [n for n, policy in POLICIES.items() if field in _names(policy)]
            raise Mistake(
                f"--{field} means nothing with --unseen {name}",
                hint=f"--unseen {' or '.join(fitting)}",
            )
        if name == "unknown":
            return Exact(unknown=UNKNOWN)
        try:
            if not isinstance(chosen, str):  # --like hands over a policy whole
                return kind(**{**_values(chosen), **given})
            return kind(**given) if "unseen" in self.chosen else None
        except InputError as error:  # a setting out of its range
            raise Mistake(error.message, hint=error.hint) from error

    def origins(self) -> dict[str, tuple[Any, str]]:
        """Every setting with its value and where that came from, defaults included."""
        from rowspace.training import Settings

        policy = self.unseen() or Settings().unseen
        defaults = {**_defaults(Settings), **_defaults(self.kind()), **_values(policy)}
        names = ["objective", "like", *(setting.field for setting in SETTINGS)]
        found = {n: self.chosen.get(n, (defaults.get(n), "default")) for n in names}
        found["unseen"] = (_word(policy), found["unseen"][1])
        return found


def resolved(ctx: click.Context) -> Resolved:
    """Read the options of `train words`."""
    chosen: dict[str, tuple[Any, str]] = {}
    like = ctx.params["like"]
    for name in ("objective", "like"):
        origin = ORIGINS.get(ctx.get_parameter_source(name) or ParameterSource.DEFAULT, "default")
        chosen[name] = (ctx.params[name], origin)
    if like != "rowspace":
        from rowspace import objectives

        theirs = objectives.like(like, ctx.params["objective"])
        chosen.update({k: (v, f"--like {like}") for k, v in theirs.items()})
    for setting in SETTINGS:
        source = ctx.get_parameter_source(setting.field) or ParameterSource.DEFAULT
        if source in ORIGINS and ctx.params[setting.field] is not None:
            chosen[setting.field] = (ctx.params[setting.field], ORIGINS[source])
    return Resolved(chosen)


def _word(policy: Unseen) -> str:
    """What --unseen calls a policy."""
    if policy.name != "exact":
        return policy.name
    return "error" if policy.unknown_item is None else "unknown"


def _values(policy: Unseen) -> dict[str, Any]:
    """The fields of a policy with their values."""
    return {name: getattr(policy, name) for name in _names(type(policy))}


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
