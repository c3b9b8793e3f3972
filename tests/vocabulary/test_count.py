"""One pass: counts and numbers, the same whatever does the counting."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.corpus import END, Block, Cutting, Intake, Reading, tokenizer
from rowspace.errors import InputError
from rowspace.kernels import cpu_pieces
from rowspace.vocabulary import Exact, Vocabulary
from rowspace.vocabulary.building import Building
from rowspace.vocabulary.compiled import CompiledTally
from rowspace.vocabulary.count import scan
from rowspace.vocabulary.learn import learn
from rowspace.vocabulary.tally import Distinct, Tally

ALL = {"min_count": 1}


def counted(vocabulary: Vocabulary) -> dict[str, int]:
    return dict(zip(vocabulary, vocabulary.counts.tolist(), strict=True))


def test_the_kernel_and_the_definition_mean_the_same_kinds() -> None:
    from rowspace.corpus import pieces

    for name in ("PART", "SPACE", "NEWLINE", "APOSTROPHE"):
        assert getattr(pieces, name) == getattr(cpu_pieces, name)


def both(
    folder: Path, blocks: list[bytes], cutting: Cutting, memory: int
) -> list[tuple[list[tuple[int, int]], bytes, bytes, Distinct]]:
    results = []
    spell = tokenizer(Reading()).spell
    plain = Tally(END, spell, file=folder / "plain.numbers", memory=memory)
    fast = CompiledTally(cutting, spell, file=folder / "fast.numbers", memory=memory)
    for name, parts, tally in (
        ("plain", [plain.add(cutting.pieces(data)) for data in blocks], plain),
        ("fast", [fast.add(data) for data in blocks], fast),
    ):
        distinct = tally.finish()
        numbers = (folder / f"{name}.numbers").read_bytes()
        maps = (folder / f"{name}.maps").read_bytes()
        results.append(([(p.entries, p.generation) for p in parts], numbers, maps, distinct))
    return results


PIECES = st.sampled_from([*"aAbB1_'’ \n\t.\0", "é", "word", "''", "longer-than-eight", "漢字"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=40).map("".join), max_size=5), st.booleans())
def test_the_compiled_tally_is_the_plain_one(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], words: bool
) -> None:
    cut = Cutting.at_words if words else Cutting.at_white_space
    blocks = [text.encode() for text in texts]
    folder = tmp_path_factory.mktemp("tally")
    plain, fast = both(folder, blocks, cut(lower=words), 1 << 30)
    assert plain[:3] == fast[:3]
    assert plain[3].tokens == fast[3].tokens
    assert plain[3].lengths.tolist() == fast[3].lengths.tolist()
    assert plain[3].counts.tolist() == fast[3].counts.tolist()


def test_the_compiled_tally_grows_and_forgets(tmp_path: Path) -> None:
    rng = random.Random(0)
    blocks = [
        " ".join(["w" * 300, *(f"w{rng.randrange(400_000)}é" for _ in range(60_000))]).encode()
        for _ in range(4)
    ]
    cutting = Cutting.at_white_space(lower=True)
    plain, fast = both(tmp_path, blocks, cutting, 1 << 40)
    assert plain[:3] == fast[:3]
    assert plain[3].counts.tolist() == fast[3].counts.tolist()
    _, fast = both(tmp_path, blocks, cutting, 5 << 20)
    assert fast[3].threshold > 0
    assert len(fast[3].tokens) < len(plain[3].tokens)
    assert int(fast[3].counts.sum()) + fast[3].lost == 4 * 60_001


@pytest.mark.parametrize("name", ["words", "whitespace", "characters"])
def test_every_way_of_counting_gives_the_same(tmp_path: Path, name: str) -> None:
    rng = random.Random(1)
    stock = ["the", "of", "Cat", "naïve", "don't", "x—y", "漢字", "。", "'"]
    lines = [" ".join(rng.choices(stock, k=rng.randrange(9))) for _ in range(3000)]
    texts = [("\n".join(lines[at : at + 300]) + "\n").encode() for at in range(0, 3000, 300)]
    for slow in (False, True):
        if slow:
            texts = [text.replace(b"the", "字".encode() * 9) for text in texts]
        results = set()
        for processes in (1, 2, 3):
            folder = tmp_path / f"{slow}{processes}"
            folder.mkdir()
            blocks = [Block(text, "x") for text in texts]
            arguments = {"intake": Intake(), "processes": processes, "memory": 1 << 30}
            done = scan(iter(blocks), Reading(tokenizer=name), folder, **arguments)
            assert len(done.files) == processes
            total: Counter = Counter()
            for table in done.distinct:
                counts = np.repeat(table.counts, table.lengths).tolist()
                for token, count in zip(table.tokens, counts, strict=True):
                    total[token] += count
            results.add(tuple(sorted(total.items())))
        wanted = Counter(tokenizer(Reading(tokenizer=name)).tokens(b"".join(texts).decode()))
        assert results == {tuple(sorted((t.encode(), n) for t, n in wanted.items()))}


def test_min_count_size_reserved_and_unknown(tmp_path: Path) -> None:
    corpus = [list("aaaabbbcc"), list("de")]
    vocabulary, encoded = learn(
        corpus,
        building=Building(min_count=2, max_size=4, reserved=("<pad>",), unseen=Exact("<unk>")),
        folder=tmp_path,
    )
    assert counted(vocabulary) == {"<pad>": 0, "<unk>": 4, "a": 4, "b": 3}
    ids = encoded.stretch(0, encoded.entries).tolist()
    assert ids == [2, 2, 2, 2, 3, 3, 3, 1, 1, -1, 1, 1, -1]
    vocabulary, encoded = learn(corpus, building=Building(min_count=2), folder=tmp_path)
    assert counted(vocabulary) == {"a": 4, "b": 3, "c": 2}
    assert encoded.stretch(0, encoded.entries).tolist() == [0, 0, 0, 0, 1, 1, 1, 2, 2, -1]
    assert (encoded.tokens, encoded.seen, encoded.sentences) == (9, 11, 1)


def test_ties_are_broken_by_bytes(tmp_path: Path) -> None:
    vocabulary, _ = learn([["é", "z", "B", "a", "漢"]], building=Building(**ALL), folder=tmp_path)
    assert list(vocabulary) == ["B", "a", "z", "é", "漢"]


TOKEN = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["a b", "\n", "\0", "🙂", "שלום", "\udcff", "x" * 10_000, "\ufeff", "\u2028"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(TOKEN, max_size=6), min_size=1, max_size=8))
def test_any_token_round_trips(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("learn")
    if not any(sentences):
        with pytest.raises(InputError):
            learn(sentences, building=Building(**ALL), folder=folder)
        return
    generator = (iter(sentence) for sentence in sentences)
    vocabulary, encoded = learn(generator, building=Building(**ALL), folder=folder)
    assert counted(vocabulary) == Counter(chain.from_iterable(sentences))
    ids = encoded.stretch(0, encoded.entries).tolist()
    text = [None if id < 0 else vocabulary.item(id) for id in ids]
    wanted = [[*sentence, None] for sentence in sentences if sentence]
    assert text == list(chain.from_iterable(wanted))


@pytest.mark.parametrize(
    ("corpus", "message"),
    [
        ([["a"], "the cat"], "sentence 1: a sentence must be a list of tokens, got a string"),
        ((line for line in ["the cat"]), "got a string"),
        ([["a"], 7], "sentence 1: a sentence must be a list of tokens, got int"),
        ([["a", 7]], "a token must be a string, got int: 7"),
        ([["a"], ["b", None]], "a token must be a string, got NoneType"),
        ([[b"a"]], "a token must be a string, got bytes"),
        ([["\ud800"]], "half a surrogate pair"),
        (7, "wanted a path, a list of paths or lists of tokens, came int"),
        (b"a b", "came bytes"),
    ],
)
def test_what_is_no_sentence(tmp_path: Path, corpus: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        learn(corpus, building=Building(**ALL), folder=tmp_path)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [{"min_count": -1}, {"max_size": 0}, {"processes": 0}, {"memory": 5}, {"min_count": 1.5}],
)
def test_a_building_knows_its_ranges(wrong: dict) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        Building(**wrong)


def test_strings_of_numpy_are_strings(tmp_path: Path) -> None:
    corpus = np.array([["a", "b"], ["b", "c"]])
    vocabulary, _ = learn(corpus, building=Building(**ALL), folder=tmp_path)
    assert counted(vocabulary) == {"b": 2, "a": 1, "c": 1}


def test_events(tmp_path: Path) -> None:
    events: list[dict] = []
    (tmp_path / "a.txt").write_text("a b\n" * 10)
    learn(tmp_path / "a.txt", folder=tmp_path / "run", progress=events.append)
    assert events[-1]["type"] == "scan"
    assert events[-1]["bytes"] == 40
    assert events[-1]["seconds"] >= 0


def test_case_36_hash_seed_locale_folder_and_processes(tmp_path: Path) -> None:
    rng = random.Random(2)
    stock = ["alpha", "beta", "gamma", "naïve", "Łódź", "x", "y", "z"]
    (tmp_path / "corpus").mkdir()
    for name in "bca":
        lines = (" ".join(rng.choices(stock, k=12)) for _ in range(80_000))
        (tmp_path / "corpus" / f"{name}.txt").write_text("\n".join(lines))
    program = (
        "import sys, hashlib\n"
        "from rowspace.vocabulary.learn import learn\n"
        "from rowspace.vocabulary.building import Building\n"
        "b = Building(processes=int(sys.argv[3]))\n"
        "v, e = learn(sys.argv[1].split(':'), folder=sys.argv[2], building=b)\n"
        "print(list(v), hashlib.md5(e.path.read_bytes()).hexdigest(), e.fingerprint)\n"
    )
    seen = set()
    for seed, lang, cwd, sources, processes in (
        ("0", "C", tmp_path, "corpus", "1"),
        ("1", "C.UTF-8", tmp_path / "corpus", "../corpus/c.txt:b.txt:a.txt", "2"),
        ("random", "C", Path("/"), f"{tmp_path}/corpus/*", "3"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", program, sources, str(tmp_path / f"run{seed}"), processes],
            env=os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": lang, "PYTHONIOENCODING": "utf-8"},
            cwd=cwd,
            capture_output=True,
            check=True,
        )
        seen.add(done.stdout)
    assert len(seen) == 1
