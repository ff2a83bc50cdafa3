"""The versions of values: which there were, and who wrote them."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from emulator.workspace.history import NO_VALUE, RESTORING
from emulator.workspace.points import dropped_up_to
from emulator.workspace.store import Store

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
    history is.
    """
    db = store.file.connection
    number, earliest = _last_change(store, key), dropped_up_to(db)
    while number is not None and number > earliest:
        version = _version(db, number, key)
        if version is None:
            return
        if not {version.before, version.after} <= NO_VALUE:
            yield version
        number = version.previous


def blame(store: Store, prefix: str = "") -> Iterator[Blame]:
    """Who wrote each key that is there, last and first; inside a view."""
    for entry in store.starting_with(prefix):
        if not entry.is_folder and (found := _blame(store, entry.key, entry.operation)):
            yield found


def _blame(store: Store, key: str, operation: int) -> Blame | None:
    last = _last_writer(store, key, operation)
    if last is None:
        return None
    first: Version | None = None
    for version in versions_of(store, key):
        if version.before in NO_VALUE and version.op not in RESTORING:
            first = version
            break
    return Blame(key, last, first)


def _last_writer(store: Store, key: str, operation: int) -> Version | None:
    """Who wrote what is there: a rewind only brought back what somebody else had written."""
    db = store.file.connection
    version = _version(db, operation, key)
    while version is not None and version.op in RESTORING:
        point, found = version.seen or 0, version
        while found.operation > point:
            earlier = found.previous and _version(db, found.previous, key)
            if not earlier:
                return version
            found = earlier
        version = found
    return version


def _last_change(store: Store, key: str) -> int | None:
    row = store.file.connection.execute(
        "SELECT operation FROM entries WHERE scope = :scope AND key = :key"
        " UNION ALL SELECT operation FROM removed WHERE scope = :scope AND key = :key",
        {"scope": store.scope, "key": key},
    ).fetchone()
    return row[0] if row else None


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
