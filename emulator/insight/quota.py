"""The quota: how full the storage is, and with what."""

from emulator.dify.finished import Finished
from emulator.dify.notes import Note, note
from emulator.insight.memory_use import MemoryUse
from emulator.workspace.usage import largest

_FULL_PERCENT = 80
_SHOWN = 3


def quota(round: Finished, use: MemoryUse) -> list[Note]:
    """DE210: only of rounds that have stored more than was there."""
    if not any((each.size_after or 0) > (each.size_before or 0) for each in use.sets):
        return []
    store, limit = round.storage.store, round.storage.limit
    allocated = use.allocated(store)
    if not use.over_quota and allocated * 100 <= limit * _FULL_PERCENT:
        return []
    with store.reading():
        shown = ", ".join(f"{each.key!r} ({each.size})" for each in largest(store, _SHOWN))
    full = f"{allocated * 100 / max(limit, 1):.1f} % full by Dify's count"
    happened = f"The storage is {full}, {allocated} of {limit} bytes. Its largest values: {shown}."
    return [note("DE210", happened)]
