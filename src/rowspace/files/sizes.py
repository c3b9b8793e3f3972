"""How many bytes the folder of a model takes, without writing it; sizes as people say them."""

from __future__ import annotations

from rowspace.errors import SettingError
from rowspace.files import jsondata, tensors
from rowspace.files.artefact import parts
from rowspace.files.card import card
from rowspace.vectors import Model

UNITS = {"": 1, "b": 1, "k": 10**3, "m": 10**6, "g": 10**9, "kib": 1 << 10, "mib": 1 << 20,
         "gib": 1 << 30, "kb": 10**3, "mb": 10**6, "gb": 10**9}  # fmt: skip


def size_of(given: int | str, field: str = "model_size") -> int:
    """Bytes: a number, or text such as 2M, 500kB or 1.5GiB. Raises SettingError, naming `field`."""
    wanted = "a number of bytes above 0, or text such as 2M or 500kB"
    if isinstance(given, str):
        text = given.strip().lower()
        number = text.rstrip("bkmgi ")
        unit = text[len(number) :].strip()
        try:
            value = float(number) * UNITS[unit]
        except (ValueError, KeyError):
            value = 0.0
        SettingError.unless(1 <= value < 2**62, field, given, wanted)
        return int(value)
    right = isinstance(given, int) and not isinstance(given, bool) and given >= 1
    SettingError.unless(right, field, given, wanted)
    return given


def bytes_of(model: Model) -> int:
    """What the folder of a saved model takes, without output-side rows."""
    config, arrays = parts(model)
    told = jsondata.render(config).decode()
    table = tensors.written_size(arrays, {"rowspace": told})
    beside = jsondata.render({**config, "content": "0" * 64}, indent=2)
    return table + len(beside) + 1 + len(card(config).encode("utf-8", "replace"))
