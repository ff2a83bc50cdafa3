"""Filling and emptying a workspace at one stroke: seeds and resets, under Dify's rules."""

from collections.abc import Mapping

from emulator.dify.dify_error import DifyError
from emulator.dify.storage import Storage
from emulator.errors import RefusedError
from emulator.workspace.recording import Operation


def seed(storage: Storage, values: Mapping[str, bytes], source: str, *, replace: bool) -> int:
    """Store all values, or none; ``replace`` removes what was there. Gives how many.

    Raises RefusedError, and changes nothing, if Dify would refuse one of them.
    """
    with storage.store.transaction():
        if replace:
            _empty(storage, "")
        _fill(storage, values, source)
        storage.store.record(Operation("seed", source, "ok"))
    return len(values)


def seed_untouched(storage: Storage, values: Mapping[str, bytes], source: str) -> bool:
    """Store the values if nothing has ever been stored here; says whether it did.

    Two processes may ask this at once: only one of them fills the workspace.
    """
    with storage.store.transaction():
        if not storage.store.untouched:
            return False
        _fill(storage, values, source)
        storage.store.record(Operation("seed", source, "ok"))
    return True


def reset(storage: Storage, prefix: str = "") -> int:
    """Remove all values whose key begins with ``prefix``. Gives how many; history keeps them."""
    with storage.store.transaction():
        count = _empty(storage, prefix)
        storage.store.record(Operation("reset", prefix, "ok"))
    return count


def _empty(storage: Storage, prefix: str) -> int:
    store = storage.store
    gone = store.starting_with(prefix)
    for entry in gone:
        store.remove(entry.key)
    if not prefix:
        store.allocate(None)
    elif store.allocated is not None:
        store.allocate(store.allocated - sum(entry.size for entry in gone))
    return sum(not entry.is_folder for entry in gone)


def _fill(storage: Storage, values: Mapping[str, bytes], source: str) -> None:
    for key, value in values.items():
        try:
            storage.put(key, value)
        except DifyError as error:
            raise RefusedError(
                f"{source}: Dify would refuse the key {key!r}: {error}.",
                advice="Nothing was changed.",
            ) from None
