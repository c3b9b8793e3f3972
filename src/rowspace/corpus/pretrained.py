"""A tokenizer.json read through the `tokenizers` package: data only, nothing is executed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from rowspace.errors import FormatError, InputError, MissingExtraError

WHITE = b" \t\n\r\x0b\x0c"
CARRIED = bytes(range(0xF8, 0xF8 + len(WHITE)))  # bytes that no UTF-8 holds
HIDDEN = bytes.maketrans(WHITE, CARRIED)
SHOWN = bytes.maketrans(CARRIED, WHITE)
MOST_GROWTH = 256
LINES = 4096  # lines cut at a time, so that the library's own results stay small


@dataclass(frozen=True, slots=True)
class Pretrained:
    """The library's tokenizer and the bytes of each token id, white space HIDDEN."""

    library: Any
    names: dict[int, bytes]

    @classmethod
    def load(cls, path: str) -> Pretrained:
        """Raises InputError, FormatError, or MissingExtraError without the `tokenizers` extra."""
        tokenizers_module()
        try:
            with open(path, "rb") as file:
                text = file.read()
        except OSError as error:
            raise InputError(
                f"{path}: this tokenizer cannot be read: {error.strerror}",
                hint="give the path of a tokenizer.json",
            ) from None
        return cls.of(text, path)

    @classmethod
    def of(cls, text: bytes, path: object) -> Pretrained:
        """From the content of a tokenizer.json, found in `path`; raises as `load` does."""
        tokenizers = tokenizers_module()
        _check(text, path)
        try:
            with asked("not a tokenizer.json that can be used"):
                library = tokenizers.Tokenizer.from_str(text.decode())
        except InputError as error:
            raise FormatError(path, error.message) from None
        library.no_padding()
        library.no_truncation()
        names = {
            id: token.encode().translate(HIDDEN) for token, id in library.get_vocab(True).items()
        }
        return cls(library, names)

    def cut(self, lines: list[str]) -> Iterator[list[bytes]]:
        """The tokens of each line, without special tokens around them. Raises InputError."""
        for start in range(0, len(lines), LINES):
            batch = lines[start : start + LINES]
            with asked("the tokenizer cannot cut this text"):
                encodings = self.library.encode_batch_fast(batch, add_special_tokens=False)
            for encoding in encodings:
                yield list(map(self.names.__getitem__, encoding.ids))

    def ids_of(self, lines: list[str]) -> Iterator[list[int]]:
        """The ids of the tokens of each line, as `cut` cuts them. Raises InputError."""
        for start in range(0, len(lines), LINES):
            batch = lines[start : start + LINES]
            with asked("the tokenizer cannot cut this text"):
                encodings = self.library.encode_batch_fast(batch, add_special_tokens=False)
            for encoding in encodings:
                yield encoding.ids

    def ids(self, text: str) -> list[int]:
        """The ids of the tokens of a text, as `cut` cuts it. Raises InputError."""
        with asked("the tokenizer cannot cut this text"):
            found: list[int] = self.library.encode(text, add_special_tokens=False).ids
        return found


@contextmanager
def asked(what: str) -> Iterator[None]:
    """Turns what the library raises, such as an unknown token it has no id for, into InputError.

    It raises `Exception` itself; where its Rust code panics, as at a broken table of characters, a
    class that Python does not count among the exceptions, and that cannot be imported.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the library raises this very class
        raise InputError(f"{what}: {error}") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(f"{what}: {error}") from None


def tokenizers_module() -> Any:
    """The module, loaded at first use. Raises MissingExtraError."""
    try:
        import tokenizers
    except ImportError:
        raise MissingExtraError("a tokenizer.json", "tokenizers") from None
    module: Any = tokenizers
    return module


def _check(text: bytes, path: object) -> None:
    """Raises FormatError unless the text is JSON that looks like a tokenizer.json."""
    try:
        config = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(path, f"not JSON: {error}") from None
    if not isinstance(config, dict) or not isinstance(config.get("model"), dict):
        raise FormatError(path, "a tokenizer.json", expected="a 'model'", found="none")
    if _growth(config.get("normalizer")) > MOST_GROWTH:
        raise FormatError(
            path, "its replacements make a text too long", expected=f"up to {MOST_GROWTH} times"
        )


def _growth(normalizer: Any) -> int:
    """How many times longer its replacements may make a text, at most."""
    steps = [normalizer] if isinstance(normalizer, dict) else normalizer
    grown = 1
    for step in steps if isinstance(steps, list) else []:
        if isinstance(step, dict):
            content = step.get("content")
            grown *= max(1, len(content)) if isinstance(content, str) else 1
            grown *= _growth(step.get("normalizers"))
    return grown
