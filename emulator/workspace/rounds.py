"""Rounds in the state file: begun before the plugin is asked, finished when it has answered."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.errors import NotThereError
from emulator.workspace.blobs import keep_blob
from emulator.workspace.layout import FOLDER
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store

_LARGEST_NUMBER = 2**63 - 1
"""Of SQLite's."""

OPERATIONS_OF_ROUND = (
    "operations.id >= first_operation"
    f" AND operations.id <= coalesce(last_operation, {_LARGEST_NUMBER})"
    " AND operations.round = rounds.id"
)
"""A condition in SQL. Operations have no index of their rounds: it searches a range of them."""


@dataclass(slots=True)
class RoundStart:
    """What a round is, known before it runs."""

    scope: int
    kind: str
    target: str
    user_id: str
    conversation_id: str | None
    inputs: dict[str, Any]
    """What it was called with, without secrets, so that it can be called so again."""
    generation: int
    code: str | None = None
    """A digest of the plugin's code."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Contents of the files that were given to it, by their paths."""


@dataclass(slots=True)
class RoundResult:
    """What became of a round."""

    status: str
    messages: list[Any] = field(default_factory=list)
    error: dict[str, Any] | None = None
    notes: list[dict[str, str]] = field(default_factory=list)
    logs: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """What can be said of a round without reading all of it."""

    number: int
    kind: str
    target: str
    user_id: str
    conversation_id: str | None
    status: str | None
    """None: it still runs, or its emulator was killed."""
    started_at: int
    """Microseconds since 1970, UTC."""
    duration_us: int | None
    generation: int
    keys_read: int
    keys_written: int


