"""train_generator: from a text to a model that writes, and all that can be said on the way."""

from __future__ import annotations

import importlib.util
import io

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from rowspace import files  # noqa: E402
from rowspace.errors import DivergedError, InputError, SettingError  # noqa: E402
from rowspace.networks import keeping  # noqa: E402
from rowspace.networks.generating import generated, train_generator  # noqa: E402
from rowspace.networks.writing import Writer  # noqa: E402
from rowspace.training.interrupt import Interrupted  # noqa: E402
from rowspace.vectors import Vectors  # noqa: E402

LINES = ["the cat sat on the mat.\n", "the dog ran to the end.\n", "a bird sang all day.\n"]
TEXT = "".join(LINES[at % 3] for at in range(150))
SMALL = {
    "dim": 16, "hidden": 32, "layers": 1, "context": 24, "batch": 240, "epochs": 10, "lr": 0.02,
    "threads": 1, "baselines": False, "dropout": 0.0,
}  # fmt: skip
TRANSFORMER = {"encoder": "transformer", "heads": 2, "lr": 0.01}


def trained(text=TEXT, **more):
    return train_generator(io.StringIO(text), **{**SMALL, **more})


@pytest.fixture(scope="module")
def poet():
    return trained(baselines=True, deterministic=True)


def test_it_learns_and_says_how_well(poet):
    record = poet.record
    scores = {score["name"]: score for score in record["scores"]}
    assert scores["loss"]["value"] < 0.6 and scores["loss"]["low"] <= scores["loss"]["value"]
    assert scores["perplexity"]["value"] == pytest.approx(np.exp(scores["loss"]["value"]))
    assert record["scored_on"] == "validation" and record["judged"] == "characters"
    held = len(TEXT) - int(len(TEXT) * 0.9)
    assert scores["loss"]["n"] == held - 1
    assert record["data"]["units"] == int(len(TEXT) * 0.9)
    names = [one["name"] for one in record["baselines"]]
    assert names == ["unigram", "bigram", "6-grams, Kneser-Ney"]
    unigram, bigram, _ = (one["scores"][0]["value"] for one in record["baselines"])
    assert scores["loss"]["value"] < bigram < unigram
    best = record["epochs"][record["best_epoch"] - 1]
    assert best["log-likelihood"] == pytest.approx(-scores["loss"]["value"], abs=1e-4)


def test_it_writes_what_it_read(poet):
    text = "the cat" + "".join(generated(poet, "the cat", temperature=0, length=60))
    assert text.startswith("the cat sat on the mat.\n")
    assert set("".join(generated(poet, length=100))) <= set(TEXT)


def test_the_same_seed_writes_the_same_and_pieces_come_one_by_one(poet):
    one, same, other = ("".join(generated(poet, "a", seed=seed, length=50)) for seed in (1, 1, 2))
    assert one == same != other and len(one) == 50
    pieces = generated(poet, "a", length=10**9)  # nobody waits for the end
    assert [len(next(pieces)) for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(
    "settings", [TRANSFORMER, {**TRANSFORMER, "positions": "learned"}], ids=["rotary", "learned"]
)
def test_a_transformer_goes_on_beyond_its_context(settings):
    model = trained(**settings, epochs=14)
    assert model.record["scores"][0]["value"] < 1.3
    text = "".join(generated(model, "the cat sat on the", temperature=0, length=100))
    assert len(text) == 100 and text.count("\n") >= 2
    assert len("".join(generated(model, TEXT, length=3))) == 3


def test_with_a_cache_it_writes_what_it_would_without():
    model = trained(**TRANSFORMER, epochs=3)
    writer = Writer.of(model)
    text = "the cat"
    for _ in range(12):  # shorter than the context
        ids = torch.from_numpy(writer.units.ids(text))[None]
        with torch.no_grad():
            likeliest = int(writer.network(ids)[0][0, -1].argmax())
        text += writer.units.vocabulary.items[likeliest].decode()
    assert text == "the cat" + "".join(generated(model, "the cat", temperature=0, length=12))


@pytest.mark.parametrize("units", ["words", "whitespace", "subwords"])
def test_other_units(units):
    if units == "subwords" and importlib.util.find_spec("tokenizers") is None:
        pytest.skip("the tokenizers extra is not installed")
    more = {"size": 512} if units == "subwords" else {}
    more |= {"batch": 64, "context": 16, "epochs": 15}
    model = trained(units=units, baselines=True, **more)
    assert model.record["scores"][0]["coverage"] == 1
    assert model.record["judged"] == ("units" if units == "subwords" else "words")
    assert len(model.record["baselines"]) == 3
    text = "".join(generated(model, "the cat ", temperature=0, length=6))
    assert text.startswith(" sat on the mat")
    assert model.vectors.dim == 16


def test_a_model_like_any_other(poet, tmp_path):
    found = files.load(files.save(poet, tmp_path / "m"))
    assert found.config["network"]["kind"] == "generate"
    assert [*generated(found, "the", seed=4)] == [*generated(poet, "the", seed=4)]
    assert found.vectors.nearest("a", k=2) and found.vectors.vocabulary.counts.max() > 100
    with pytest.raises(InputError, match="train generate"):
        generated(type(poet)(poet.vectors), "a")


def test_deterministic_runs_are_the_same_bit_for_bit(poet):
    again = trained(deterministic=True)
    assert np.array_equal(again.vectors.matrix, poet.vectors.matrix)
    assert all(np.array_equal(again.arrays[name], poet.arrays[name]) for name in poet.arrays)
    assert again.record["scores"] == poet.record["scores"]


@pytest.mark.parametrize("more", [{}, TRANSFORMER], ids=["lstm", "transformer"])
def test_a_run_that_is_gone_on_with_ends_where_it_would_have(tmp_path, monkeypatch, more):
    import os
    import signal

    settings = {**more, "epochs": 5, "dropout": 0.2, "deterministic": True}
    monkeypatch.setattr(keeping, "EVERY", 0.0)

    def stop(event):
        if event["type"] == "epoch" and event["epoch"] == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted):
        trained(**settings, output=tmp_path / "m", progress=stop)
    resumed = trained(**settings, output=tmp_path / "m", resume=True)
    whole = trained(**settings)
    assert np.array_equal(resumed.vectors.matrix, whole.vectors.matrix)
    assert resumed.record["epochs"] == whole.record["epochs"]
    assert not (tmp_path / "m.run").exists()


