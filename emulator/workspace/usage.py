"""How a store is used: what is large, what was ever read, where keys are added and removed."""

from dataclasses import dataclass

from emulator.workspace.layout import FOLDER
from emulator.workspace.store import Store, range_of

# All of these are asked inside a view.


@dataclass(frozen=True, slots=True)
class Sized:
    """A value that is there."""

    key: str
    size: int


def largest(store: Store, count: int) -> list[Sized]:
    """The largest values."""
    rows = store.file.connection.execute(
        "SELECT key, size FROM entries JOIN blobs ON blobs.id = blob"
        " WHERE scope = ? AND blob != ? ORDER BY size DESC, key LIMIT ?",
        (store.scope, FOLDER, count),
    )
    return [Sized(*row) for row in rows]


def was_read(store: Store, path: str) -> bool:
    """Whether a round has ever asked for a key and been answered."""
    row = store.file.connection.execute(
        "SELECT 1 FROM reads WHERE scope = ? AND key = ?", (store.scope, path)
    ).fetchone()
    return row is not None


def holds(store: Store, prefix: str, count: int) -> bool:
    """Whether so many values, or more, have keys that begin with this."""
    row = store.file.connection.execute(
        "SELECT 1 FROM entries WHERE scope = ? AND key >= ? AND key < ? AND blob != ?"
        " LIMIT 1 OFFSET ?",
        (store.scope, *range_of(prefix), FOLDER, count - 1),
    ).fetchone()
    return row is not None


def was_removed(store: Store, prefix: str) -> bool:
    """Whether a round has removed a key that begins with this, and that is not there again."""
    row = store.file.connection.execute(
        "SELECT 1 FROM removed JOIN operations ON operations.id = operation"
        " WHERE removed.scope = ? AND removed.key >= ? AND removed.key < ? AND round IS NOT NULL"
        " LIMIT 1",
        (store.scope, *range_of(prefix)),
    ).fetchone()
    return row is not None


def places(store: Store) -> list[str]:
    """Where in the code of plugins storage was ever called, as operations tell it."""
    return [text for (text,) in store.file.connection.execute("SELECT text FROM places")]
