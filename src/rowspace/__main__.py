"""`python -m rowspace` is the command `rowspace`."""

from __future__ import annotations

from rowspace.cli import main

if __name__ == "__main__":
    main()
