"""Sizes as people write them."""

import re

from emulator.errors import UsageError

_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9}
_UNITS |= {"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}


def read_size(text: str) -> int:
    """Bytes of ``1MiB``, ``512 KB`` or ``4096``. Raises UsageError."""
    found = re.fullmatch(r"\s*(\d{1,18})\s*([a-z]*)\s*", text.lower(), re.ASCII)
    unit = _UNITS.get(found[2]) if found else None
    if found is None or unit is None:
        raise UsageError(
            f"{text!r} is not a size.", advice="Write bytes, or a unit with them: 1MiB, 512KB."
        )
    return int(found[1]) * unit
