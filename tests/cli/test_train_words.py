"""train words: from text to a model, interrupted and gone on with, never over what is there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rowspace import files

SMALL = ("--dim", "8", "--min-count", "1", "--epochs", "2")


@pytest.fixture
def corpus(tmp_path) -> Path:
    """Some thousand words in which neighbours mean something."""
    rng = np.random.default_rng(0)
    topics = [["red", "green", "blue", "colour"], ["one", "two", "three", "number"]]
    lines = [" ".join(rng.choice(topics[n % 2], 8)) for n in range(600)]
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """`rowspace train words …`, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "rowspace", "train", "words", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_text_in_a_model_out(process, corpus, tmp_path):
    done = process("train", "words", corpus, "-o", "m", *SMALL)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "" and "8 words x 8 numbers" in done.stderr
    model = files.load(tmp_path / "m")
    assert set(model.vectors) >= {"red", "three"} and model.vectors.dim == 8
    assert model.config["training"]["epochs"] == 2
    assert not (tmp_path / "m.run").exists()
    assert process("nearest", "m", "red", "-k", "3").returncode == 0


def test_json_says_everything(command, corpus, objects):
    found = objects(command("train", "words", corpus, "-o", "m", *SMALL, "--json").stdout)
    kinds = [o["type"] for o in found]
    assert {"scan", "progress", "epoch"} <= set(kinds) and kinds[-1] == "model"
    assert [o["epoch"] for o in found if o["type"] == "epoch"] == [1, 2]
    assert found[-1]["items"] == 8


def test_from_stdin(process, tmp_path):
    done = process("train", "words", "-", "-o", "m", *SMALL, stdin="a b a b c\n" * 50)
    assert done.returncode == 0, done.stderr
    assert len(files.load(tmp_path / "m").vectors) == 3


@pytest.mark.parametrize(
    ("objective", "unseen"),
    [
        ("cbow", "error"),
        ("skipgram", "unknown"),
        ("cbow", "subwords"),
        ("skipgram", "hashed"),
        ("cbow", "quotient"),
    ],
)
def test_every_policy(command, corpus, tmp_path, objective, unseen):
    more = ("--buckets", "64") if unseen in ("subwords", "hashed") else ()
    words = ("train", "words", corpus, "-o", "m", *SMALL, *more)
    done = command(*words, "--objective", objective, "--unseen", unseen, "--lr", "0.01")
    assert done.returncode == 0, done.stderr
    asked = command("similarity", "m", "red", "nevermore")
    assert asked.returncode == (3 if unseen in ("error", "quotient") else 0), asked.stderr


def test_nothing_is_written_over(command, corpus, tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "mine").write_text("mine")
    for extra in ((), ("--resume",)):
        done = command("train", "words", corpus, "-o", "m", *SMALL, *extra)
        assert done.returncode == 2 and "--force" in done.stderr
    assert (tmp_path / "m" / "mine").read_text() == "mine"


def test_force_writes_over_a_model(command, corpus, tmp_path):
    command("train", "words", corpus, "-o", "m", *SMALL)
    assert command("train", "words", corpus, "-o", "m", *SMALL).returncode == 2
    done = command("train", "words", corpus, "-o", "m", *SMALL, "--dim", "4", "--force")
    assert done.returncode == 0, done.stderr
    assert files.load(tmp_path / "m").vectors.dim == 4


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--dim", "0"), "--dim"),
        (("--dim", "1000000000"), "dim"),
        (("--window", "-1"), "--window"),
        (("--epochs", "0"), "--epochs"),
        (("--lr", "x"), "--lr"),
        (("--sample", "2"), "sample"),
        (("--threads", "100000"), "threads"),
        (("--objective", "word"), "--objective"),
        (("--minn", "2"), "--unseen subwords"),
        (("--unseen", "hashed", "--maxn", "4"), "--unseen subwords"),
        (("--unseen", "subwords", "--minn", "5", "--maxn", "2"), "minn"),
        (("--like", "glove"), "--like"),
        (("--schedule", "cosin"), "cosine"),
        (("--warmup", "1"), "--warmup"),
        (("--warmup", "-0.1"), "--warmup"),
        (("--schedule", "inverse-sqrt"), "warmup must be a number above 0"),
    ],
)
def test_settings_out_of_range_are_usage(command, corpus, tmp_path, words, named):
    """Fault case 31."""
    done = command("train", "words", corpus, "-o", "m", *words)
    assert done.returncode in (2, 5), done.stderr
    assert named in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("words", [(), ("-o", "m"), ("corpus.txt",)])
def test_what_is_missing_is_named(command, words):
    done = command("train", "words", *words)
    assert done.returncode == 2 and "hint: " in done.stderr


