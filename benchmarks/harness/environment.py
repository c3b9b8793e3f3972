"""The other libraries live in a virtual environment of their own, made when it is missing."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".venv-peers"
_TORCH = ["torch==2.13.0", "numpy"]
# What pip is called with, call after call: FBGEMM's wheel does not say which torch it needs.
WANTED = {
    "gensim": [["gensim==4.4.0", "scipy"]],
    "fasttext": [["fasttext==0.9.3", "setuptools"]],
    "compress_fasttext": [["compress-fasttext==0.1.5", "gensim==4.4.0"]],
    "torch": [_TORCH],
    "sklearn": [["scikit-learn==1.9.1"]],
    "implicit": [["implicit==0.7.3", "scipy"]],
    # vecto reads colours by a module that newer setuptools no longer bring.
    "vecto": [["vecto==0.2.21", "setuptools<81"]],
    "fbgemm_gpu": [_TORCH, ["--no-deps", "fbgemm-gpu-cpu==1.8.0"]],
}


class MissingPeerError(Exception):
    """A library to compare with is not there and could not be installed."""


def peer_python(library: str) -> str:
    """The Python that has `library`: $ROWSPACE_PEERS, else .venv-peers, made and filled here."""
    return os.environ.get("ROWSPACE_PEERS") or _filled(library)


@cache
def _filled(library: str) -> str:
    """Looked at once: importing a library to see whether it is there can take seconds."""
    python = HOME / "bin" / "python"
    if not python.exists():
        print(f"making {HOME.name} for the libraries to compare with", file=sys.stderr)
        venv.create(HOME, with_pip=True)
    probe = [str(python), "-c", f"import {library}"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        for wanted in WANTED[library]:
            _install(python, library, wanted)
    return str(python)


def _install(python: Path, library: str, wanted: list[str]) -> None:
    print(f"installing {' '.join(wanted)}", file=sys.stderr)
    command = [str(python), "-m", "pip", "install", "--quiet", *wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = done.stderr.strip().splitlines()[-1:]
        raise MissingPeerError(
            f"{library} could not be installed: {' '.join(tail)}; fastText needs a C++ compiler; "
            "leave a library out with --against, or set ROWSPACE_PEERS to a Python that has it"
        )
