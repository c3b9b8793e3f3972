"""`Crew`: the worker processes of the scan, fed in turn, and watched."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, final

from rowspace.corpus import Block, Reading
from rowspace.errors import InputError, ResourceError
from rowspace.vocabulary.frames import receive, send
from rowspace.vocabulary.tally import Distinct, Part
from rowspace.vocabulary.worker import encoded_reading, unpacked

PIPE = 1 << 20  # bytes a pipe may hold: fewer switches between the processes
IN_FLIGHT = 2  # blocks a worker has: one under its hands, one to go on with at once


@final
class Crew:
    """Blocks go to worker 0, 1, … in turn, so that who gets which does not depend on timing."""

    def __init__(self, files: list[Path], reading: Reading, *, memory: int) -> None:
        self.workers: list[Worker] = []
        self.bad = 0
        try:
            for file in files:
                self.workers.append(Worker(file))
                self.workers[-1].tell(
                    {
                        "reading": encoded_reading(reading),
                        "file": os.path.abspath(file),
                        "memory": memory // len(files),
                    }
                )
        except BaseException:
            self.stop()
            raise

    def parts(self, blocks: Iterator[Block]) -> Iterator[Part]:
        """What became of each block, in the order of the blocks."""
        order: deque[Worker] = deque()
        for turn, block in enumerate(blocks):
            worker = self.workers[turn % len(self.workers)]
            if len(worker.waiting) == IN_FLIGHT:
                # Round robin: the oldest block of all is this worker's.
                yield self._collect(order.popleft())
            worker.give(block)
            order.append(worker)
        while order:
            yield self._collect(order.popleft())

    def _collect(self, worker: Worker) -> Part:
        header, _ = worker.hear()
        worker.waiting.popleft()
        self.bad += header["bad"]
        return Part(header["entries"], header["generation"])

    def finish(self) -> list[Distinct]:
        """The tables of all workers, which end by themselves."""
        for worker in self.workers:
            worker.tell({"finish": True})
        return [unpacked(*worker.hear()) for worker in self.workers]

    def stop(self) -> None:
        """Ends every worker, whatever it is doing."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.wait()
            for pipe in (worker.process.stdin, worker.process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()


@contextmanager
def crew(files: list[Path], reading: Reading, *, memory: int) -> Iterator[Crew]:
    """A crew with one worker for each file of numbers; none is left behind."""
    hired = Crew(files, reading, memory=memory)
    try:
        yield hired
    finally:
        hired.stop()


@final
class Worker:
    """One process and the blocks it has not answered yet."""

    def __init__(self, file: Path) -> None:
        self.waiting: deque[Block] = deque()
        self.errors = file.with_suffix(".stderr")
        package = Path(__file__).resolve().parents[2]
        # -P: the working directory is no place to import from. The package is looked for last,
        # so that its folder's neighbours hide nothing.
        start = (
            f"import sys; sys.path.append({str(package)!r}); "
            "from rowspace.vocabulary.worker import main; main()"
        )
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", start],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                bufsize=0,
                process_group=0,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"},
            )
        self.pipe_in: BinaryIO = self.process.stdin  # type: ignore[assignment]
        self.pipe_out: BinaryIO = self.process.stdout  # type: ignore[assignment]
        with suppress(OSError):  # above the system's limit for this user: it works without
            fcntl.fcntl(self.pipe_in, fcntl.F_SETPIPE_SZ, PIPE)

    def tell(self, header: dict[str, Any], body: bytes = b"") -> None:
        """Sends a message; raises what `hear` raises when the worker has ended."""
        try:
            send(self.pipe_in, header, body)
        except BrokenPipeError:
            # It may have said why before it went.
            while True:
                self.hear()

    def give(self, block: Block) -> None:
        """Hands over a block."""
        self.waiting.append(block)
        place = {
            "source": block.source,
            "line": block.line,
            "offset": block.offset,
            "doc_lines": block.doc_lines,
        }
        self.tell(place, block.data)

    def hear(self) -> tuple[dict[str, Any], bytes]:
        """The next answer. Raises the worker's error, or ResourceError when it has died."""
        try:
            header, body = receive(self.pipe_out)
        except EOFError:
            raise self._death() from None
        if "error" in header:
            kind = ResourceError if header["code"] == ResourceError.exit_code else InputError
            raise kind(header["error"], hint=header.get("hint", ""))
        return header, body

    def _death(self) -> ResourceError:
        code = self.process.wait()
        why = f"exit code {code}"
        if code < 0:
            why = f"signal {-code} ({signal.Signals(-code).name})"
        at = "before its first block"
        if self.waiting:
            at = f"while reading {self.waiting[0].source} from line {self.waiting[0].line} on"
        lines = self.errors.read_text(errors="replace").strip().splitlines()
        last = f": {lines[-1]}" if lines else ""
        return ResourceError(
            f"a worker process was ended by {why} {at}{last}",
            hint="the usual cause is memory: use fewer processes, or close other programs",
        )