class RoundBook:
    """The rounds of a state file."""

    def __init__(self, file: StateFile) -> None:
        self._file = file

    def begin(self, start: RoundStart) -> int:
        """Note that a round begins; gives its number."""
        with self._file.transaction() as db:
            files = {path: keep_blob(db, content) for path, content in start.files.items()}
            number = db.execute(
                "INSERT INTO rounds (scope, first_operation, kind, target, user_id,"
                " conversation_id, inputs, started_at, generation, code)"
                " VALUES (?, (SELECT coalesce(max(id), 0) + 1"
                " FROM operations), ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    start.scope,
                    start.kind,
                    start.target,
                    start.user_id,
                    start.conversation_id,
                    _json({**start.inputs, "files": files} if files else start.inputs),
                    time.time_ns() // 1000,
                    start.generation,
                    start.code,
                ),
            ).lastrowid
            assert number is not None
            db.executemany(
                "INSERT OR IGNORE INTO round_files VALUES (?, ?)",
                [(number, blob) for blob in files.values()],
            )
        return number

    def finish(self, number: int, result: RoundResult, duration_us: int, store: Store) -> None:
        """Keep what became of the round, and the reads in its store that wait to be written."""
        with store.transaction():
            self._file.connection.execute(
                "UPDATE rounds SET last_operation = (SELECT max(id) FROM operations), status = ?,"
                " messages = ?, error = ?, notes = ?, logs = ?, duration_us = ? WHERE id = ?",
                (
                    result.status,
                    _json(result.messages),
                    _json(result.error),
                    _json(result.notes),
                    _json(result.logs),
                    duration_us,
                    number,
                ),
            )

    def add_note(self, number: int, note: dict[str, str]) -> None:
        """Add a note to a finished round: something happened after its end."""
        with self._file.transaction() as db:
            db.execute(
                "UPDATE rounds SET notes = json_insert(coalesce(notes, '[]'), '$[#]', json(?))"
                " WHERE id = ?",
                (_json(note), number),
            )

    def show(self, number: int, plugin: str | None = None) -> dict[str, Any]:
        """One round as a document: the contract's fields for ``run --json``.

        Raises NotThereError, also if it was not a round of ``plugin``. A round that was never
        finished (its emulator was killed) has the status ``crashed``.
        """
        with self._file.reading() as db:
            check_there(db, number)
            row = db.execute(
                "SELECT plugin, kind, target, workspace, user_id, conversation_id, status,"
                " messages, error, notes, logs, started_at, duration_us, generation FROM rounds"
                " JOIN scopes ON scopes.id = scope WHERE rounds.id = ?",
                (number,),
            ).fetchone()
            operations = db.execute(
                "SELECT op, key, outcome, message, size_before, size_after FROM operations, rounds"
                f" WHERE rounds.id = ? AND {OPERATIONS_OF_ROUND} ORDER BY operations.id",
                (number,),
            ).fetchall()
        (owner, kind, target, workspace, user_id, conversation_id, status, *documents) = row
        if plugin not in (None, owner):
            raise of_another_plugin(number, owner, plugin)
        messages, error, notes, logs, started_at, duration_us, generation = documents
        names = ("op", "key", "outcome", "message", "size_before", "size_after")
        return {
            "round": number,
            "kind": kind,
            "target": target,
            "workspace": workspace,
            "user_id": user_id,
            "conversation_id": conversation_id,
            "status": status or "crashed",
            "messages": json.loads(messages or "[]"),
            "error": json.loads(error or "null"),
            "operations": [dict(zip(names, row, strict=True)) for row in operations],
            "notes": json.loads(notes or "[]"),
            "logs": json.loads(logs or "[]"),
            "started_at": iso_time(started_at),
            "duration_ms": None if duration_us is None else duration_us / 1000,
            "generation": generation,
        }

    def places(self, number: int) -> list[str | None]:
        """Where in the plugin's code a round's operations were called, in their order."""
        with self._file.reading() as db:
            rows = db.execute(
                f"SELECT text FROM rounds JOIN operations ON {OPERATIONS_OF_ROUND}"
                " LEFT JOIN places ON places.id = place"
                " WHERE rounds.id = ? ORDER BY operations.id",
                (number,),
            )
            return [place for (place,) in rows]

    def rounds(self, scope: int) -> Iterator[RoundSummary]:
        """All of a store, the latest first; one view of the file for as long as it is read."""
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT rounds.id, kind, target, user_id, conversation_id, status, started_at,"
                " duration_us, generation,"
                " (SELECT count(DISTINCT key) FROM operations WHERE op IN ('get', 'exist')"
                f"  AND outcome = 'ok' AND {OPERATIONS_OF_ROUND}),"
                " (SELECT count(DISTINCT changes.key) FROM operations"
                "  JOIN changes ON changes.operation = operations.id"
                f"  WHERE coalesce(nullif(before, {FOLDER}), nullif(after, {FOLDER})) IS NOT NULL"
                f"  AND {OPERATIONS_OF_ROUND})"
                " FROM rounds WHERE scope = ? AND rounds.id > (SELECT round FROM dropped)"
                " ORDER BY rounds.id DESC",
                (scope,),
            )
            for row in rows:
                yield RoundSummary(*row)


def check_there(db: sqlite3.Connection, number: int) -> None:
    """Raises NotThereError if there is no such round, or the limit of history has dropped it."""
    if number > _LARGEST_NUMBER:
        raise NotThereError(f"There is no round {number}.")
    is_there, is_dropped = db.execute(
        "SELECT EXISTS (SELECT 1 FROM rounds WHERE id = :number),"
        " (SELECT :number BETWEEN 1 AND round FROM dropped)",
        {"number": number},
    ).fetchone()
    if is_dropped:
        raise NotThereError(
            f"Round {number} is no longer in history.",
            advice="Its limit is `history` in dify-emulator.yaml.",
        )
    if not is_there:
        raise NotThereError(f"There is no round {number}.")


def of_another_plugin(number: int, owner: str, plugin: str) -> NotThereError:
    """What is said of a round that this plugin has nothing to do with."""
    return NotThereError(f"Round {number} was one of {owner}, not of {plugin}.")


def iso_time(microseconds: int) -> str:
    """ISO 8601 in UTC, to the microsecond."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:06d}Z"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
