"""How long a search may take, in words."""

from __future__ import annotations

import math
import re

from rowspace.errors import SettingError

UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PIECE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*(ms|h|m|s)")
MOST = 30 * 86400.0


def seconds_of_budget(given: float | str) -> float:
    """Seconds of a number of them, or of text such as 90s, 2m, 1m30s, 1.5h. Raises SettingError."""
    wanted = "seconds from 0.1 to 30 days, or text such as 90s, 2m or 1h30m"
    value = math.nan
    if isinstance(given, str):
        text = given.strip().lower()
        pieces = _PIECE.findall(text)
        if pieces and not _PIECE.sub("", text).strip():
            value = sum(float(number) * UNITS[unit] for number, unit in pieces)
        else:
            try:
                value = float(text)
            except ValueError:
                value = math.nan
    elif isinstance(given, (int, float)) and not isinstance(given, bool):
        value = float(given)
    SettingError.unless(0.1 <= value <= MOST, "budget", given, wanted)
    return value
