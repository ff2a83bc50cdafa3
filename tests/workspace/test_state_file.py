"""The state file: made whole, refused untouched."""

import os
import sqlite3
from multiprocessing import get_context
from pathlib import Path

import pytest

from emulator.errors import StateFileError
from emulator.workspace.layout import SCHEMA_VERSION
from emulator.workspace.recording import Operation
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store


def test_a_new_state_file_brings_a_gitignore_of_everything(tmp_path: Path) -> None:
    StateFile(tmp_path / "state" / "state.db").close()
    assert (tmp_path / "state" / ".gitignore").read_text() == "*\n"


def test_an_existing_gitignore_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n")
    StateFile(tmp_path / "state.db").close()
    assert (tmp_path / ".gitignore").read_text() == "mine\n"


def test_the_file_is_in_wal_mode_and_its_header_says_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    StateFile(path).close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA application_id").fetchone() == (0x44466D45,)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"not a database at all\n" * 100, "is not an SQLite file"),
        (b"SQLite format 3\x00" + bytes(200), "of another program"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_untouched(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(content)
    with pytest.raises(StateFileError, match=says):
        StateFile(path)
    assert path.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == ["state.db"]


def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StateFileError, match="of another program"):
        StateFile(path)
    assert path.read_bytes() == before


def test_a_newer_file_is_refused_by_its_version(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    StateFile(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 6}")
    connection.close()
    with pytest.raises(StateFileError, match=f"state version {SCHEMA_VERSION + 6}") as refusal:
        StateFile(path)
    assert "Upgrade" in refusal.value.advice


def test_an_older_file_is_migrated_and_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    store = Store(StateFile(path), "default", "a/b")
    put(store, "k", b"kept")
    store.file.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 0")
    connection.close()
    again = Store(StateFile(path), "default", "a/b")
    assert get(again, "k") == b"kept"
    (version,) = again.file.connection.execute("PRAGMA user_version").fetchone()
    assert version == SCHEMA_VERSION


@pytest.mark.parametrize("keep", [100, 5000, 20_000])
def test_a_file_that_was_cut_short_is_refused_untouched(tmp_path: Path, keep: int) -> None:
    path = filled(tmp_path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(StateFileError, match="cut short"):
        StateFile(path)
    assert path.stat().st_size == keep


def test_a_file_with_damaged_pages_is_refused_untouched(tmp_path: Path) -> None:
    path = filled(tmp_path)
    content = bytearray(path.read_bytes())
    content[8192 : 8192 + 3000] = b"\xff" * 3000
    path.write_bytes(content)
    with pytest.raises(StateFileError, match="is damaged"):
        StateFile(path)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StateFileError, match="file"):
        StateFile(tmp_path / "file" / "state.db")


def test_what_fails_in_a_transaction_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(StateFile(tmp_path / "state.db"), "default", "a/b")
    put(store, "k", b"before")

    def fail_half_way() -> None:
        with store.transaction():
            store.put("k", b"after")
            store.put("other", b"new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert get(store, "k") == b"before"
    assert get(store, "other") is None


def test_many_processes_may_make_the_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "state" / "state.db"
    with get_context("spawn").Pool(4) as pool:
        pool.starmap(open_and_put, [(path, f"k{i}") for i in range(16)])
    store = Store(StateFile(path), "default", "a/b")
    with store.reading():
        assert [value.key for value in store.values()] == sorted(f"k{i}" for i in range(16))


def open_and_put(path: Path, key: str) -> None:
    put(Store(StateFile(path), "default", "a/b"), key, key.encode())


def filled(folder: Path) -> Path:
    path = folder / "state.db"
    store = Store(StateFile(path), "default", "a/b")
    for number in range(50):
        put(store, f"key/{number}", bytes([number]) * 1000)
    store.file.close()
    return path


def put(store: Store, key: str, value: bytes) -> None:
    with store.transaction():
        store.put(key, value)
        store.record(Operation("set", key, "ok"))


def get(store: Store, key: str) -> bytes | None:
    with store.transaction():
        entry = store.find(key)
        return store.read(entry) if entry else None


def test_the_log_of_a_deleted_file_is_put_aside_and_not_taken_for_the_new_ones(
    tmp_path: Path,
) -> None:
    path = tmp_path / "state.db"
    store = Store(StateFile(path), "default", "a/b")
    for number in range(100):
        put(store, f"old/{number}", b"x" * 2000)
    log = (tmp_path / "state.db-wal").read_bytes()
    assert log
    store.file.close()
    path.unlink()
    (tmp_path / "state.db-wal").write_bytes(log)  # as after a kill -9 and an `rm state.db`

    again = Store(StateFile(path), "default", "a/b")
    put(again, "new", b"1")
    with again.reading():
        assert [value.key for value in again.values()] == ["new"]
    assert (tmp_path / "state.db-wal.orphan").read_bytes() == log


def test_a_file_that_others_write_to_meanwhile_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path)
    looks: list[int] = []

    def look_in_the_middle_of_a_checkpoint(file: StateFile) -> None:
        looks.append(1)
        if len(looks) == 1:
            os.utime(file.path, ns=(1, 1))  # somebody has written
            raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr(StateFile, "_check_pages", look_in_the_middle_of_a_checkpoint)
    StateFile(path).close()
    assert len(looks) == 2


def test_a_file_that_is_open_twice_keeps_its_log_from_other_processes(tmp_path: Path) -> None:
    """POSIX takes away a process's locks on a file when it closes one descriptor of it."""
    path = tmp_path / "state.db"
    first = StateFile(path)
    second = StateFile(path)
    second.close()
    other = get_context("spawn").Process(target=_open_and_close, args=(path,))
    other.start()
    other.join()
    assert other.exitcode == 0
    assert path.with_name("state.db-wal").exists()
    with first.transaction() as db:
        db.execute("INSERT INTO scopes (workspace, plugin) VALUES ('kept', 'a/b')")
    first.close()
    with StateFile(path).reading() as db:
        assert db.execute("SELECT workspace FROM scopes").fetchall() == [("kept",)]


def _open_and_close(path: Path) -> None:
    StateFile(path).close()
