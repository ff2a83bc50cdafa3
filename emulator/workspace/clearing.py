"""Clearing away what the limit of history has dropped, and nothing else needs.

It is done in slices that hold the write lock for some milliseconds each, with rests between them,
so that calls hardly notice. What is to go is looked up beforehand, without the lock: history below
the line only ever becomes less. At any moment everything that is referred to is there, so that a
clearing may be killed or stopped; the next one looks anew.

Of what was dropped stay
- changes that a snapshot needs: the first of each key after the snapshot's point, for they hold
  what stood there at that point;
- operations that wrote what is there now, and their rounds, without what happened in them;
- the last operation of each store, for it says how much Dify had counted.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from emulator.workspace.state_file import StateFile

Rest = Callable[[float], bool]
"""Waits for so many seconds, and says whether to stop."""

_SLICE_WEIGHT = 1000
"""Rows, or half pages of values, in one transaction."""
_RESTS = 3
"""How many times as long as a slice took others have the lock for themselves."""


@dataclass(frozen=True, slots=True)
class _Phase:
    """What is to go, each row with its weight, and how: ``OLD`` stands for one of those rows."""

    finds: str
    clears: str
    spares: str | None = None
    """Ids that have come to be needed again since they were found."""


_NEEDED = """EXISTS (
    SELECT 1 FROM operations JOIN snapshots ON snapshots.scope = operations.scope
    WHERE operations.id = changes.operation
    AND point >= coalesce(previous, 0) AND point < changes.operation
)"""

_PHASES = (
    _Phase(
        "SELECT operation, key, 1 AS weight FROM changes"
        f" WHERE operation <= :line AND NOT {_NEEDED}",
        "DELETE FROM changes WHERE operation = OLD.operation AND key = OLD.key;",
    ),
    # A snapshot needs what was there before, not what came after.
    _Phase(
        "SELECT operation, key, 1 AS weight FROM changes"
        " WHERE operation <= :line AND after IS NOT NULL",
        "UPDATE changes SET after = NULL WHERE operation = OLD.operation AND key = OLD.key;",
    ),
    _Phase(
        "SELECT id, 1 AS weight FROM operations WHERE id <= :line"
        " AND id NOT IN (SELECT operation FROM changes WHERE operation <= :line)"
        " AND id NOT IN (SELECT operation FROM entries)"
        " AND id NOT IN (SELECT max(id) FROM operations WHERE id <= :line GROUP BY scope)",
        "DELETE FROM operations WHERE id = OLD.id;",
    ),
    _Phase(
        "SELECT id, 1 AS weight FROM rounds WHERE id <= :round"
        " AND id NOT IN (SELECT round FROM operations WHERE round IS NOT NULL)",
        "DELETE FROM round_files WHERE round = OLD.id; DELETE FROM rounds WHERE id = OLD.id;",
    ),
    # Of the other rounds stays who it was.
    _Phase(
        "SELECT id, 1 AS weight FROM rounds WHERE id <= :round"
        " AND (inputs != '{}' OR messages IS NOT NULL)",
        "DELETE FROM round_files WHERE round = OLD.id;"
        " UPDATE rounds SET inputs = '{}', messages = NULL, error = NULL, notes = NULL,"
        " logs = NULL WHERE id = OLD.id;",
    ),
    # One stays of each store: it says that the store has been used.
    _Phase(
        "SELECT scope, key, operation, 1 AS weight FROM removed WHERE operation <= :line"
        " AND (scope, key) NOT IN (SELECT scope, key FROM ("
        "  SELECT scope, key, max(operation) FROM removed GROUP BY scope))",
        "DELETE FROM removed"
        " WHERE scope = OLD.scope AND key = OLD.key AND operation = OLD.operation;",
    ),
    # A large value is kept once: it may have been stored, or given to a round, again.
    _Phase(
        "SELECT id, 1 + size / 2048 AS weight FROM blobs WHERE id NOT IN ("
        " SELECT 0 UNION SELECT blob FROM entries UNION SELECT blob FROM round_files"
        " UNION SELECT before FROM changes WHERE before IS NOT NULL"
        " UNION SELECT after FROM changes WHERE after IS NOT NULL)",
        "DELETE FROM blobs WHERE id = OLD.id;",
        "SELECT after FROM changes WHERE operation > :found_at"
        " UNION ALL SELECT blob FROM round_files WHERE round > :found_in",
    ),
)


def clear(file: StateFile, rest: Rest) -> bool:
    """Clear away what has been dropped; says whether all of it is gone.

    Only one process at a time may do this. Raises StateFileError.
    """
    with file.reading() as db:
        line, round, causes = db.execute("SELECT operation, round, causes FROM dropped").fetchone()
    for phase in _PHASES:
        if not _clear_phase(file, phase, {"line": line, "round": round}, rest):
            return False
    with file.transaction() as db:
        db.execute("UPDATE dropped SET cleared = ?", (causes,))
    return True


def _clear_phase(file: StateFile, phase: _Phase, numbers: dict[str, int], rest: Rest) -> bool:
    with file.reading() as db:
        operation, round = db.execute(_LAST).fetchone()
        numbers |= {"found_at": operation, "found_in": round}
        db.execute("DROP TABLE IF EXISTS temp.going")
        db.execute(f"CREATE TEMP TABLE going AS {phase.finds}", numbers)
        # One statement clears a slice: many would wait as often for the interpreter's lock, and
        # others meanwhile for the file's.
        db.execute(f"CREATE TEMP TRIGGER gone AFTER DELETE ON going BEGIN {phase.clears} END")
        ends = [end for (end,) in db.execute(_ENDS, (_SLICE_WEIGHT,))]
    for end in ends:
        began = time.perf_counter()
        with file.transaction() as db:
            if phase.spares:
                spare = f"UPDATE going SET id = NULL WHERE rowid <= :end AND id IN ({phase.spares})"
                db.execute(spare, {**numbers, "end": end})
            db.execute("DELETE FROM going WHERE rowid <= ?", (end,))
        if rest(_RESTS * (time.perf_counter() - began)):
            return False
    return True


_LAST = """
    SELECT (SELECT coalesce(max(id), 0) FROM operations), (SELECT coalesce(max(id), 0) FROM rounds)
"""

_ENDS = """
    SELECT max(row) FROM (
        SELECT rowid AS row, sum(weight) OVER (ORDER BY rowid) / ? AS slice FROM going
    ) GROUP BY slice ORDER BY 1
"""
