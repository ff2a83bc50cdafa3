"""Whether a state file holds together: what a database with foreign keys would see to, and more."""

import sqlite3

_DANGLING = (
    "SELECT 'entry of no scope', key FROM entries WHERE scope NOT IN (SELECT id FROM scopes)",
    "SELECT 'entry without its blob', key FROM entries WHERE blob NOT IN (SELECT id FROM blobs)",
    "SELECT 'entry by no operation', key FROM entries"
    " WHERE operation NOT IN (SELECT id FROM operations)",
    "SELECT 'entry that was removed', key FROM entries JOIN removed USING (scope, key)",
    "SELECT 'removed by no operation', key FROM removed WHERE operation > :line"
    " AND operation NOT IN (SELECT id FROM operations)",
    "SELECT 'change of no operation', operation FROM changes"
    " WHERE operation NOT IN (SELECT id FROM operations)",
    "SELECT 'change without what was before', operation FROM changes"
    " WHERE before NOT IN (SELECT id FROM blobs)",
    "SELECT 'change without what came after', operation FROM changes"
    " WHERE after NOT IN (SELECT id FROM blobs)",
    "SELECT 'change before itself', operation FROM changes WHERE previous >= operation",
    "SELECT 'change that is missed', operation FROM changes WHERE previous > :line"
    " AND NOT EXISTS (SELECT 1 FROM changes AS earlier"
    "  WHERE earlier.operation = changes.previous AND earlier.key = changes.key)",
    "SELECT 'operation of no scope', id FROM operations WHERE scope NOT IN (SELECT id FROM scopes)",
    "SELECT 'operation of no round', id FROM operations"
    " WHERE round IS NOT NULL AND round NOT IN (SELECT id FROM rounds)",
    "SELECT 'operation at no place', id FROM operations"
    " WHERE place IS NOT NULL AND place NOT IN (SELECT id FROM places)",
    "SELECT 'file of no round', round FROM round_files WHERE round NOT IN (SELECT id FROM rounds)",
    "SELECT 'file without its blob', round FROM round_files"
    " WHERE blob NOT IN (SELECT id FROM blobs)",
    "SELECT 'snapshot of no scope', name FROM snapshots WHERE scope NOT IN (SELECT id FROM scopes)",
)

_LEFT_OVER = (
    "SELECT 'blob', id FROM blobs WHERE id != 0"
    " AND id NOT IN (SELECT blob FROM entries UNION SELECT blob FROM round_files"
    "  UNION SELECT before FROM changes WHERE before IS NOT NULL"
    "  UNION SELECT after FROM changes WHERE after IS NOT NULL)",
    "SELECT 'change', changes.operation FROM changes JOIN operations ON operations.id = operation"
    " WHERE operation <= :line AND NOT EXISTS (SELECT 1 FROM snapshots"
    "  WHERE snapshots.scope = operations.scope AND point < operation"
    "  AND point >= coalesce(previous, 0))",
    "SELECT 'operation', id FROM operations AS this WHERE id <= :line"
    " AND NOT EXISTS (SELECT 1 FROM changes WHERE operation = id)"
    " AND NOT EXISTS (SELECT 1 FROM entries WHERE operation = id)"
    " AND EXISTS (SELECT 1 FROM operations AS later"
    "  WHERE later.scope = this.scope AND later.id > this.id AND later.id <= :line)",
    "SELECT 'round', id FROM rounds WHERE id <= :round"
    " AND NOT EXISTS (SELECT 1 FROM operations WHERE round = rounds.id)",
    "SELECT 'what a round said', id FROM rounds WHERE id <= :round AND messages IS NOT NULL",
    "SELECT 'file', round FROM round_files WHERE round <= :round",
    "SELECT 'removed key', max(key) FROM removed WHERE operation <= :line"
    " GROUP BY scope HAVING count(*) > 1",
)


def check_whole(db: sqlite3.Connection) -> None:
    """Whatever is referred to is there, at any time."""
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert _rows(db, _DANGLING) == []


def check_cleared(db: sqlite3.Connection) -> None:
    """Nothing is left of what the limit of history has dropped, but what is still needed."""
    assert db.execute("SELECT cleared = causes FROM dropped").fetchone() == (1,)
    assert _rows(db, _LEFT_OVER) == []


def _rows(db: sqlite3.Connection, statements: tuple[str, ...]) -> list[tuple[object, ...]]:
    line, round = db.execute("SELECT operation, round FROM dropped").fetchone()
    numbers = {"line": line, "round": round}
    return [row for statement in statements for row in db.execute(statement, numbers)]
