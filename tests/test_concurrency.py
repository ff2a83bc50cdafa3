"""Many processes on one state file."""

import threading
from multiprocessing import get_context
from pathlib import Path

from emulator.dify.storage import Storage
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store

WRITES = 200


def test_eight_writers_in_two_processes_meet_no_error(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with get_context("spawn").Pool(2) as pool:
        errors = pool.starmap(write_with_four_threads, [(path, "p"), (path, "q")])
    assert errors == [[], []]
    store = Store(StateFile(path), "default", "a/b")
    with store.reading():
        assert sum(1 for _ in store.values()) == 8 * WRITES + 1
        shared = store.file.connection.execute(
            "SELECT count(*) FROM operations WHERE key = 'shared'"
        ).fetchone()
    assert shared == (8 * WRITES,)


def write_with_four_threads(path: Path, name: str) -> list[str]:
    errors: list[str] = []

    def write(number: int) -> None:
        storage = Storage(Store(StateFile(path), "default", "a/b"), 100_000_000)
        for count in range(WRITES):
            for key in (f"{name}{number}/{count}", "shared"):
                outcome = storage.set(key, f"{name}{number}{count}".encode() * 20)
                if outcome.error:
                    errors.append(outcome.error)

    def guarded(number: int) -> None:
        try:
            write(number)
        except Exception as error:
            errors.append(repr(error))

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors
