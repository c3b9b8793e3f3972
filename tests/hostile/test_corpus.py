"""Text that is broken, is not text, or does not end (field cases 22, 23, 27, 28, 29, 38, 39)."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import signal
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from rowspace.corpus import Reading, read
from rowspace.corpus.block import Block
from rowspace.corpus.cutting import blocks
from rowspace.errors import InputError, ResourceError
from rowspace.kernels import jit
from rowspace.vocabulary.building import Building
from rowspace.vocabulary.crew import crew
from rowspace.vocabulary.learn import learn

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[2] / "../shared/data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs the data sets (ROWSPACE_DATA)")


def drained(path: object, **reading: object) -> bytes:
    return b"".join(block.data for block in read(path, Reading(**reading)))


def test_case_22_invalid_utf8_names_file_line_and_byte(tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(b"fine\n" * 1_000_000 + b"abc \xff d\xc3\n")
    with pytest.raises(InputError, match=r"bad\.txt: line 1000001, byte 5000004.*0xff") as caught:
        drained(path)
    assert "--encoding-errors" in caught.value.hint
    assert drained(path, encoding_errors="replace").endswith("abc \ufffd d\ufffd\n".encode())
    assert drained(path, encoding_errors="skip").endswith(b"abc  d\n")


@pytest.mark.parametrize(("policy", "word"), [("replace", "replaced"), ("skip", "left out")])
def test_case_22_bad_sequences_are_counted(tmp_path: Path, policy: str, word: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(b"a \xff\xfe b\n\xe2\x82 c \xef\xbf\xbd\n" * 5)
    events: list[dict] = []
    learn(
        path,
        reading=Reading(encoding_errors=policy),
        building=Building(min_count=1),
        folder=tmp_path,
        progress=events.append,
    )
    told = [event["message"] for event in events if event["type"] == "warning"]
    assert told == [f"15 sequences of bytes that are not UTF-8 were {word}"]


# After Markus Kuhn's stress test: stray, cut short, overlong, surrogate, too large, impossible.
MALFORMED = [b"\x80", b"\xe2\x82", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xfe"]


@pytest.mark.parametrize("bad", MALFORMED)
def test_case_22_every_kind_of_malformed_sequence(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("é\n\u2028".encode() + bad + b" end\n")
    with pytest.raises(InputError, match=rf"line 2, byte 6.*0x{bad[0]:02x}"):
        drained(path)
    assert drained(path, encoding_errors="skip").decode() == "é\n\u2028 end\n"
    assert "\ufffd end" in drained(path, encoding_errors="replace").decode()


@needs_data
def test_case_22_the_utf8_stress_test() -> None:
    path = DATA / "robustness" / "UTF-8-test.txt"
    broken = path.read_bytes().count(b"\n")
    for policy in ("replace", "skip"):
        assert drained(path, encoding_errors=policy).count(b"\n") >= broken


@needs_data
@pytest.mark.parametrize("tokenizer", ["words", "whitespace", "characters"])
def test_case_22_naughty_strings_are_counted(tmp_path: Path, tokenizer: str) -> None:
    vocabulary, encoded = learn(
        DATA / "robustness" / "blns.txt",
        reading=Reading(tokenizer=tokenizer),
        building=Building(min_count=1),
        folder=tmp_path,
    )
    assert encoded.tokens == encoded.seen == int(vocabulary.counts.sum())


PACK = {"gzip": gzip.compress, "xz": lzma.compress, "bzip2": bz2.compress}
NOISE = np.random.default_rng(0).integers(97, 123, 300_000).astype(np.uint8).tobytes()


def packed(kind: str) -> bytes:
    if kind == "zstd":
        return pytest.importorskip("zstandard").ZstdCompressor(write_checksum=True).compress(NOISE)
    return PACK[kind](NOISE)


@pytest.mark.parametrize("kind", [*PACK, "zstd"])
@pytest.mark.parametrize("keep", [0.02, 0.5, 0.9999])
def test_case_23_truncated(tmp_path: Path, kind: str, keep: float) -> None:
    path = tmp_path / "a.txt"
    data = packed(kind)
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(InputError, match=rf"a\.txt: this {kind} file .* truncated"):
        drained(path)


@pytest.mark.parametrize("kind", [*PACK, "zstd"])
def test_case_23_damaged_or_followed_by_rubbish(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.txt"
    data = bytearray(packed(kind))
    path.write_bytes(data + b"rubbish behind the end")
    with pytest.raises(InputError, match=rf"this {kind} file"):
        drained(path)
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    path.write_bytes(data)
    with pytest.raises(InputError, match=rf"this {kind} file"):
        drained(path)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", "text")
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("HTML", b"\n<!DOCTYPE html><html><body>404 Not Found"),
        ("HTML", gzip.compress(b"<html>")),
        ("zip", zipped()),
        ("ELF program", b"\x7fELF\x02\x01\x01"),
        ("pickle", b"\x80\x04\x95\x10\x00"),
        ("NumPy array", b"\x93NUMPY\x01\x00"),
        ("UTF-32 text", "\ufeffabc".encode("utf-32-le")),
        ("tar", gzip.compress(b"a.txt".ljust(257, b"\0") + b"ustar\x0000".ljust(255, b"\0"))),
        ("safetensors", b'\x40\0\0\0\0\0\0\0{"a":'),
        ("parquet", b"PAR1\x15\x04"),
    ],
)
def test_case_23_not_text(tmp_path: Path, kind: str, data: bytes) -> None:
    path = tmp_path / "corpus.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=rf"corpus\.txt: wanted text, but this is an? {kind} file"):
        drained(path)


def test_case_23_a_compressed_file_in_a_compressed_file(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(lzma.compress(b"a\n")))
    with pytest.raises(InputError, match="gzip file, but it holds a xz file"):
        drained(tmp_path / "a.gz")


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        drained(tmp_path / "none.txt")
    with pytest.raises(InputError, match="no file matches") as caught:
        drained(f"{tmp_path}/*.txt")
    assert caught.value.hint
    (tmp_path / "sub").mkdir()
    with pytest.raises(InputError, match="wanted a folder with files"):
        drained(tmp_path)
    with pytest.raises(InputError, match="empty list"):
        drained([])
    with pytest.raises(InputError, match="name of a file"):
        drained("a\0b")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "id,text\n1,x\n", "a column 'body'; the columns here are 'id', 'text'"),
        ("a.tsv", "id\ttext\n1\tx\n", "the columns here are 'id', 'text'"),
        ("a.jsonl", '{"id":1,"text":"x"}\n', "line 1: wanted a column 'body'"),
        ("a.jsonl", '{"body":"x"}\n\n[1]\n', "line 3: wanted a JSON object"),
        ("a.jsonl", '{"body":"x"}\n{"body":', "line 2: not JSON"),
        ("a.jsonl", '{"body":7}\n', "line 1: column 'body': wanted text, came int 7"),
        ("a.csv", "id,body\n1\n", "line 2: wanted at least 2 cells"),
        ("a.csv", 'id,body\n1,"' + "x\n" * (9 << 20), "not a table: field larger"),
        ("a.csv", b"id,body\n1,caf\xe9\n", "line 2, byte 13: wanted UTF-8"),
        ("a.txt", "text", "wanted a file with a column 'body'"),
    ],
)
def test_columns_that_are_not_there(
    tmp_path: Path, name: str, text: str | bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        drained(tmp_path / name, column="body")
    assert message in str(caught.value)


def test_a_table_without_a_column_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,x\n")
    with pytest.raises(InputError, match="name of the text's column") as caught:
        drained(tmp_path / "a.csv")
    assert "--column" in caught.value.hint


@pytest.mark.parametrize("text", ["", " \n\t\n \r\n", "\ufeff", "\n" * 100])
def test_case_27_nothing_in_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(InputError, match="corpus is empty"):
        learn(tmp_path / "a.txt", folder=tmp_path / "run")
    assert list((tmp_path / "run").iterdir()) == []


def test_case_27_all_words_rare(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a b b c c c")
    with pytest.raises(InputError, match="6 tokens were read, 3 distinct") as caught:
        learn(tmp_path / "a.txt", folder=tmp_path)
    assert caught.value.hint == "lower --min-count (now 5; the top count is 3)"
    with pytest.raises(InputError, match="1 tokens"):
        learn([["one"]], folder=tmp_path)
    vocabulary, encoded = learn([["one"]], building=Building(min_count=1), folder=tmp_path)
    assert (list(vocabulary), encoded.entries) == (["one"], 2)


def endless(piece: bytes, times: int) -> Iterator[bytes]:
    for _ in range(times):
        yield piece


@pytest.mark.parametrize("piece", [b"word " * 20_000, b"x" * 100_000, "漢".encode() * 33_333])
def test_case_28_a_line_of_1_gb_is_read_in_parts_with_one_warning(piece: bytes) -> None:
    times = (1 << 30) // len(piece) // (1 if piece[0] == ord("w") else 4)
    told: list[str] = []
    tracemalloc.start()
    total = 0
    for block in blocks(endless(piece, times), "big", size=4 << 20, warn=told.append):
        total += len(block.data)
        block.data[-8:].decode(errors="strict" if piece[0] < 128 else "ignore")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == len(piece) * times + 1
    assert peak < 40 << 20
    assert told == ["big: line 1 is longer than 4194304 bytes: read in parts"]


def test_case_28_a_long_line_stays_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a b " * 1_500_000 + "\nb a\n")
    vocabulary, encoded = learn(tmp_path / "a.txt", folder=tmp_path / "run")
    assert (encoded.tokens, encoded.sentences) == (3_000_002, 2)
    assert list(vocabulary) == ["a", "b"]


def test_case_28_a_small_file_that_unpacks_to_much_is_streamed(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    path = tmp_path / "a.zst"
    path.write_bytes(zstandard.ZstdCompressor(level=3).compress(b"word " * (50 << 20)))
    tracemalloc.start()
    total = sum(len(block.data) for block in read(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 5 * (50 << 20) + 1
    assert peak < 60 << 20


@pytest.mark.parametrize("words", [False, True])
def test_case_29_rare_words_are_forgotten_when_memory_is_short(tmp_path: Path, words: bool) -> None:
    rng = np.random.default_rng(0)
    lines = [
        " ".join(["often", *(f"rare{n}" for n in rng.integers(0, 10**9, 8)), "also"])
        for _ in range(40_000 if words else 4000)
    ]
    corpus: object = [line.split() for line in lines]
    if words:
        corpus = tmp_path / "a.txt"
        corpus.write_text("\n".join(lines * 4))
    events: list[dict] = []
    vocabulary, encoded = learn(
        corpus,
        building=Building(min_count=4000, memory=1 << 20),
        folder=tmp_path / "run",
        progress=events.append,
    )
    assert sorted(vocabulary) == ["also", "often"]
    assert encoded.seen == 10 * len(lines) * (4 if words else 1)
    assert encoded.tokens == 2 * encoded.sentences
    told = [event["message"] for event in events if event["type"] == "warning"]
    assert len(told) == 1
    assert "were forgotten" in told[0]


def blocks_for_ever() -> Iterator[Block]:
    line = 1
    while True:
        yield Block("漢字 かな\n".encode() * 50_000, "big.txt", line)
        line += 50_000


def test_case_38_a_killed_worker_is_noticed(tmp_path: Path) -> None:
    """While there is text to give out, and it never ends."""
    files = [tmp_path / f"part-{n}.numbers" for n in range(2)]
    with (
        pytest.raises(ResourceError, match=r"SIGKILL.*big\.txt from line \d+") as caught,
        crew(files, Reading(), memory=1 << 28) as hired,
    ):
        pids = [worker.process.pid for worker in hired.workers]
        for turn, _ in enumerate(hired.parts(blocks_for_ever())):
            if turn == 3:
                os.kill(pids[1], signal.SIGKILL)
    assert caught.value.exit_code == 5
    assert "memory" in caught.value.hint
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_case_38_no_worker_outlives_an_interruption(tmp_path: Path) -> None:
    files = [tmp_path / f"part-{n}.numbers" for n in range(2)]
    with pytest.raises(KeyboardInterrupt), crew(files, Reading(), memory=1 << 28) as hired:
        pids = [worker.process.pid for worker in hired.workers]
        for _ in hired.parts(blocks_for_ever()):
            raise KeyboardInterrupt
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_case_38_no_worker_outlives_a_killed_parent(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from rowspace.corpus import Block, Reading
from rowspace.vocabulary.crew import crew
with crew([Path({str(tmp_path)!r}) / "part-0.numbers"], Reading(), memory=1 << 28) as hired:
    hired.workers[0].give(Block(b"a b\\n", "x"))
    hired.workers[0].hear()
    print(hired.workers[0].process.pid, flush=True)
    sys.stdin.read()
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdin is not None and parent.stdout is not None
    pid = int(parent.stdout.readline())
    worker = psutil.Process(pid)
    parent.kill()
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
    gone, _ = psutil.wait_procs([worker], timeout=120)
    assert gone or worker.status() == psutil.STATUS_ZOMBIE


def test_case_38_bad_text_found_by_a_worker_is_told_as_such(tmp_path: Path) -> None:
    def some() -> Iterator[Block]:
        for line in range(3):
            yield Block("漢字\n".encode(), "big.txt", line + 1, 7 * line)
        yield Block(b"a\nb \xff\n", "big.txt", 4, 21)

    files = [tmp_path / f"part-{n}.numbers" for n in range(2)]
    with (
        pytest.raises(InputError, match=r"big\.txt: line 5, byte 25.*0xff"),
        crew(files, Reading(), memory=1 << 28) as hired,
    ):
        list(hired.parts(some()))


def test_case_39_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="standard input, but it is closed"):
        drained("-")


def test_a_script_without_a_main_guard_and_with_threads_works(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("漢字 かな 漢字 text\n" * 600_000)
    (tmp_path / "regex.py").write_text("raise SystemExit('imported from the working folder')")
    script = tmp_path / "script.py"
    script.write_text(
        "import threading\n"
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "print('once')\n"
        "import sys; sys.path.remove(sys.path[0])\n"
        "from rowspace.vocabulary.learn import learn\n"
        "from rowspace.vocabulary.building import Building\n"
        "v, e = learn('a.txt', folder='run', building=Building(processes=2))\n"
        "print(len(v), e.tokens)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin",
            "LANG": "C",
            "HOME": str(tmp_path),
            "XDG_CACHE_HOME": str(jit.cache_folder().parents[2]),  # kernels that are there
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "once\n3 2400000\n"), done.stderr
