"""Files of words and their tags: a word a line with columns beside it (CoNLL), CoNLL-U, or
sentences of word/tag (Brown).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import final

from rowspace.corpus.block import cleaned
from rowspace.corpus.cutting import blocks
from rowspace.corpus.intake import Intake
from rowspace.corpus.opening import BLOCK, named, pieces
from rowspace.corpus.reading import Reading
from rowspace.corpus.sources import Source, find
from rowspace.corpus.tag_schemes import SCHEMES, breaches, scheme_of, spans_of, tags_of
from rowspace.errors import InputError, SettingError

DOCUMENT = b"-DOCSTART-"
FORMATS = ("auto", "columns", "conllu", "slashes")
ENCODINGS = ("utf-8", "latin-1")
ERRORS = ("strict", "replace", "skip")
LOOKED_AT = 5  # lines, to tell word/tag from columns
CONLLU = 10  # columns
LONGEST = 5000  # words


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TagReading:
    """word_column, tag_column: from 1, or from the end with a minus (-1: the last); in CoNLL-U 2
    and 4 unless others are given. format: "columns", "conllu", "slashes", or "auto", which looks at
    the first lines. scheme: how tags mark entities, one of `tag_schemes.SCHEMES`, or "auto".
    lenient: tags that break the scheme are taken as conlleval takes them; else they are an error.
    encoding: "utf-8" or "latin-1"; encoding_errors as in `Reading`. longest: words of a sentence at
    most."""

    word_column: int | None = None
    tag_column: int | None = None
    format: str = "auto"
    scheme: str = "auto"
    lenient: bool = False
    encoding: str = "utf-8"
    encoding_errors: str = "strict"
    longest: int = LONGEST

    def __post_init__(self) -> None:
        choices = {"format": FORMATS, "scheme": ("auto", *SCHEMES), "lenient": (True, False)}
        choices |= {"encoding": ENCODINGS, "encoding_errors": ERRORS}
        for name, known in choices.items():
            value = getattr(self, name)
            SettingError.unless(value in known, name, value, "one of " + ", ".join(map(str, known)))
        for name in ("word_column", "tag_column"):
            value = getattr(self, name)
            number = isinstance(value, int) and not isinstance(value, bool) and value != 0
            wanted = "a column's number, from 1 or from -1 backwards"
            SettingError.unless(value is None or number, name, value, wanted)
        whole = isinstance(self.longest, int) and not isinstance(self.longest, bool)
        SettingError.unless(whole and self.longest >= 1, "longest", self.longest, "from 1 on")

    def columns(self, conllu: bool) -> tuple[int, int]:
        """The columns of word and tag, as Python counts them."""
        word = self.word_column or (2 if conllu else 1)
        tag = self.tag_column or (4 if conllu else -1)
        return word - (word > 0), tag - (tag > 0)


@final
@dataclass(frozen=True, slots=True, eq=False)
class Tagged:
    """Sentences: their words and tags, which are in IOB2 if they mark spans. lines: the file and
    line of each sentence's first word. scheme: that of the source; "plain" for no spans."""

    words: list[list[str]]
    tags: list[list[str]]
    lines: list[tuple[str, int]]
    scheme: str
    source: str

    def __len__(self) -> int:
        return len(self.words)

    @property
    def spans(self) -> bool:
        """Whether the tags mark entities."""
        return self.scheme != "plain"

    @property
    def tokens(self) -> int:
        """Words in all."""
        return sum(map(len, self.words))

    def take(self, index: Sequence[int]) -> Tagged:
        """Some of the sentences."""
        return replace(
            self,
            words=[self.words[at] for at in index],
            tags=[self.tags[at] for at in index],
            lines=[self.lines[at] for at in index],
        )


