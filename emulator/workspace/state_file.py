"""Opening the state file: made if missing, refused if it is not ours, damaged or newer."""

import contextlib
import fcntl
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

from emulator.errors import StateFileError
from emulator.workspace.layout import APPLICATION_ID, SCHEMA_VERSION

_BUSY_SECONDS = 60
"""How long one process waits for another's write. A write takes far below a second."""

_CHECKED_BYTES = 8 * 1024 * 1024
"""Files up to here are checked page by page when they are opened (2 ms a MiB); damage in a larger
one is reported when SQLite meets it."""

_LOOKS = 5
"""How often a file is looked at that others are writing to, before it is called damaged."""

_HEADER = b"SQLite format 3\x00"

_opening = threading.Lock()
_open: "weakref.WeakSet[StateFile]" = weakref.WeakSet()
"""The files that this process has open."""


class StateFile:
    """One open state file. May be shared by threads; processes open their own."""

    def __init__(self, path: Path) -> None:
        """Open ``path``, making it and its folder if they are missing.

        Raises StateFileError, and leaves the file untouched, if it cannot be used.
        """
        self.path = path
        self.lock = threading.RLock()
        with refusing(path), _opening:
            if not path.exists():
                _make(path)
            if not self._is_open_already():
                self._check_untouched()
            self.connection = _connect(path)
            try:
                self._check_content()
            except BaseException:
                self.connection.close()
                raise
            self._identity = _identity(path)
            _open.add(self)

    def transaction(self) -> "Transaction":
        """Everything inside happens, or nothing. Waits for other writers; never half done."""
        return Transaction(self)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One view of the file, whatever others write meanwhile."""
        self.begin_reading()
        try:
            yield self.connection
        except BaseException as error:
            self.end_reading(error)
            raise
        self.end_reading(None)

    def begin_reading(self) -> None:
        """What :meth:`reading` does first, for whoever cannot afford a generator."""
        self.lock.acquire()
        try:
            self.connection.execute("BEGIN")
        except sqlite3.Error as error:
            self.lock.release()
            raise refused(self.path, error) from error

    def end_reading(self, error: BaseException | None) -> None:
        """What :meth:`reading` does last. Tells what SQLite has met as a StateFileError."""
        try:
            self.connection.execute("COMMIT")
        finally:
            self.lock.release()
        if isinstance(error, sqlite3.Error):
            raise refused(self.path, error) from error

    def close(self) -> None:
        """Close the file. What was acknowledged is in it already."""
        with self.lock, _opening:
            self.connection.close()
            _open.discard(self)

    def _is_open_already(self) -> bool:
        """Whether this process has the file open, and has looked at it then.

        To open and close it beside SQLite would take away the locks that SQLite has on it: POSIX
        forgets all that a process has on a file when it closes one descriptor of it. Another
        process would then take itself for the last, and delete the log that is still written to.
        """
        identity = _identity(self.path)
        return any(other._identity == identity for other in _open)

    def _check_untouched(self) -> None:
        """Look at the file without SQLite's locks, which would be written beside it."""
        for _ in range(_LOOKS):
            before = self.path.stat().st_mtime_ns
            try:
                self._check_header()
                return
            except (StateFileError, sqlite3.DatabaseError):
                # Another process may have written its log into the file just now.
                if not self._wal_waits() and self.path.stat().st_mtime_ns == before:
                    raise
        self._check_header()

    def _wal_waits(self) -> bool:
        wal = _beside(self.path, "-wal")
        return wal.exists() and wal.stat().st_size > 0

    def _check_header(self) -> None:
        with self.path.open("rb") as file:
            header = file.read(100)
        if not header:
            raise _refusal(self.path, "is empty, so it is not a state file of dify-emulator")
        if not header.startswith(_HEADER):
            raise _refusal(self.path, "is not an SQLite file, so it is not a state file")
        if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
            raise _refusal(self.path, "is an SQLite file of another program")
        whole = int.from_bytes(header[16:18], "big") * int.from_bytes(header[28:32], "big")
        if self._wal_waits():
            return
        if self.path.stat().st_size < whole:
            raise _refusal(self.path, "is cut short: its header says that it was larger")
        if whole <= _CHECKED_BYTES:
            self._check_pages()

    def _check_pages(self) -> None:
        # `immutable` keeps SQLite from writing anything, also beside a file that is damaged.
        uri = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if result != "ok":
            raise _refusal(self.path, f"is damaged: {result}")

    def _check_content(self) -> None:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise StateFileError(
                f"{self.path}: written by a newer dify-emulator "
                f"(state version {version}, this one knows {SCHEMA_VERSION}).",
                advice="Upgrade dify-emulator, or use another folder with --state-dir.",
            )
        if version < SCHEMA_VERSION:
            with _alone(self.path):
                _migrate(self.connection)


