"""The versions of values: which there were, and who wrote them."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from emulator.workspace.history import NO_VALUE, RESTORING
from emulator.workspace.points import dropped_up_to
from emulator.workspace.store import Entry, Store

_COLUMNS = (
    "operations.id, {key}, op, operations.round, at, before, after, blobs.size, previous,"
    " seen, places.text, rounds.kind, rounds.target, rounds.user_id, rounds.conversation_id,"
    " rounds.generation, rounds.code"
)
_JOINS = (
    " LEFT JOIN blobs ON blobs.id = after"
    " LEFT JOIN places ON places.id = place"
    " LEFT JOIN rounds ON rounds.id = operations.round"
)

# The operations that changed a key, the latest first, as far as the limit of history lets them.
_CHAIN = """
    WITH RECURSIVE chain (number) AS (
        SELECT number FROM (
            SELECT operation AS number FROM entries WHERE scope = :scope AND key = :key
            UNION ALL SELECT operation FROM removed WHERE scope = :scope AND key = :key
        ) WHERE number > (SELECT operation FROM dropped)
        UNION ALL
        SELECT previous FROM chain JOIN changes ON operation = number AND key = :key
        WHERE previous > (SELECT operation FROM dropped)
    )
"""


@dataclass(frozen=True, slots=True)
class Version:
    """What an operation left under a key, and who made it."""

    operation: int
    key: str
    op: str
    round: int | None
    """None: made from the command line."""
    at: int
    """Microseconds since 1970, UTC."""
    before: int | None
    after: int | None
    """Blobs: what stood there before it, and after it."""
    size: int | None
    """Of the value; None where it was removed."""
    previous: int | None
    """The operation that had changed the key before."""
    seen: int | None
    place: str | None
    """Where the plugin's code made the call."""
    kind: str | None
    target: str | None
    user_id: str | None
    conversation_id: str | None
    generation: int | None
    code: str | None


@dataclass(frozen=True, slots=True)
class Blame:
    """Who wrote a key that is there."""

    key: str
    last: Version
    """A rewind only where the limit has dropped who wrote what it brought back."""
    first: Version | None
    """Who wrote it when there was nothing under it; None if history does not go back so far."""


def versions(store: Store) -> Iterator[Version]:
    """Every version of every key, the latest first; inside a view."""
    db = store.file.connection
    rows = db.execute(
        f"SELECT {_COLUMNS.format(key='changes.key')} FROM operations"
        f" JOIN changes ON changes.operation = operations.id{_JOINS}"
        " WHERE operations.scope = ? AND operations.id > ?"
        " ORDER BY operations.id DESC, changes.key",
        (store.scope, dropped_up_to(db)),
    )
    for row in rows:
        version = Version(*row)
        if not {version.before, version.after} <= NO_VALUE:
            yield version


def versions_of(store: Store, key: str) -> Iterator[Version]:
    """Every version of one key, the latest first; inside a view.

    The changes of a key are a chain, so this costs as much as it has versions, however long the
    history is. One statement follows it: one for each version would take four times as long.
    """
    # A cross join is not reordered: the chain is followed as far as it is asked for.
    rows = store.file.connection.execute(
        f"{_CHAIN} SELECT {_COLUMNS.format(key=':key')} FROM chain"
        " CROSS JOIN operations ON operations.id = chain.number"
        f" CROSS JOIN changes ON changes.operation = chain.number AND changes.key = :key{_JOINS}",
        {"scope": store.scope, "key": key},
    )
    for row in rows:
        version = Version(*row)
        if not {version.before, version.after} <= NO_VALUE:
            yield version


def blame(store: Store, prefix: str = "") -> Iterator[Blame]:
    """Who wrote each key that is there, last and first; inside a view."""
    for entry in store.starting_with(prefix):
        if found := _blame(store, entry):
            yield found


def blame_of(store: Store, key: str) -> Blame | None:
    """Who wrote one key, inside a view; None if there is no value under it."""
    entry = store.find(key)
    return None if entry is None else _blame(store, entry)


def version_of(store: Store, key: str, operation: int) -> Version | None:
    """What one operation left under a key, inside a view; None if history no longer has it."""
    return _version(store.file.connection, operation, key)


def writer_of(store: Store, key: str, operation: int) -> Version | None:
    """Who wrote what an operation left under a key, be that one a rewind; inside a view.

    None if the limit of history has dropped them.
    """
    return next(_writers(store.file.connection, operation, key), None)


def _blame(store: Store, entry: Entry) -> Blame | None:
    if entry.is_folder:
        return None
    db = store.file.connection
    earliest = dropped_up_to(db)
    last: Version | None = None
    for version in _writers(db, entry.operation, entry.key):
        last = last or version
        if version.before in NO_VALUE and version.operation > earliest:
            return Blame(entry.key, last, version)
    last = last or _version(db, entry.operation, entry.key)
    return None if last is None else Blame(entry.key, last, None)


def _writers(db: sqlite3.Connection, operation: int, key: str) -> Iterator[Version]:
    """Who wrote what an operation left under a key, and before that what it was written over.

    A rewind only brought back what somebody had written: from there the way leads on to them. As
    far as is known.
    """
    version = _version(db, operation, key)
    while version is not None:
        if version.op in RESTORING:
            point = version.seen or 0
            while version is not None and version.operation > point:
                version = _before(db, version)
        else:
            yield version
            version = _before(db, version)


def _before(db: sqlite3.Connection, version: Version) -> Version | None:
    return None if version.previous is None else _version(db, version.previous, version.key)


def _version(db: sqlite3.Connection, operation: int, key: str) -> Version | None:
    """None if the limit of history has dropped it.

    Of the writer of what is there it leaves who it was, without what was there before.
    """
    row = db.execute(
        f"SELECT {_COLUMNS.format(key=':key')} FROM operations"
        f" LEFT JOIN changes ON changes.operation = operations.id AND changes.key = :key{_JOINS}"
        " WHERE operations.id = :operation",
        {"key": key, "operation": operation},
    ).fetchone()
    return Version(*row) if row else None
