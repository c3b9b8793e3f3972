"""What is scored: vectors and the lists that people made, in forms that everybody reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.words.corpus import MissingDataError
from rowspace.evaluate.lists import Questions, read_pairs, read_questions
from rowspace.files import load
from rowspace.vectors import Vectors

SPELLED = "two spellings of a word"
TWITTER = "pretrained/glove.twitter.25d.top11925.txt.gz"
PAIRS = {
    "WS-353": "EN-WS-353-ALL.txt",
    "SimLex-999": "EN-SIMLEX-999.txt",
    "RG-65": "EN-RG-65.txt",
    "YP-130": "EN-YP-130.txt",
}
QUESTIONS = "analogy/questions-words.txt"
CATEGORIES = {"AP": "categorisation/ap.csv", "ESSLLI-2008": "categorisation/essli-2008.csv"}
SECTIONS = ("family", "gram1-adjective-to-adverb")
"""Those that are every pair with every other, as vecto makes them of pairs."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Vectors under the name they have in results, and where the peers find them."""

    name: str
    vectors: Vectors
    folder: Path


def written(name: str, vectors: Vectors, most: int, folder: Path) -> Scored:
    """The first `most` items that every peer can read: of no white space."""
    kept = [at for at, item in zip(range(most), vectors, strict=False) if plain(item)]
    words = [vectors.vocabulary.item(at) for at in kept]
    rows = vectors[np.array(kept)]
    folder.mkdir(parents=True, exist_ok=True)
    Path(folder, "words.txt").write_text("".join(f"{word}\n" for word in words), "utf-8")
    np.save(folder / "vectors.npy", rows)
    return Scored(name, Vectors.from_arrays(words, rows), folder)


def plain(item: str) -> bool:
    """Whether an item stands in a line between spaces as it is, and is not GloVe's unknown."""
    return item.split() == [item] and item.isprintable() and item != "<unk>"


def spelled(vectors: Vectors, seed: int = 0) -> Vectors:
    """The same words with a second, capital spelling behind every other: its vector is the word's
    and something else. What rules about spellings differ in shows in these."""
    random = np.random.default_rng(seed)
    words = list(vectors)
    rows = vectors.matrix.astype(np.float32)
    second = random.random(len(words)) < 0.5
    noise = random.standard_normal(rows.shape).astype(np.float32) * rows.std(axis=0)
    items: list[str] = []
    order: list[np.ndarray] = []
    taken = set(words)
    for at, word in enumerate(words):
        items.append(word)
        order.append(rows[at])
        other = word.capitalize()
        if second[at] and other not in taken:
            taken.add(other)
            items.append(other)
            order.append(rows[at] + np.float32(0.5) * noise[at])
    return Vectors.from_arrays(items, np.stack(order))


def opened(path: Path) -> Vectors:
    """A model or a file of vectors. Raises MissingDataError."""
    if not path.exists():
        raise MissingDataError(f"{path} is not there")
    return load(path).vectors


def lists(data: Path, folder: Path) -> dict[str, str]:
    """The word pairs as lines of three fields with tabs between."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for name, file in PAIRS.items():
        pairs = read_pairs(data / "wordsim" / file)
        path = folder / f"{name}.txt"
        lines = zip(pairs.first, pairs.second, pairs.human.tolist(), strict=True)
        path.write_text("".join(f"{a}\t{b}\t{score!r}\n" for a, b, score in lines), "utf-8")
        found[name] = str(path)
    return found


def of_glove(source: Path, path: Path) -> Path:
    """GloVe's own files of questions as one, its sections in their order by name."""
    folder = source / "eval" / "question-data"
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise MissingDataError(f"{folder} holds no questions; --glove is a clone of GloVe")
    text = "".join(f": {file.stem}\n{file.read_text('utf-8').strip()}\n" for file in files)
    path.write_text(text, "utf-8")
    return path


def pairs_of(questions: Questions, folder: Path) -> Path:
    """A file of vecto's for each of SECTIONS: every pair that is asked with, a line."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SECTIONS:
        rows = np.flatnonzero(questions.section == questions.names.index(name)).tolist()
        asked = (questions.words[at] for at in rows)
        pairs = dict.fromkeys(pair for a, b, c, d in asked for pair in ((a, b), (c, d)))
        (folder / f"{name}.txt").write_text("".join(f"{a}\t{b}\n" for a, b in pairs), "utf-8")
    return folder


def crossed(folder: Path, path: Path) -> Path:
    """The questions vecto makes of such files: each pair asked with each other one."""
    lines = []
    for file in sorted(folder.glob("*.txt")):
        pairs = [line.split("\t") for line in file.read_text("utf-8").splitlines()]
        lines.append(f": {file.stem}\n")
        lines += [f"{' '.join(a)} {' '.join(b)}\n" for b in pairs for a in pairs if a != b]
    path.write_text("".join(lines), "utf-8")
    return path


def questions(data: Path) -> Questions:
    """Google's questions."""
    return read_questions(data / QUESTIONS)
