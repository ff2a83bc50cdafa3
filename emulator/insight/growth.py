"""A value that grows with every round that writes it, until it fits nowhere any more."""

from dataclasses import dataclass

from emulator.dify.finished import Finished
from emulator.dify.keys import path_of
from emulator.dify.notes import Note, note
from emulator.insight.memory_use import MemoryUse
from emulator.insight.places import at
from emulator.insight.plugin_code import code_of
from emulator.wire.limits import STORABLE_BYTES
from emulator.workspace.recording import Operation
from emulator.workspace.store import Store
from emulator.workspace.versions import version_of

_ROUNDS = 5
"""In which it has to have grown, one after the other."""
_NEAR_ROUNDS = 200
"""Before it meets a limit, within which that is told even if the plugin could delete it."""


@dataclass(slots=True)
class _Grown:
    """A value that the round has left larger than it was."""

    by: int
    """Bytes."""
    last: Operation
    """Of those that set it."""

    @property
    def path(self) -> str:
        return path_of(self.last.key)

    def rounds_left(self, quota_left: int, by: int) -> int:
        """How many more rounds can add so many bytes to it."""
        return max(0, min(quota_left, STORABLE_BYTES - (self.last.size_after or 0)) // by)


def growth(round: Finished, use: MemoryUse) -> list[Note]:
    """DE211."""
    grown = _grown(use)
    if not grown:
        return []
    store, limit = round.storage.store, round.storage.limit
    quota_left = limit - use.allocated(store)
    code = code_of(round)
    suspects = [
        each
        for each in grown
        if each.rounds_left(quota_left, each.by) < _NEAR_ROUNDS
        or (code and not code.may_delete(each.path))
    ]
    if not suspects:
        return []
    with store.reading():
        rates = [(each, _growth_a_round(store, each)) for each in suspects]
    return [_note(each, by, quota_left, limit) for each, by in rates if by]


def _grown(use: MemoryUse) -> list[_Grown]:
    found: dict[str, _Grown] = {}
    for each in use.sets:
        if each.size_before is not None and each.size_after is not None:
            path = path_of(each.key)
            before = found[path].by if path in found else 0
            found[path] = _Grown(before + each.size_after - each.size_before, each)
    return [each for each in found.values() if each.by > 0]


def _growth_a_round(store: Store, grown: _Grown) -> int:
    """Bytes, on average; 0 if it has not grown in each of the last rounds that wrote it."""
    last = grown.last
    rounds, sizes, number = [last.round], [last.size_after or 0], last.seen
    while len(sizes) < _ROUNDS:
        version = number and version_of(store, grown.path, number)
        if not version or version.round is None or version.size is None:
            return 0
        number = version.previous
        if version.round == rounds[-1]:
            continue
        if version.round in rounds or version.size >= sizes[-1]:
            return 0
        rounds.append(version.round)
        sizes.append(version.size)
    return max(1, (sizes[0] - sizes[-1]) // (_ROUNDS - 1))


def _note(grown: _Grown, by: int, quota_left: int, limit: int) -> Note:
    last = grown.last
    rounds = grown.rounds_left(quota_left, by)
    when = f"after about {rounds} more" if rounds else "with the next"
    meets = f"it will be over the quota of {limit} bytes"
    if STORABLE_BYTES - (last.size_after or 0) < quota_left:
        meets = f"it will be over the {STORABLE_BYTES} bytes that a line of stdout can carry"
    return note(
        "DE211",
        f"{last.key!r} has grown in each of the last {_ROUNDS} rounds that wrote it"
        f"{at(last.place)}, to {last.size_after} bytes, by about {by} a round: {when} "
        f"{meets}.",
    )
