"""Large sets of labelled texts, for speed: paragraphs of the shared Wikipedia text.

`shelves`: which of 100 runs of neighbouring articles does a paragraph come from. `articles`: which
of the 10,000 articles with the most paragraphs. A paragraph has ten words or more, the first 40 of
them count, lower-cased, punctuation apart. Train and test are drawn from one shuffled list.
"""

from __future__ import annotations

import hashlib
import lzma
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.labels.sets import Labelled
from benchmarks.labels.texts import Pair, parted, read, write
from benchmarks.words.corpus import MissingDataError

SHELVES, ARTICLES = 100, 10_000
_LEAST, _MOST = 10, 40  # words of a paragraph
_TEST = 10_000
_FEW = 4  # `some` is that part of `train`: for settings that take long
_RECIPE = "1"


def large(kind: str, texts: int, data: Path, cache: Path) -> Labelled:
    """`shelves` or `articles`, about `texts` paragraphs to train on. Raises MissingDataError."""
    sources = sorted((data / "corpora" / "enwiki").glob("*.xz"))
    if not sources:
        raise MissingDataError(f"no corpora/enwiki/*.xz in {data}; set ROWSPACE_DATA")
    told = [(source.name, source.stat().st_size) for source in sources]
    digest = hashlib.sha256(repr((_RECIPE, kind, texts, told)).encode()).hexdigest()[:12]
    folder = cache / "labels" / f"{kind}-{digest}"
    if not (folder / "whole").exists():
        folder.mkdir(parents=True, exist_ok=True)
        pairs = taken(kind, list(paragraphs(sources)), texts + min(_TEST, texts // 10))
        train, test = pairs[:texts], pairs[texts:]
        for part, found in {"train": train, "test": test, "some": train[: texts // _FEW]}.items():
            write(folder / part, found)
        (folder / "whole").touch()
    sizes = {part: len(read(folder / f"{part}.txt")) for part in ("train", "test", "some")}
    labels = {label for label, _ in read(folder / "train.txt")}
    return Labelled(f"Wikipedia, {len(labels):,} labels", folder, sizes, len(labels))


def paragraphs(sources: Iterable[Path]) -> Iterator[tuple[int, str]]:
    """The number of an article, and a paragraph of it."""
    article = -1
    for source in sources:
        with lzma.open(source, "rt", encoding="utf-8", newline="\n") as file:
            for line in file:
                if line.startswith("<doc "):
                    article += 1
                elif not line.startswith("</doc"):
                    words = parted(line).split()
                    if len(words) >= _LEAST:
                        yield article, " ".join(words[:_MOST])


def taken(kind: str, found: Sequence[tuple[int, str]], count: int) -> list[Pair]:
    """`count` labelled paragraphs at most, shuffled with one seed."""
    sizes = Counter(article for article, _ in found)
    if kind == "articles":
        kept = {article for article, _ in sizes.most_common(ARTICLES)}
        pairs = [(f"article{article}", text) for article, text in found if article in kept]
    else:
        share = SHELVES / (1 + max(sizes))
        pairs = [(f"shelf{int(article * share)}", text) for article, text in found]
    random.Random(0).shuffle(pairs)
    return pairs[:count]
