"""The rules: settings, the numbers kernels read, and the equations they stand for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rowspace.errors import SettingError
from rowspace.kernels.layer_reference import Number, RuleCode
from rowspace.table import SGD, Adagrad, Adam, AdamW, RowWiseAdagrad, Table
from rowspace.table.rules import Rule

RULES = [SGD, Adagrad, RowWiseAdagrad, Adam, AdamW]
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", ["lr", "weight_decay"])
@pytest.mark.parametrize("wrong", [-0.1, NAN, INF, "0.1", None, True, [0.1], 1j])
def test_rates_that_cannot_be(rule, name, wrong):
    with pytest.raises(SettingError, match=f"{name} must be a number, 0 or above, not "):
        rule(**{"lr": 0.1, name: wrong})


@pytest.mark.parametrize(
    ("rule", "settings", "named"),
    [
        *((SGD, {"momentum": wrong}, "momentum") for wrong in (1, 1.5, -0.1, NAN, "x", None, True)),
        (SGD, {"nesterov": True}, "nesterov must be true or false, with a momentum"),
        (SGD, {"nesterov": 1, "momentum": 0.9}, "nesterov"),
        (Adam, {"betas": 0.9}, "betas must be two numbers"),
        (Adam, {"betas": (0.9,)}, "betas must be two numbers"),
        (AdamW, {"betas": (0.9, 0.99, 0.999)}, "betas must be two numbers"),
        (AdamW, {"betas": (0.9, 1)}, "betas must be two numbers"),
        (Adam, {"betas": (NAN, 0.9)}, "betas must be two numbers"),
        (Adam, {"betas": ("a", 0.9)}, "betas must be two numbers"),
        (Adam, {"betas": None}, "betas must be two numbers"),
        *((rule, {"eps": -1e-8}, "eps") for rule in RULES[1:]),
        (Adagrad, {"initial": -1}, "initial"),
        (RowWiseAdagrad, {"initial": INF}, "initial"),
        (Adam, {"untouched": "never"}, "untouched must be one of skip, own-clock, catch-up"),
        (SGD, {"untouched": None}, "untouched"),
    ],
)
def test_settings_that_cannot_be(rule, settings, named):
    with pytest.raises(SettingError, match=named):
        rule(lr=0.1, **settings)


@pytest.mark.parametrize("rule", RULES)
def test_settings_are_kept_and_replaced(rule):
    one = rule(lr=np.float32(0.5))
    assert replace(one, lr=0.25).lr == 0.25 and one.lr == 0.5
    with pytest.raises(AttributeError):
        one.lr = 1
    with pytest.raises(TypeError):
        rule(0.1)
    assert isinstance(one, Rule) and len(one.states) <= 2


def test_codes_and_states():
    assert SGD(lr=1).code == RuleCode.SGD and SGD(lr=1).states == {}
    assert SGD(lr=1, momentum=0.1).code == RuleCode.MOMENTUM
    assert SGD(lr=1, momentum=0.1).states == {"momentum_buffer": "number"}
    assert Adagrad(lr=1).states == {"sum": "number"} and RowWiseAdagrad(lr=1).states["sum"] == "row"
    assert list(Adam(lr=1).states) == ["exp_avg", "exp_avg_sq"]
    assert Adam(lr=1, betas=[0.5, 0.6]).betas == (0.5, 0.6)


@pytest.mark.parametrize(
    ("rule", "clocked", "own"),
    [
        (SGD(lr=1), False, False),
        (SGD(lr=1, untouched="catch-up"), False, False),  # it owes nothing
        (SGD(lr=1, untouched="catch-up", momentum=0.5), True, False),
        (SGD(lr=1, untouched="catch-up", weight_decay=0.5), True, False),
        (Adagrad(lr=1), False, False),
        (Adam(lr=1), False, False),
        (Adam(lr=1, untouched="own-clock"), True, True),
        (AdamW(lr=1, untouched="catch-up"), True, False),
    ],
)
def test_clocks(rule, clocked, own):
    assert (rule.clocked, rule.own_clock) == (clocked, own)


def test_numbers():
    n = AdamW(lr=0.5, weight_decay=0.1, betas=(0.9, 0.999)).numbers(max_norm=2, scale=-1)
    assert n.dtype == np.float32 and len(n) == Number.COUNT
    wanted = {
        "LR": 0.5, "L2": 0, "SHRINK": 0.95, "BETA1": 0.9, "BETA2": 0.999, "EPS": 1e-8,
        "MAX_NORM": 2, "SCALE": -1, "REST1": 0.1, "REST2": 0.001,
    }  # fmt: skip
    for name, value in wanted.items():
        assert n[Number[name]] == np.float32(value), name
    n = Adam(lr=0.5, weight_decay=0.1).numbers()
    assert n[Number.L2] == np.float32(0.1) and n[Number.SHRINK] == 1
    assert n[Number.MAX_NORM] == 0 and n[Number.SCALE] == 1
    n = SGD(lr=0.5, momentum=0.25, nesterov=True).numbers()
    assert n[Number.MOMENTUM] == 0.25 and n[Number.NESTEROV] == 1
    assert Adam(lr=1, betas=(0.5, 0.75)).bias(2) == (0.75, (1 - 0.75**2) ** 0.5)
    assert SGD(lr=1).bias(9) == (1, 1)


LR, WD, B1, B2, EPS = 0.1, 0.3, 0.8, 0.9, 1e-3


def sgd(w, g, s, t):
    return w - LR * (g + WD * w)


def momentum(w, g, s, t):
    g = g + WD * w
    s["b"] = 0.5 * s["b"] + g
    return w - LR * s["b"]


def nesterov(w, g, s, t):
    g = g + WD * w
    s["b"] = 0.5 * s["b"] + g
    return w - LR * (g + 0.5 * s["b"])


def adagrad(w, g, s, t):
    g = g + WD * w
    s["s"] = (s["s"] if t > 1 else 0.25) + g**2
    return w - LR * g / (np.sqrt(s["s"]) + EPS)


def row_adagrad(w, g, s, t):
    g = g + WD * w
    s["s"] = (s["s"] if t > 1 else 0.25) + (g**2).mean()
    return w - LR * g / (np.sqrt(s["s"]) + EPS)


def adam(w, g, s, t, l2=WD):
    g = g + l2 * w
    s["m"] = B1 * s["m"] + (1 - B1) * g
    s["v"] = B2 * s["v"] + (1 - B2) * g**2
    m, v = s["m"] / (1 - B1**t), s["v"] / (1 - B2**t)
    return w - LR * m / (np.sqrt(v) + EPS)


def adamw(w, g, s, t):
    return adam(w * (1 - LR * WD), g, s, t, l2=0)


EVERY = {"lr": LR, "weight_decay": WD}
ADAM = {**EVERY, "betas": (B1, B2), "eps": EPS}
EQUATIONS = [
    (SGD(**EVERY), sgd),
    (SGD(**EVERY, momentum=0.5), momentum),
    (SGD(**EVERY, momentum=0.5, nesterov=True), nesterov),
    (Adagrad(**EVERY, eps=EPS, initial=0.25), adagrad),
    (RowWiseAdagrad(**EVERY, eps=EPS, initial=0.25), row_adagrad),
    (Adam(**ADAM), adam),
    (AdamW(**ADAM), adamw),
]


@pytest.mark.parametrize(("rule", "equation"), EQUATIONS, ids=lambda x: getattr(x, "__name__", ""))
def test_rows_that_are_always_named_follow_the_equation(rule, equation):
    draw = np.random.default_rng(0)
    for untouched in ("skip", "catch-up", "own-clock"):
        if untouched != "skip":
            if not hasattr(rule, "untouched"):
                continue
            rule = replace(rule, untouched=untouched)
        table = Table.uniform(1, 20, rule, seed=1, bound=1)
        w, state = table[0].astype(float), {"b": 0, "m": 0, "v": 0, "s": 0}
        for t in range(1, 40):
            g = draw.normal(size=20).astype(np.float32)
            table.step(0, g)
            w = equation(w, g.astype(float), state, t)
            np.testing.assert_allclose(table[0], w, rtol=2e-5, atol=3e-6)
