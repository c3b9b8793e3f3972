"""Subwords: pieces of words learned from text, so that any text is a row of known ones.

Byte-pair encoding (Sennrich et al. 2016) over bytes: no character is unknown, and joining the
pieces gives the text back. The library is `tokenizers`, what is kept is its tokenizer.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import msgspec

from rowspace.corpus.pretrained import Pretrained, asked, tokenizers_module
from rowspace.errors import FormatError, InputError, SettingError

SPECIAL = ("<pad>", "<s>", "</s>")
"""Ids 0, 1 and 2: what fills up, what begins, what ends. No text is cut into them."""
PAD, BEGIN, END = range(3)
FEWEST, MOST = 512, 1 << 20
SPACE = "Ġ"
"""How the tokens of a byte-level tokenizer.json write a space."""
BROKEN = "\N{REPLACEMENT CHARACTER}"


def learn_subwords(lines: Iterable[str], size: int, *, lower: bool = False) -> bytes:
    """The content of a tokenizer.json with at most `size` subwords, learned from `lines`.

    `SPECIAL` comes first, then the 256 bytes, then what is frequent. Text is brought to the normal
    form NFC, and to lower case if asked for. The same lines give the same bytes. Raises
    SettingError for a size out of range; InputError without text; MissingExtraError.
    """
    whole = isinstance(size, int) and not isinstance(size, bool) and FEWEST <= size <= MOST
    SettingError.unless(whole, "subwords", size, f"a whole number from {FEWEST} to {MOST}")
    tokenizers = tokenizers_module()
    normal = tokenizers.normalizers
    steps = [normal.NFC(), normal.Lowercase()] if lower else [normal.NFC()]
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.normalizer = normal.Sequence(steps)
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=True)
    made.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=2,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    seen = _Seen(lines)
    with asked("subwords cannot be learned from this text"):
        made.train_from_iterator(seen, trainer)
    if not seen.text:
        raise InputError("there is no text to learn subwords from", hint="give lines of text")
    return str(made.to_str()).encode()


@final
@dataclass(slots=True)
class _Seen:
    """Passes lines on; `text`: whether one of them was not blank."""

    lines: Iterable[str]
    text: bool = False

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            self.text = self.text or bool(line.strip())
            yield line.encode("utf-8", "replace").decode()  # the library takes UTF-8 alone


@final
@dataclass(frozen=True)
class Subwords:
    """A tokenizer.json made by `learn_subwords`: `ids` of text, `text` of ids."""

    content: bytes
    pretrained: Pretrained

    @classmethod
    def of(cls, content: bytes, path: object = "tokenizer.json") -> Subwords:
        """Raises FormatError for one that was not made here; MissingExtraError."""
        found = Pretrained.of(content, path)
        # Text such as "</s>" is text: it may not end a sentence.
        found.library.encode_special_tokens = True
        made = cls(content, found)
        ids = [found.library.token_to_id(name) for name in SPECIAL]
        if ids != [PAD, BEGIN, END] or sorted(found.names) != list(range(len(found.names))):
            raise FormatError(path, "not a tokenizer.json of subwords", expected=SPECIAL, found=ids)
        return made

    def __len__(self) -> int:
        return len(self.pretrained.names)

    @cached_property
    def names(self) -> list[str]:
        """The tokens in the order of their ids, as the tokenizer.json writes them."""
        return [str(self.pretrained.library.id_to_token(id)) for id in range(len(self))]

    @cached_property
    def words(self) -> list[str]:
        """What each token is as a word of its own; "" for what only goes on with one."""
        starts = [id for id, name in enumerate(self.names) if name.startswith(SPACE)]
        with asked("these subwords cannot be read"):
            texts = self.pretrained.library.decode_batch([[id] for id in starts])
        found = [""] * len(self)
        for id, text in zip(starts, texts, strict=True):
            found[id] = "" if BROKEN in text else str(text).strip()
        return found

    @cached_property
    def begins(self) -> frozenset[int]:
        """The ids that begin a word: a text may be parted before them."""
        return frozenset(id for id, name in enumerate(self.names) if name.startswith(SPACE))

    def ids(self, lines: Sequence[str]) -> Iterator[list[int]]:
        """The ids of each line, nothing put around them. Raises InputError."""
        texts = [line.encode("utf-8", "replace").decode() for line in lines]
        return self.pretrained.ids_of(texts)

    def text(self, ids: Sequence[int]) -> str:
        """The text of ids, `SPECIAL` left out; one space in front is not kept. Raises InputError
        for an id that is none."""
        if len(ids) and not 0 <= min(ids) <= max(ids) < len(self):
            raise InputError(f"ids of subwords run from 0 to {len(self) - 1}, not {max(ids)}")
        with asked("these ids cannot be put together"):
            text = self.pretrained.library.decode(list(ids), skip_special_tokens=True)
        return str(text).removeprefix(" ")


def is_subwords(content: bytes) -> bool:
    """Whether the content of a tokenizer.json looks like one of `learn_subwords`."""
    try:
        config: Any = msgspec.json.decode(content)
        first = [one["content"] for one in config["added_tokens"][: len(SPECIAL)]]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError):
        return False
    return first == list(SPECIAL)
