"""Texts, prompts and models that are out to harm a generator."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from rowspace import files  # noqa: E402
from rowspace.cli.predict_generate import shown  # noqa: E402
from rowspace.cli.run import run  # noqa: E402
from rowspace.errors import (  # noqa: E402
    DivergedError,
    FormatError,
    InputError,
    MissingExtraError,
)
from rowspace.networks.generating import generated, train_generator  # noqa: E402
from rowspace.vectors import Model, Vectors  # noqa: E402
from rowspace.vocabulary import Vocabulary  # noqa: E402

SMALL = {
    "dim": 8, "hidden": 8, "layers": 1, "context": 8, "batch": 64, "epochs": 1, "threads": 1,
    "baselines": False,
}  # fmt: skip
TEXT = "ab cd\n" * 60


def trained(text=TEXT, **more):
    return train_generator(io.StringIO(text), **{**SMALL, **more})


@pytest.fixture(scope="module")
def models():
    return [trained(), trained(encoder="transformer", heads=2), trained(units="words")]


def test_a_text_too_short_is_told_so():
    with pytest.raises(InputError, match="nothing is left to learn from"):
        trained("a")
    with pytest.raises(InputError, match="27 units; 32 are the fewest"):
        trained("ab cd\n" * 5)
    with pytest.raises(InputError, match="validation part has 1 units"):
        trained(TEXT, valid=0.002)
    with pytest.raises(InputError, match="nothing is left to learn from"):
        trained(" " * 300 + "word " * 40, valid=0.5)


def test_one_unit_over_and_over():
    model = trained("a" * 1000)
    assert set("".join(generated(model, length=20))) <= {"a"}


def test_a_line_of_a_hundred_thousand_units(tmp_path):
    (tmp_path / "text").write_text("ab" * 50_000)
    model = train_generator(tmp_path / "text", **{**SMALL, "batch": 4096, "context": 64})
    assert model.record["data"]["units"] > 80_000


def test_prompts_of_any_kind(models):
    prompts = ["", " ", "\n\n\n", "ÿ", "日本", "\x00\x1b[2J", "zzz zzz", "\udcff", "a" * 100_000]
    for model in models:
        for prompt in prompts:
            assert len([*generated(model, prompt, length=3)]) == 3


def test_unknown_units_are_never_written(models):
    for model in models:
        text = "".join(generated(model, "q", temperature=1e6, length=300))
        assert "<unk>" not in text


def test_what_would_move_a_terminal_is_escaped():
    assert shown("a\x1b[2Jb\r\x00\udcff") == "a\\x1b[2Jb\\r\\x00\\xff"
    assert shown("tab\tline\n\N{ZERO WIDTH JOINER}é") == "tab\tline\n\N{ZERO WIDTH JOINER}é"


def test_bytes_that_are_no_text(tmp_path, capsys):
    (tmp_path / "bad").write_bytes(b"good line\n" * 3 + b"\x80\xff" * 50)
    code = run(["train", "generate", str(tmp_path / "bad"), "-o", str(tmp_path / "m")])
    told = capsys.readouterr().err
    assert code == 3 and "line 4" in told and "hint" in told
    assert not (tmp_path / "m").exists()


def test_a_rate_that_runs_away(tmp_path):
    with pytest.raises(DivergedError) as caught:
        trained(lr=1e38, clip=0.0, optimizer="sgd", epochs=9, output=tmp_path / "m")
    assert caught.value.exit_code == 6 and "--lr" in caught.value.hint


def test_a_vocabulary_that_does_not_fit_the_network(models):
    model = models[0]
    names = [*model.vectors.vocabulary][:-1]
    other = Vectors(Vocabulary.of(names), np.ascontiguousarray(model.vectors.matrix[:-1]))
    fewer = Model(other, model.config, model.record, arrays=model.arrays)
    assert len("".join(generated(fewer, "a", length=3))) == 3  # rows are the output's weights too
    wide = Vectors.random([*model.vectors.vocabulary], 9)
    with pytest.raises(FormatError, match="does not fit"):
        generated(Model(wide, model.config, model.record, arrays=model.arrays), "a")


@pytest.mark.parametrize(
    "harm",
    [
        {"units": "syllables"}, {"units": "subwords"}, {"encoder": "transformer"}, {"hidden": 16},
        {"layers": 2}, {"layers": 0}, {"hidden": "many"}, {"dim": 1 << 40},
    ],
    ids=str,
)  # fmt: skip
def test_a_model_whose_settings_were_changed(models, harm, tmp_path):
    model = models[0]
    network = {**model.config["network"], **harm}
    changed = Model(
        model.vectors, {**model.config, "network": network}, model.record, arrays=model.arrays
    )
    with pytest.raises((FormatError, InputError)):
        generated(files.load(files.save(changed, tmp_path / "m")), "a")


def test_a_model_whose_weights_are_no_numbers(models):
    model = models[0]
    arrays = {name: np.full_like(array, np.nan) for name, array in model.arrays.items()}
    harmed = Model(model.vectors, model.config, model.record, arrays=arrays)
    with pytest.raises(FormatError, match="finite"):
        [*generated(harmed, "a", length=3)]


def test_without_tokenizers(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtraError, match="tokenizers"):
        trained(units="subwords", size=512)