@final
@dataclass(slots=True)
class _Reader:
    """Gathers sentences; `each`: the line of every word of them."""

    reading: TagReading
    words: list[list[str]] = field(default_factory=list)
    tags: list[list[str]] = field(default_factory=list)
    each: list[list[int]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def take(self, source: str, sentence: list[tuple[str, str, int]]) -> None:
        """One more sentence. Raises InputError for one that is too long."""
        if not sentence:
            return
        if len(sentence) > self.reading.longest:
            raise InputError(
                f"{source}: line {sentence[0][2]}: a sentence of {len(sentence):,} words; at most "
                f"{self.reading.longest:,} are read",
                hint="part sentences by blank lines, or give a larger --longest",
            )
        words, tags, lines = zip(*sentence, strict=True)
        self.words.append(list(words))
        self.tags.append(list(tags))
        self.each.append(list(lines))
        self.names.append(source)

    def done(self, source: str) -> Tagged:
        """All of them, tags that mark spans in IOB2. Raises InputError for broken tags."""
        if not self.words:
            raise InputError(
                f"{source}: there is no word with a tag", hint="give lines such as: word TAG"
            )
        scheme = self.reading.scheme
        scheme = scheme_of(self.tags) if scheme == "auto" else scheme
        tags = self.tags
        if scheme != "plain":
            if not self.reading.lenient:
                self._require(scheme)
            tags = [tags_of(spans_of(one), len(one), "iob2") for one in tags]
        lines = [(name, each[0]) for name, each in zip(self.names, self.each, strict=True)]
        return Tagged(self.words, tags, lines, scheme, source)

    def _require(self, scheme: str) -> None:
        """Raises InputError at the first tag that breaks the scheme."""
        broken = [
            (at, *found) for at, one in enumerate(self.tags) for found in breaches(one, scheme)
        ]
        if broken:
            sentence, at, why = broken[0]
            more = f" ({len(broken)} such tags)" if len(broken) > 1 else ""
            raise InputError(
                f"{self.names[sentence]}: line {self.each[sentence][at]}: wanted tags in "
                f"{scheme.upper()}, as most here are: {why}{more}",
                hint="put the tag right; --lenient takes such tags as conlleval does; --scheme "
                "names another scheme (iob1, iob2, bioes, or plain for tags that mark no spans)",
            )


def tagged(source: Source | Sequence[Source], reading: TagReading | None = None) -> Tagged:
    """The sentences of files as `find` takes them, or of "-"; compressed or not.

    A line that is blank or white space ends a sentence, one that begins with -DOCSTART- too.
    Columns are parted by tabs where a line has one, else by white space. Raises InputError naming
    the line: too few columns, another number of them than before, tags that break their scheme, a
    sentence that is too long, bytes that are no text.
    """
    reader = _Reader(reading or TagReading())
    paths = find(source)
    for path in paths:
        _read(path, reader)
    called = named(paths[0]) if len(paths) == 1 else f"{named(paths[0])} and {len(paths) - 1} more"
    return reader.done(called)


def _read(path: str, reader: _Reader) -> None:
    source, lines = named(path), _lines(path, reader.reading)
    head = []
    for number, line in lines:
        head.append((number, line))
        if sum(1 for _, one in head if one.strip()) >= LOOKED_AT:
            break
    kind = reader.reading.format
    kind = _format(head) if kind == "auto" else kind
    every = _chained(head, lines)
    if kind == "slashes":
        for number, line in every:
            reader.take(source, _slashes(source, number, line))
        return
    sentence: list[tuple[str, str, int]] = []
    for row in _rows(source, every, reader.reading, conllu=kind == "conllu"):
        if row is None:
            reader.take(source, sentence)
            sentence = []
        else:
            sentence.append(row)
    reader.take(source, sentence)


def _chained(
    head: list[tuple[int, bytes]], rest: Iterator[tuple[int, bytes]]
) -> Iterator[tuple[int, bytes]]:
    yield from head
    yield from rest


def _lines(path: str, reading: TagReading) -> Iterator[tuple[int, bytes]]:
    """Lines of valid UTF-8 and their numbers. Raises InputError for bytes that are not."""
    intake, errors = Intake(hash=None), Reading(encoding_errors=reading.encoding_errors)
    number, rest = 1, b""
    for block in blocks(pieces(path, intake), named(path), size=BLOCK):
        if reading.encoding == "latin-1":
            data = block.data.decode("latin-1").encode()
        else:
            data = _utf8(block, errors)
        *whole, rest = (rest + data).split(b"\n")
        yield from enumerate(whole, number)
        number += len(whole)
    if rest:
        yield number, rest


def _utf8(block: object, errors: Reading) -> bytes:
    try:
        return cleaned(block, errors)[0].data  # type: ignore[arg-type]
    except InputError as error:
        raise InputError(error.message, hint="if it is Latin-1: --encoding latin-1") from None


def _format(head: Sequence[tuple[int, bytes]]) -> str:
    """What the first lines look like."""
    lines = [line.strip() for _, line in head if line.strip()]
    if any(line.count(b"\t") == CONLLU - 1 and line[:1].isdigit() for line in lines):
        return "conllu"
    words = [word for line in lines for word in line.split()]
    slashed = sum(1 for word in words if b"/" in word.strip(b"/"))
    tabs = any(b"\t" in line for line in lines)
    return "slashes" if 3 * slashed > 2 * len(words) and not tabs else "columns"


def _slashes(source: str, number: int, line: bytes) -> list[tuple[str, str, int]]:
    """The words of a line of word/tag; the last slash parts them."""
    found = []
    for one in line.split():
        word, _, tag = one.decode().rpartition("/")
        if not word or not tag:
            raise InputError(
                f"{source}: line {number}: wanted word/tag, came {one.decode()!r:.40}",
                hint="write each word as word/tag; --format columns reads a word a line",
            )
        found.append((word, tag, number))
    return found


def _rows(
    source: str, lines: Iterator[tuple[int, bytes]], reading: TagReading, *, conllu: bool
) -> Iterator[tuple[str, str, int] | None]:
    """Word, tag and line; None where a sentence ends."""
    word, tag = reading.columns(conllu)
    least = max(word + 1, -word, tag + 1, -tag, 2)
    first = (0, 0)
    for number, line in lines:
        bare = line.strip()
        if not bare or bare.startswith(DOCUMENT) or bare.decode().isspace():
            yield None
            continue
        if conllu and (bare.startswith(b"#") or not bare.split(b"\t")[0].isdigit()):
            continue
        cells = bare.split(b"\t") if b"\t" in bare else bare.split()
        if len(cells) < least:
            raise _few(source, number, len(cells), least)
        if first[1] not in (0, len(cells)):
            raise InputError(
                f"{source}: line {number}: wanted {first[1]} columns, as in line {first[0]}, came "
                f"{len(cells)}: {bare.decode()!r:.60}",
                hint="put the line right; words hold no white space unless tabs part the columns",
            )
        first = first if first[1] else (number, len(cells))
        found = cells[word].strip(), cells[tag].strip()
        if not all(found):
            raise _few(source, number, len(cells) - 1, least)
        yield found[0].decode(), found[1].decode(), number


def _few(source: str, number: int, came: int, least: int) -> InputError:
    return InputError(
        f"{source}: line {number}: wanted at least {least} columns, a word and its tag among them, "
        f"came {came}",
        hint="part columns by tabs or spaces; --word-column and --tag-column say which they are",
    )
