"""From what was typed to what will run: options over --config over --from over --like over the
defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from rowspace.cli.failures import Mistake
from rowspace.cli.settings import SETTINGS
from rowspace.errors import InputError

if TYPE_CHECKING:
    from rowspace.objectives import Objective
    from rowspace.training.start import Start
    from rowspace.vocabulary import Unseen

UNKNOWN = "<unk>"
ORIGINS = {
    ParameterSource.COMMANDLINE: "option",
    ParameterSource.ENVIRONMENT: "environment",
    ParameterSource.DEFAULT_MAP: "config",
}


@dataclass(frozen=True, slots=True)
class Resolved:
    """`chosen`: field -> (value, origin) for everything that is not left at its default.
    `start`: what --from named, opened."""

    chosen: Mapping[str, tuple[Any, str]]
    start: Start | None = None

    def objective(self) -> Objective:
        """The objective, with the settings chosen for it. Raises Mistake for one it has not."""
        kind = self.kind()
        known = {field.name for field in fields(kind)}
        for setting in SETTINGS:
            ours = setting.owner in ("objective", "glove")
            if ours and setting.field in self.chosen and setting.field not in known:
                raise Mistake(
                    f"{setting.spelled} means nothing with --objective {kind.name}",
                    hint="leave it away, or choose another --objective",
                )
        own = {name: v for name, (v, _) in self.chosen.items() if name in known}
        if own.get("loss") == "hs" and self.chosen.get("negative", (0, ""))[1] == "option":
            raise Mistake(
                "--negative means nothing with --loss hs, which draws no noise words",
                hint="leave it away, or --loss ns",
            )
        return kind(**own)

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
        known = "exact" if name in ("error", "unknown") else name
        kind = POLICIES[known] if isinstance(chosen, str) else type(chosen)
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
        names = ["objective", "like", "from", *(setting.field for setting in SETTINGS)]
        found = {n: self.chosen.get(n, (defaults.get(n), "default")) for n in names}
        whole, origin = self.chosen.get("unseen", ("", ""))
        if not isinstance(whole, str):  # its settings came with it
            own = _names(type(policy)) - set(self.chosen)
            found |= {n: (defaults[n], origin) for n in own if n in found}
        found["unseen"] = (_word(policy), found["unseen"][1])
        return found


def resolved(ctx: click.Context) -> Resolved:
    """Read the options of `train words`, and open what --from names."""
    given = _given(ctx, ("objective", "like", "from", *(setting.field for setting in SETTINGS)))
    chosen: dict[str, tuple[Any, str]] = {
        "objective": (ctx.params["objective"], "default"),
        "like": (ctx.params["like"], "default"),
    }
    start = None
    if ctx.params["from"] is not None:
        start = _opened(ctx.params["from"], ctx.params["target"])
        if start.goes_on:
            chosen["objective"] = (start.kind().name, "--from")
    chosen |= {name: given[name] for name in ("objective", "like") if name in given}
    like, objective = chosen["like"][0], chosen["objective"][0]
    if like != "rowspace":
        from rowspace import objectives

        if objective == "glove":
            raise Mistake(
                f"--like {like} says how skip-gram and CBOW learn, not glove",
                hint="leave --like away",
            )
        theirs = objectives.like(like, objective)
        chosen.update({k: (v, f"--like {like}") for k, v in theirs.items()})
    if start is not None:
        chosen.update({k: (v, "--from") for k, v in _brought(start, objective).items()})
        _require_dim(given, start)
    return Resolved({**chosen, **given}, start)


def _given(ctx: click.Context, names: Iterable[str]) -> dict[str, tuple[Any, str]]:
    """Those settings that were typed, or stand in the environment or the file of --config."""
    found = {}
    for name in names:
        source = ctx.get_parameter_source(name) or ParameterSource.DEFAULT
        if source in ORIGINS and ctx.params[name] is not None:
            found[name] = (ctx.params[name], ORIGINS[source])
    return found


def _opened(path: str, target: str | None) -> Start:
    """What --from names; rows that cannot be mapped lie beside the output, not in memory."""
    from rowspace.training.start import Start

    beside = None if target is None else Path(target).absolute().parent
    return Start.of(path, beside if beside is not None and beside.is_dir() else None)


def _brought(start: Start, objective: str) -> dict[str, Any]:
    """The settings that a start brings along."""
    from rowspace.objectives import OBJECTIVES

    found = {**start.of_objective(OBJECTIVES[objective]), **start.of_training()}
    return {
        k: ",".join(map(str, v)) if isinstance(v, (list, tuple)) else v for k, v in found.items()
    }


def _require_dim(given: Mapping[str, tuple[Any, str]], start: Start) -> None:
    dim, _ = given.get("dim", (start.vectors.dim, ""))
    if dim != start.vectors.dim:
        raise Mistake(
            f"--dim {dim} does not go with --from: {start.name} has vectors of "
            f"{start.vectors.dim} numbers",
            hint="leave --dim away",
        )


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
