"""The worker process of the vocabulary scan: blocks of text in, counts and numbers out.

It is started as a program of its own, not forked and not through multiprocessing: the user's
script needs no main guard, may hold threads, and is not imported again. When the parent is gone
its pipe ends, and so does the worker.
"""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np

from rowspace.corpus import END, Block, Reading, cleaned, tokenizer
from rowspace.errors import RowspaceError
from rowspace.vocabulary.frames import receive, send
from rowspace.vocabulary.tally import Distinct, Tally


def main() -> None:
    """Serves the parent on file descriptors 0 and 1 until it says "finish" or goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    gc.disable()  # the tables hold no cycles, and walking millions of entries takes time
    pipe_in = os.fdopen(0, "rb", buffering=0)
    pipe_out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints must not end up between the messages
    try:
        _serve(pipe_in, pipe_out)
    except (EOFError, BrokenPipeError):
        pass
    except RowspaceError as error:
        message = str(error) if not error.hint else str(error).rsplit("\nhint: ", 1)[0]
        send(pipe_out, {"error": message, "hint": error.hint, "code": error.exit_code})
    except OSError as error:
        place = f"{error.strerror or error}"
        send(pipe_out, {"error": f"the token file cannot be written: {place}", "code": 5})


def _serve(pipe_in: BinaryIO, pipe_out: BinaryIO) -> None:
    header, _ = receive(pipe_in)
    reading = Reading(**header["reading"])
    cutter = tokenizer(reading)
    cutting = cutter.cutting
    tally = Tally(END, cutter.spell, file=Path(header["file"]), memory=header["memory"])
    while True:
        header, body = receive(pipe_in)
        if "finish" in header:
            break
        block, bad = cleaned(Block(body, **header), reading)
        part = tally.add(cutting.pieces(cutter.prepare(block.data)))
        send(pipe_out, {"entries": part.entries, "generation": part.generation, "bad": bad})
    send(pipe_out, *packed(tally.finish()))


def packed(distinct: Distinct) -> tuple[dict[str, Any], bytes]:
    """A table of distinct pieces as a message."""
    sizes = np.fromiter(map(len, distinct.tokens), np.int64, len(distinct.tokens))
    header = {
        "tokens": len(sizes),
        "pieces": len(distinct.lengths),
        "lost": distinct.lost,
        "threshold": distinct.threshold,
        "maps": distinct.maps,
    }
    arrays = (sizes, distinct.counts, distinct.lengths)
    return header, b"".join([*(array.tobytes() for array in arrays), *distinct.tokens])


def unpacked(header: dict[str, Any], body: bytes) -> Distinct:
    """The inverse of `packed`."""
    n, pieces = header["tokens"], header["pieces"]
    sizes = np.frombuffer(body, np.int64, n)
    counts = np.frombuffer(body, np.int64, pieces, 8 * n)
    lengths = np.frombuffer(body, np.int32, pieces, 8 * (n + pieces))
    ends = (np.cumsum(sizes) + 8 * n + 12 * pieces).tolist()
    starts = [8 * n + 12 * pieces, *ends]
    tokens = [body[start:end] for start, end in zip(starts, ends, strict=False)]
    maps = tuple(header["maps"])
    return Distinct(tokens, lengths, counts, header["lost"], header["threshold"], maps)


def encoded_reading(reading: Reading) -> dict[str, Any]:
    """A reading as the first message carries it."""
    return msgspec.to_builtins(reading)


if __name__ == "__main__":
    main()
