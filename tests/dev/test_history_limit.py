"""History is kept within its limit while calls go on, and none of them hears of it."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import httpx
import pytest

from emulator.dev import history_keeper
from emulator.dev.history_keeper import HistoryKeeper
from emulator.errors import EmulatorError
from emulator.workspace.limit import HistoryLimit
from emulator.workspace.state_file import StateFile
from tests.dev.served import served
from tests.support.memory import memory_at
from tests.support.plugin import write_plugin, write_yaml
from tests.support.state_check import check_cleared, check_whole
from tests.support.stored import stored
from tests.support.waiting import wait_until

ADD = """
number = values["number"]
storage.set(f"added/{number}", number.encode() * 10)
return Response(number)
"""


@pytest.mark.slow
def test_a_dev_under_load_loses_no_call_and_stays_within_the_limit(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path / "plugin", endpoints={"GET /add/<number>": ADD})
    write_yaml(folder / "dify-emulator.yaml", {"history": {"rounds": 20}})
    with served(folder) as plugin, contextlib.closing(state_of(plugin.dev.state)) as file:
        numbers, has_cut = count(), threading.Event()

        def call() -> int:
            made = 0
            with httpx.Client(trust_env=False, timeout=60) as client:
                while not has_cut.is_set():
                    number = next(numbers)
                    answer = client.get(plugin.dev.endpoint_url(f"/add/{number}"))
                    assert (answer.status_code, answer.text) == (200, str(number))
                    made += 1
            return made

        with ThreadPoolExecutor(4) as pool:
            calls = [pool.submit(call) for _ in range(4)]
            try:
                wait_until(lambda: kept(file)[0] > 0)
            finally:
                has_cut.set()
            made = sum(each.result() for each in calls)
        assert made > 50
        wait_until(lambda: kept(file)[1] <= 22)
        wait_until(lambda: len(plugin.dev.events("round")) == made)
        assert plugin.dev.events("refused") == []
        numbers_kept = {f"added/{number}": b"%d" % number * 10 for number in range(made)}
        assert stored(plugin.dev.state) == numbers_kept
        wait_until(lambda: is_cleared(file))
        check_whole(file.connection)
        check_cleared(file.connection)
        assert plugin.dev.stop() == 130


def state_of(state: Path) -> StateFile:
    return StateFile(state / "state.db")


def kept(file: StateFile) -> tuple[int, int]:
    """The last round that was dropped, and how many there are after it."""
    row = file.connection.execute(
        "SELECT round, (SELECT coalesce(max(id), 0) FROM rounds) - round FROM dropped"
    ).fetchone()
    return int(row[0]), int(row[1])


def is_cleared(file: StateFile) -> bool:
    (cleared,) = file.connection.execute("SELECT cleared = causes FROM dropped").fetchone()
    return bool(cleared)


def test_a_failure_is_told_once_and_the_next_time_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_keeper, "_WAIT_SECONDS", 0)
    memory = memory_at(tmp_path)
    for _ in range(3):
        memory.round()
    memory.age()
    in_the_way = tmp_path / "clearing.lock"
    in_the_way.mkdir()
    tries: list[None] = []
    told: list[EmulatorError] = []

    def limit() -> HistoryLimit:
        tries.append(None)
        return HistoryLimit(rounds=1)

    keeper = HistoryKeeper(memory.store.file.path, limit, told.append)
    keeper.start()
    keeper.ask()
    wait_until(lambda: len(tries) == 1)
    keeper.ask()
    wait_until(lambda: len(tries) == 2)
    in_the_way.rmdir()
    keeper.ask()
    wait_until(lambda: kept(memory.store.file) == (2, 1))
    keeper.stop()
    wait_until(lambda: "history keeper" not in [each.name for each in threading.enumerate()])
    assert [error.message for error in told] == [f"{in_the_way}: Is a directory."]
