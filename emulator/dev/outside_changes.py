"""What other processes do to the memory of a plugin that ``dev`` serves."""

import threading
from pathlib import Path

from emulator.dev.events import OutsideChange
from emulator.errors import StateFileError
from emulator.workspace.rounds import RoundBook, RoundResult, RoundStart
from emulator.workspace.state_file import StateFile, refusing
from emulator.workspace.store import Store


class OwnRounds(RoundBook):
    """A round book that knows which rounds are this process's."""

    def __init__(self, file: StateFile) -> None:
        super().__init__(file)
        self._lock = threading.Lock()
        self._open: set[int] = set()
        self._finished: set[int] = set()

    def begin(self, start: RoundStart) -> int:
        number = super().begin(start)
        with self._lock:
            self._open.add(number)
        return number

    def finish(self, number: int, result: RoundResult, duration_us: int, store: Store) -> None:
        super().finish(number, result, duration_us, store)
        with self._lock:
            self._open.discard(number)
            self._finished.add(number)

    def take(self) -> set[int]:
        """Those that were open at some time since this was asked last."""
        with self._lock:
            taken = self._open | self._finished
            self._finished = set()
            return taken


class OutsideChanges:
    """Finds what other processes have changed of a plugin's memory since the last look."""

    def __init__(self, file: StateFile, plugin: str, rounds: OwnRounds) -> None:
        self._file, self._plugin, self._rounds = file, plugin, rounds
        self._identity = _identity(file.path)
        self._own: set[int] = set()
        self._seen = self._last()
        self._version = self._data_version()

    def is_own(self, operation: int) -> None:
        """This process has made an operation outside of any round."""
        self._own.add(operation)

    def look(self) -> list[OutsideChange]:
        """Their changes. As long as there are none this takes some microseconds.

        Raises StateFileError.
        """
        if _identity(self._file.path) != self._identity:
            raise StateFileError(
                f"{self._file.path} has been taken away: what is stored now is lost with dev.",
                advice="End dev and start it again.",
            )
        own, self._own = self._own, set()
        own_rounds = self._rounds.take()
        # In this order: what is there before the version is read is told by the version.
        last, version = self._last(), self._data_version()
        if version == self._version:
            self._seen = last
            return []
        self._version = version
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT operations.id, plugin, workspace, round, op, key, size_before, size_after"
                " FROM operations JOIN scopes ON scopes.id = scope WHERE operations.id > ?"
                " AND plugin = ?"
                " AND EXISTS (SELECT 1 FROM changes WHERE operation = operations.id)"
                " ORDER BY operations.id",
                (self._seen, self._plugin),
            ).fetchall()
            self._seen = rows[-1][0] if rows else self._seen
        own_rounds |= self._rounds.take()
        own |= self._own
        return [
            OutsideChange(*row[1:])
            for row in rows
            if row[3] not in own_rounds and row[0] not in own
        ]

    def _last(self) -> int:
        with self._file.lock, refusing(self._file.path):
            (last,) = self._file.connection.execute(
                "SELECT coalesce(max(id), 0) FROM operations"
            ).fetchone()
            return int(last)

    def _data_version(self) -> int:
        """SQLite's word for "another connection has written"; our own writes leave it alone."""
        with self._file.lock, refusing(self._file.path):
            (version,) = self._file.connection.execute("PRAGMA data_version").fetchone()
            return int(version)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