@pytest.mark.parametrize("text", ["", " \n\t\n", "lonely"])
def test_corpus_of_nothing(command, tmp_path, text):
    """Fault case 27."""
    (tmp_path / "corpus.txt").write_text(text)
    done = command("train", "words", "corpus.txt", "-o", "m")
    assert done.returncode == 3 and "Traceback" not in done.stderr
    assert not (tmp_path / "m").exists()


def test_rare_words_only(command, tmp_path):
    (tmp_path / "corpus.txt").write_text("a b c a b c a b c")
    done = command("train", "words", "corpus.txt", "-o", "m")
    assert done.returncode == 3 and "min-count" in done.stderr and "3" in done.stderr


def test_missing_corpus(command):
    done = command("train", "words", "nowhere.txt", "-o", "m")
    assert done.returncode == 3 and "nowhere.txt" in done.stderr


def test_divergence(command, corpus, tmp_path):
    """Fault case 30."""
    done = command(
        "train", "words", corpus, "-o", "m", "--dim", "8", "--lr", "1e6", "--epochs", "50"
    )
    assert done.returncode == 6, done.stderr
    assert "--lr" in done.stderr and not (tmp_path / "m").exists()


def long_run(corpus: Path, *more: str) -> tuple[str, ...]:
    """The words of a run that does not end by itself."""
    return (corpus.name, "-o", "m", "--dim", "8", "--min-count", "1", "--epochs", "999999", *more)


def interrupt(folder: Path, words: tuple[str, ...], number: int) -> tuple[int, str]:
    """Start a run, wait until it learns, send it a signal; its exit code and messages."""
    process = start(folder, *words, "--json")
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["type"] == "progress":
            break
    process.send_signal(number)
    out, said = process.communicate()
    objects = [json.loads(line) for line in out.splitlines()]
    assert objects[-1]["type"] == "interrupted"
    return process.returncode, said


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_a_checkpoint_and_the_line(command, corpus, tmp_path, number, code):
    """Fault case 7."""
    returned, said = interrupt(tmp_path, long_run(corpus), number)
    assert returned == code and "Traceback" not in said
    assert any((tmp_path / "m.run").glob("step-*"))
    line = said.splitlines()[-1].strip()
    expected = " ".join(long_run(corpus))
    assert line == f"rowspace train words {expected} --json --resume"

    done = command("train", "words", *long_run(corpus))
    assert done.returncode == 2 and "--resume goes on with it" in done.stderr

    process = start(tmp_path, *line.split()[3:])
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert first["type"] == "resumed" and first["words"] > 0


def test_a_changed_corpus_is_not_gone_on_with(command, corpus, tmp_path):
    """Fault case 35."""
    interrupt(tmp_path, long_run(corpus), signal.SIGTERM)
    with open(corpus, "a") as file:
        file.write("more\n")
    done = command("train", "words", *long_run(corpus, "--resume"))
    assert done.returncode == 3 and "allow" in done.stderr
    process = start(tmp_path, *long_run(corpus, "--resume", "--allow-changed", "--json"))
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["type"] == "resumed"
    process.kill()
    process.communicate()


def test_two_signals_stop_at_once(corpus, tmp_path):
    process = start(tmp_path, *long_run(corpus, "--json"))
    assert process.stdout is not None
    while json.loads(process.stdout.readline())["type"] != "progress":
        pass
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130 and "Traceback" not in said


def test_two_runs_on_one_folder(corpus, tmp_path, command):
    """Fault case 8."""
    process = start(tmp_path, *long_run(corpus, "--json"))
    try:
        assert process.stdout is not None
        while json.loads(process.stdout.readline())["type"] != "progress":
            pass
        done = command("train", "words", *long_run(corpus))
        assert done.returncode == 5 and str(process.pid) in done.stderr
    finally:
        process.kill()
        process.communicate()


def test_output_below_a_file(command, corpus):
    """Fault case 6, for root too: said before the corpus is read."""
    done = command("train", "words", corpus, "-o", "corpus.txt/m", "--json")
    assert done.returncode in (3, 5) and '"scan"' not in done.stdout
    assert "corpus.txt" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_output_that_cannot_be_written(command, corpus, tmp_path):
    """Fault case 6."""
    (tmp_path / "shut").mkdir(mode=0o500)
    done = command("train", "words", corpus, "-o", "shut/m")
    assert done.returncode == 5 and "permission" in done.stderr.lower()


def test_config_file_and_options_over_it(command, corpus, tmp_path):
    (tmp_path / "run.toml").write_text("dim = 6\nepochs = 1\n[words]\nmin-count = 1\n")
    done = command("train", "words", corpus, "-o", "m", "--config", "run.toml", "--dim", "4")
    assert done.returncode == 0, done.stderr
    model = files.load(tmp_path / "m")
    assert model.vectors.dim == 4 and model.config["training"]["epochs"] == 1


