"""The table of settings says what the code says: one place for every default."""

from __future__ import annotations

from dataclasses import MISSING, fields

import pytest

from rowspace.cli.settings import SCHEDULES, SETTINGS

# Settings of `rs.train` that are options of another kind, or only for callers from Python.
NOT_OPTIONS = {"allow_changed", "unseen"}
WORDS = {
    "max_size": (None, "no limit"),
    "threads": (None, "all cores"),
    "processes": (None, "all cores"),
    "lower": (True, "lower"),
    "shrink": (True, "shrink"),
    "deterministic": (False, "fast"),
    "normalize": (None, "none"),
    "column": (None, "none"),
    "reserved": ((), "none"),
    "nested": ((), "none"),
    "buckets": (2_000_000, "by policy"),
    "freeze": (False, "no-freeze"),
    "memory": (1 << 30, "1 GiB"),
    "symmetric": (True, "symmetric"),
    "by_distance": (True, "by-distance"),
    "vocabulary": (None, "union where --from goes on, else corpus"),
}


def defaults(kind: type) -> dict[str, object]:
    found = {}
    for field in fields(kind):
        if field.default is not MISSING:
            found[field.name] = field.default
        elif field.default_factory is not MISSING:
            found[field.name] = field.default_factory()
        else:
            found[field.name] = MISSING
    return found


def owned(owner: str) -> dict[str, str]:
    return {s.field: s.default for s in SETTINGS if s.owner == owner}


def agree(field: str, value: object, shown: str) -> bool:
    """Whether the help's words mean the default."""
    if field in WORDS:
        return (value, shown) == WORDS[field]
    first = shown.split(";")[0]
    return float(first) == value if isinstance(value, (int, float)) else first == value


def shown_for(name: str, shown: str) -> str:
    """What `5; cbow, glove 0.05` says of one objective."""
    first, *others = shown.split("; ")
    for other in others:
        names, _, value = other.rpartition(" ")
        if name in names.split(", "):
            return value
    return first


def test_objectives():
    from rowspace.objectives import CBOW, OBJECTIVES, GloVe, SkipGram

    both = {f.name for f in fields(SkipGram)}
    assert owned("objective").keys() == both == {f.name for f in fields(CBOW)}
    assert owned("glove").keys() == {f.name for f in fields(GloVe)} - both
    for name, kind in OBJECTIVES.items():
        for field in fields(kind):
            shown = {**owned("objective"), **owned("glove")}[field.name]
            if (name, field.name) == ("glove", "min_lr"):
                assert defaults(GloVe)["min_lr"] is None and "glove as --lr" in shown
                continue
            told = shown_for(name, shown)
            assert agree(field.name, defaults(kind)[field.name], told), (name, field.name)


def test_training():
    from rowspace.training import Settings

    real = defaults(Settings)
    shown = owned("training")
    assert shown.keys() - {"unseen"} == real.keys() - NOT_OPTIONS
    for field in shown.keys() - {"unseen"}:
        assert agree(field, real[field], shown[field]), field


def test_schedules():
    from rowspace.table import schedules

    assert [*schedules.SCHEDULES] == SCHEDULES
    assert all(schedules.SCHEDULES[name].by_loss for name in SCHEDULES[4:])  # the help counts them
    assert not any(schedules.SCHEDULES[name].by_loss for name in SCHEDULES[:4])


def test_unseen():
    from rowspace.vocabulary import POLICIES

    known = {f.name: defaults(k)[f.name] for k in POLICIES.values() for f in fields(k)}
    for field, shown in owned("unseen").items():
        assert field in known
        if shown != "by policy":
            assert agree(field, known[field], shown), field


@pytest.mark.parametrize(
    ("field", "value", "shown"), [("dim", 101, "100"), ("lower", False, "lower"), ("lr", 0.1, "1")]
)
def test_disagreement_is_seen(field, value, shown):
    assert not agree(field, value, shown)