def test_validation_and_test_texts(tmp_path):
    for name, text in (("dev", LINES[0] * 4), ("test", LINES[1] * 4)):
        (tmp_path / name).write_text(text)
    model = trained(valid=tmp_path / "dev", test=tmp_path / "test", epochs=2)
    assert model.record["scored_on"] == "test" and "validation_scores" in model.record
    assert model.record["scores"][0]["n"] == 4 * len(LINES[1]) - 1
    none = trained(valid=0, epochs=2)
    assert "scores" not in none.record and none.record["best_epoch"] == 2


def test_words_start_from_vectors():
    names = ["the", "cat", "dog", "mat", "unheard"]
    start = Vectors.random(names, 16)
    model = trained(units="words", start=start, tune="frozen", epochs=2)
    found = model.record["start"]
    assert found["known"] == 5 and found["dim"] == 16
    mine, theirs = model.vectors[" cat"], start["cat"]
    alike = mine @ theirs / np.linalg.norm(mine) / np.linalg.norm(theirs)
    assert alike == pytest.approx(1, abs=1e-5)
    with pytest.raises(SettingError, match="dim must be 16"):
        trained(units="words", start=start, dim=8)


def test_what_rows_start_from_is_compared(tmp_path):
    start = Vectors.random(["the", "cat", "dog"], 16)
    model = trained(
        units="words", start=start, compare=True, epochs=2, output=tmp_path / "m", progress=ignore
    )
    names = [one["name"] for one in model.record["compare"]]
    assert names == [
        "random, never learned", "from scratch", "pre-trained, frozen", "pre-trained, tuned",
    ]  # fmt: skip
    losses = [one["scores"][0]["value"] for one in model.record["compare"][1:]]
    assert model.record["scores"][0]["value"] == min(losses)
    assert files.load(tmp_path / "m").record["compare"] == model.record["compare"]
    with pytest.raises(SettingError, match="resume"):
        trained(compare=True, resume=True)


def ignore(event):
    """Nobody looks."""


@pytest.mark.parametrize("of", ["elements", "features", "tokens", "rows"])
def test_every_kind_of_dropout_in_looking_up(of):
    model = trained(embedding_dropout=0.2, embedding_dropout_of=of, epochs=1)
    assert np.isfinite(model.vectors.matrix).all()


def test_a_run_that_diverges_keeps_the_last_good_epoch(tmp_path):
    with pytest.raises(DivergedError, match="diverged"):
        trained(lr=1e38, clip=0.0, optimizer="sgd", warmup=0.5, output=tmp_path / "m")
    if (tmp_path / "m").exists():
        assert np.isfinite(files.load(tmp_path / "m").vectors.matrix).all()


def test_settings_there_are_not():
    with pytest.raises(SettingError, match=r"one of .*context"):
        trained(windows=5)