class Transaction:
    """A write transaction of a state file, as a context.

    The write lock is taken at once: a transaction that began by reading could not wait for it
    (SQLite answers SQLITE_BUSY without waiting when a reader wants to become a writer). A class,
    because every storage call goes through it: contextlib's generators cost three times as much.
    """

    __slots__ = ("_file",)

    def __init__(self, file: StateFile) -> None:
        self._file = file

    def __enter__(self) -> sqlite3.Connection:
        self._file.lock.acquire()
        try:
            self._file.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._file.lock.release()
            raise refused(self._file.path, error) from error
        return self._file.connection

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        connection = self._file.connection
        try:
            if error is None:
                connection.execute("COMMIT")
        except sqlite3.Error as failure:
            error = failure
        finally:
            # A full disk makes SQLite roll back by itself.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._file.lock.release()
        if isinstance(error, sqlite3.Error):
            raise refused(self._file.path, error) from error


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def prepare_state_dir(folder: Path) -> None:
    """Make the folder that state is kept in, with a .gitignore of everything."""
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")


def _make(path: Path) -> None:
    prepare_state_dir(path.parent)
    with _alone(path):
        if path.exists():
            return
        # Made under another name and moved: nobody ever sees a file without its tables.
        unfinished = _beside(path, ".new")
        for name in (unfinished, _beside(unfinished, "-wal"), _beside(unfinished, "-shm")):
            name.unlink(missing_ok=True)
        connection = _connect(unfinished)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode = WAL")
        _migrate(connection)
        connection.close()
        _put_aside_orphans(path)
        unfinished.rename(path)


def _put_aside_orphans(path: Path) -> None:
    """SQLite would take the log of a file that was deleted for the log of the new one."""
    wal = _beside(path, "-wal")
    if wal.exists():
        wal.rename(_beside(wal, ".orphan"))
    _beside(path, "-shm").unlink(missing_ok=True)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _connect(path: Path) -> sqlite3.Connection:
    # Threads share the connection under StateFile's lock; transactions are begun by hand.
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    # With WAL, NORMAL loses nothing when a process is killed; FULL only guards against power cuts
    # and costs one fsync a write.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -16000")
    # A checkpoint syncs twice, in the middle of somebody's write: every 16 MB instead of every 4.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    from emulator.workspace.schema import migrate

    migrate(connection)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Only one process at a time makes or migrates a file."""
    with path.with_name("lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Tell what SQLite and the file system say about ``path`` as a StateFileError."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise refused(path, error) from error


def refused(path: Path, error: sqlite3.Error | OSError) -> StateFileError:
    """The StateFileError for what SQLite or the file system says about ``path``."""
    if isinstance(error, OSError):
        place = error.filename or path
        what = os.strerror(error.errno) if error.errno else str(error)
        return StateFileError(f"{place}: {what}.", advice="Choose another folder with --state-dir.")
    if isinstance(error, sqlite3.OperationalError):
        return _refusal(path, f"cannot be used: {error}")
    return _refusal(path, f"is damaged: {error}")


def _refusal(path: Path, why: str) -> StateFileError:
    return StateFileError(
        f"{path} {why}.",
        advice="It was left untouched. Move it away, or use another folder with --state-dir.",
    )
