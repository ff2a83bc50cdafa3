"""Snapshots: names for points of history. What one names is never dropped."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from emulator.errors import NotThereError, UsageError
from emulator.workspace.points import check_name, last_operation
from emulator.workspace.store import Store


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A named point."""

    name: str
    point: int
    at: int
    """Microseconds since 1970, UTC."""
    round: int | None
    """The last round that had begun by then; None if none had."""


def save(store: Store, name: str) -> None:
    """Name the present point. Raises UsageError if the name is taken, or means something else."""
    check_name(name)
    with store.file.transaction() as db:
        added = db.execute(
            "INSERT OR IGNORE INTO snapshots (scope, name, point, round, allocated, at)"
            " SELECT id, ?, ?, (SELECT max(id) FROM rounds WHERE scope = scopes.id), allocated, ?"
            " FROM scopes WHERE id = ?",
            (name, last_operation(db), time.time_ns() // 1000, store.scope),
        ).rowcount
    if not added:
        raise UsageError(
            f"There is a snapshot {name!r} already.",
            advice=f"Choose another name, or first: snapshot delete {name}",
        )


def delete(store: Store, name: str) -> None:
    """Forget a name. The history that only it held may be dropped from now on.

    Raises NotThereError.
    """
    with store.file.transaction() as db:
        gone = db.execute(
            "DELETE FROM snapshots WHERE scope = ? AND name = ?", (store.scope, name)
        ).rowcount
        if gone:
            db.execute("UPDATE dropped SET causes = causes + 1")  # there may be more to clear away
    if not gone:
        raise NotThereError(f"There is no snapshot {name!r} in the workspace {store.workspace!r}.")


def snapshots(store: Store) -> Iterator[Snapshot]:
    """All of a workspace, the latest first."""
    with store.file.reading() as db:
        rows = db.execute(
            "SELECT name, point, at, round FROM snapshots WHERE scope = ?"
            " ORDER BY at DESC, id DESC",
            (store.scope,),
        ).fetchall()
    for row in rows:
        yield Snapshot(*row)