def test_a_schedule_by_name_from_options_and_file(command, corpus, tmp_path, objects):
    words = ("train", "words", corpus, "-o", "m", *SMALL)
    done = command(*words, "--schedule", "cosine", "--warmup", "0.05", "--json")
    assert done.returncode == 0, done.stderr
    assert files.load(tmp_path / "m").config["training"]["schedule"] == "cosine"
    assert "| training.warmup | 0.05 |" in (tmp_path / "m" / "README.md").read_text()
    (tmp_path / "run.toml").write_text("schedule = 'plateau'\n[words]\nwarmup = 0.25\n")
    shown = {
        o["name"]: o for o in objects(command(*LISTED, "--config", "run.toml", "--json").stdout)
    }
    assert (shown["schedule"]["value"], shown["warmup"]["value"]) == ("plateau", 0.25)
    done = command(*words, "--force", "--config", "run.toml", "--schedule", "bold")
    assert done.returncode == 0, done.stderr
    kept = files.load(tmp_path / "m").config["training"]
    assert kept["schedule"]["name"] == "bold" and kept["warmup"] == 0.25
    again = command(*LISTED, "--from", "m")
    assert again.returncode == 0 and "# schedule = " in again.stdout
    (tmp_path / "again.toml").write_text(again.stdout)
    assert command(*LISTED, "--config", "again.toml").returncode == 0


LISTED = ("train", "words", "--print-config")


def test_print_config_reads_back(command, tmp_path):
    words = ("--like", "fasttext", "--dim", "7", "--minn", "2", "--lower", "--tokenizer", 'a"\\b')
    shown = command(*LISTED, *words)
    assert shown.returncode == 0, shown.stderr
    (tmp_path / "run.toml").write_text(shown.stdout)
    again = command(*LISTED, "--config", "run.toml")
    assert again.returncode == 0, again.stderr
    values = [line.split("#")[0].strip() for line in shown.stdout.splitlines()]
    assert [line.split("#")[0].strip() for line in again.stdout.splitlines()] == values


def test_print_config_says_where_from(command, tmp_path, objects):
    (tmp_path / "run.toml").write_text("window = 3\nobjective = 'cbow'")
    words = ("--config", "run.toml", "--dim", "7", "--like", "fasttext", "--json")
    found = {o["name"]: o for o in objects(command(*LISTED, *words).stdout)}
    origin = {name: o["origin"] for name, o in found.items()}
    assert (origin["dim"], origin["window"], origin["objective"]) == ("option", "config", "config")
    assert (origin["sample"], origin["seed"]) == ("--like fasttext", "default")
    assert (found["unseen"]["value"], found["minn"]["value"]) == ("subwords", 3)


def test_nothing_around_the_run_matters(process, corpus, tmp_path):
    """Fault case 36: hash seed, locale, folder, order of files, threads."""
    text = corpus.read_text().splitlines(keepends=True)
    for name in ("one", "two"):
        (tmp_path / name / "shards").mkdir(parents=True)
        parts = range(3) if name == "one" else reversed(range(3))
        for part in parts:
            path = tmp_path / name / "shards" / f"{part}.txt"
            path.write_text("".join(text[part * 200 : part * 200 + 200]))
    words = ("train", "words", "shards", "-o", "m", *SMALL, "--deterministic", "--unseen", "hashed")
    small = ("--buckets", "50")
    runs = {
        "one": ({"PYTHONHASHSEED": "0", "LC_ALL": "C"}, "1"),
        "two": ({"PYTHONHASHSEED": "77", "LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo"}, "2"),
    }
    models = []
    for name, (env, hands) in runs.items():
        more = ("--threads", hands, "--processes", hands)
        if int(hands) > len(os.sched_getaffinity(0)):
            more = ()
        done = process(*words, *small, *more, env=env, cwd=tmp_path / name)
        assert done.returncode == 0, done.stderr
        models.append(files.load(tmp_path / name / "m").vectors)
    assert list(models[0]) == list(models[1])
    assert np.array_equal(models[0].rows, models[1].rows)


def test_kernel_cache_that_cannot_be_used(command, corpus, tmp_path):
    """Fault case 26."""
    (tmp_path / "taken").write_text("")
    env = {"XDG_CACHE_HOME": str(tmp_path / "taken")}
    done = command("train", "words", corpus, "-o", "m", *SMALL, env=env)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("compiled kernels are not kept between runs") == 1
    assert "Traceback" not in done.stderr


def test_reader_of_progress_that_leaves(corpus, tmp_path):
    """Fault case 39: the training goes on without its audience."""
    words = f"{corpus.name} -o m {' '.join(SMALL)} --epochs 400 --json"
    line = f"{sys.executable} -m rowspace train words {words} | head -1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=tmp_path)
    assert json.loads(done.stdout)["type"] == "scan" and done.stderr.count("error") == 0
    assert len(files.load(tmp_path / "m").vectors) == 8
