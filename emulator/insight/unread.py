"""A value never read: written again and again, and asked for by no round."""

from itertools import islice

from emulator.dify.finished import Finished
from emulator.dify.keys import path_of
from emulator.dify.notes import Note, note
from emulator.insight.memory_use import MemoryUse
from emulator.insight.places import at, steps
from emulator.insight.plugin_code import code_of
from emulator.workspace.store import Store
from emulator.workspace.usage import places, was_read
from emulator.workspace.versions import versions_of

_ROUNDS = 10
"""That have to have written it."""
_MOST_VERSIONS = 100
"""That are looked at: a round may write a key many times."""


def unread(round: Finished, use: MemoryUse) -> list[Note]:
    """DE215: of keys that stand in the code, once all code that could read them has run.

    What depends on input may be read with other input, and by what was not tried yet.
    """
    rewritten = {path_of(each.key): each for each in use.sets if each.size_before is not None}
    if not rewritten:
        return []
    store = round.storage.store
    store.flush()
    with store.reading():
        suspects = [path for path in rewritten if not was_read(store, path)]
    code = code_of(round) if suspects else None
    suspects = [path for path in suspects if code and code.spells_out(path)]
    if not code or not suspects:
        return []
    readers = code.readers
    with store.reading():
        run = {file for place in places(store) for file, _ in steps(place)}
        if not readers <= run:
            return []
        suspects = [path for path in suspects if _is_written_often(store, path)]
    return [
        note(
            "DE215",
            f"{_ROUNDS} rounds or more have written {path!r}{at(rewritten[path].place)}, "
            "and none has ever read it.",
        )
        for path in suspects
    ]


def _is_written_often(store: Store, path: str) -> bool:
    versions = islice(versions_of(store, path), _MOST_VERSIONS)
    return len({each.round for each in versions if each.round is not None}) >= _ROUNDS
