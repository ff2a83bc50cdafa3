"""Points of history: numbers of operations, and the words that people have for them.

A point is the state after the operation of that number. Point 0 is before everything.
"""

import re
import sqlite3

from emulator.errors import NotThereError, UsageError
from emulator.workspace.rounds import check_there, of_another_plugin
from emulator.workspace.store import Store

START, NOW = "start", "now"
_ROUND = re.compile(r"(\d{1,18})(\^?)")


def last_operation(db: sqlite3.Connection) -> int:
    """The present point."""
    (number,) = db.execute("SELECT coalesce(max(id), 0) FROM operations").fetchone()
    return int(number)


def dropped_up_to(db: sqlite3.Connection) -> int:
    """The last operation that the limit of history has dropped; 0 if none."""
    (number,) = db.execute("SELECT operation FROM dropped").fetchone()
    return int(number)


def find_point(store: Store, words: str) -> int:
    """The point that is meant, inside a transaction or a view.

    ``N`` is after round N, ``N^`` before it, ``start`` before everything, ``now`` the present;
    anything else is the name of a snapshot. Raises NotThereError.
    """
    db = store.file.connection
    if words == START:
        return 0
    if words == NOW:
        return last_operation(db)
    if found := _ROUND.fullmatch(words):
        point = _round_point(store, int(found[1]), before=bool(found[2]))
        check_kept(store, point, words)
        return point
    row = db.execute(
        "SELECT point FROM snapshots WHERE scope = ? AND name = ?", (store.scope, words)
    ).fetchone()
    if row is None:
        raise NotThereError(
            f"There is no snapshot {words!r} in the workspace {store.workspace!r}.",
            advice="A point is a round (7), before a round (7^), a snapshot, `start` or `now`.",
        )
    return int(row[0])


def check_kept(store: Store, point: int, words: str) -> None:
    """Raises NotThereError if the limit of history has dropped a point."""
    (is_kept,) = store.file.connection.execute(
        "SELECT :point = 0 OR :point >= operation"
        " OR EXISTS (SELECT 1 FROM snapshots WHERE scope = :scope AND point = :point) FROM dropped",
        {"point": point, "scope": store.scope},
    ).fetchone()
    if not is_kept:
        raise NotThereError(
            f"History does not go back to {words} any more.",
            advice="Its limit is `history` in dify-emulator.yaml; "
            "what a snapshot names is never dropped.",
        )


def in_words(words: str) -> str:
    """A point as it is called in a sentence."""
    if found := _ROUND.fullmatch(words):
        return f"before round {found[1]}" if found[2] else f"round {words}"
    return {START: "the start", NOW: "now"}.get(words, f"the snapshot {words!r}")


def check_name(name: str) -> None:
    """Refuse names for snapshots that mean other points. Raises UsageError."""
    if name in ("", START, NOW) or _ROUND.fullmatch(name):
        raise UsageError(
            f"A snapshot cannot be called {name!r}.",
            advice="Numbers (also N^), `start` and `now` are points already.",
        )


def _round_point(store: Store, number: int, *, before: bool) -> int:
    db = store.file.connection
    row = db.execute(
        "SELECT workspace, plugin, first_operation, last_operation FROM rounds"
        " JOIN scopes ON scopes.id = scope WHERE rounds.id = ?",
        (number,),
    ).fetchone()
    if row is None:
        check_there(db, number)
    workspace, plugin, first, last = row
    if plugin != store.plugin:
        raise of_another_plugin(number, plugin, store.plugin)
    if workspace != store.workspace:
        raise NotThereError(
            f"Round {number} ran in the workspace {workspace!r}.", advice=f"Use -w {workspace}."
        )
    if before:
        return int(first) - 1
    if last is not None:
        return int(last)
    # It still runs, or whoever ran it was killed: as far as it has come.
    (last,) = db.execute(
        "SELECT coalesce(max(id), ?) FROM operations WHERE id >= ? AND round = ?",
        (first - 1, first, number),
    ).fetchone()
    return int(last)
