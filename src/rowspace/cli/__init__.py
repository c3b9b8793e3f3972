"""The command `rowspace`: what the library does, said in words.

Data goes to stdout, messages to stderr. Nothing here imports NumPy, Numba or rich until a
command runs that needs it, so `rowspace --help` answers at once.
"""

from __future__ import annotations

import sys


def main() -> None:
    """The entry point: run the command line and leave with its exit code."""
    from rowspace.cli.run import run

    sys.exit(run(sys.argv[1:]))
