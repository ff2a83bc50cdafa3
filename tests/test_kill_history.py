"""kill -9 in the middle of a rewind, an undo, a clearing: memory is as before it or as after it."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from itertools import count
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from emulator.dify.filling import reset, seed
from emulator.workspace import snapshots
from emulator.workspace.history import now, rewind_to, undo
from emulator.workspace.limit import HistoryLimit, keep_within
from emulator.workspace.points import find_point
from emulator.workspace.state_file import StateFile
from tests.support.memory import Memory
from tests.support.state_check import check_cleared, check_whole

KILLS = 15
SECONDS = 0.15
"""From the first step on; as long as a few steps take."""

# A rewind from one to the other changes, removes and adds some hundred keys.
_ALL = {f"k/{number}": b"%d" % number for number in range(2000)}
_MORE = {f"k/{number}": b"%d!" % number for number in (*range(500, 800), *range(3000, 3200))}
STATES = {"one": _ALL, "two": {key: _ALL[key] for key in _ALL if key[:4] != "k/19"} | _MORE}
ROUNDS = 5


def go_back_and_forth(memory: Memory) -> Iterator[None]:
    while True:
        for name in STATES:
            rewind_to(memory.store, name)
            yield


def take_back(memory: Memory) -> Iterator[None]:
    while True:
        for name in STATES:
            rewind_to(memory.store, name)
        for _ in STATES:
            undo(memory.store)
            yield


def make_rounds_and_drop_them(memory: Memory) -> Iterator[None]:
    for number in count():
        rewind_to(memory.store, list(STATES)[number % 2])
        round = memory.begin()
        memory.make(("set", "round", b"%d" % round), round=round)
        memory.finish(round)
        memory.age()
        keep_within(memory.store.file, HistoryLimit(rounds=ROUNDS), lambda _: False)
        yield


@pytest.mark.slow
@pytest.mark.parametrize("steps", [go_back_and_forth, take_back, make_rounds_and_drop_them])
def test_a_kill_leaves_what_was_before_or_what_comes_after(
    tmp_path: Path, steps: Callable[[Memory], Iterator[None]]
) -> None:
    path = tmp_path / "state.db"
    make(path)
    chance = random.Random(steps.__name__)
    for _ in range(KILLS):
        started = get_context("fork").Event()
        process = get_context("fork").Process(target=take, args=(path, steps, started))
        process.start()
        assert started.wait(20)
        time.sleep(chance.uniform(0, SECONDS))
        process.kill()
        process.join()
        assert process.exitcode == -9
        with opened(path) as memory:
            check(memory)


def make(path: Path) -> None:
    with opened(path) as memory:
        seed(memory.storage, _ALL, "all", replace=False)
        snapshots.save(memory.store, "one")
        reset(memory.storage, "k/19")
        seed(memory.storage, _MORE, "more", replace=False)
        snapshots.save(memory.store, "two")


def take(path: Path, steps: Callable[[Memory], Iterator[None]], started: Event) -> None:
    with opened(path) as memory:
        for _ in steps(memory):
            started.set()


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Memory]:
    with contextlib.closing(StateFile(path)) as file:
        yield Memory(file)


def check(memory: Memory) -> None:
    check_whole(memory.store.file.connection)
    assert contents(memory) == expected(memory, now(memory.store))
    ended = [each.number for each in memory.book.rounds(memory.store.scope) if each.status]
    for word in [*STATES, *(f"{number}" for number in {*ended[:1], *ended[-1:]})]:
        before = contents(memory)
        with memory.store.reading():
            point = find_point(memory.store, word)
        rewind_to(memory.store, word)
        assert contents(memory) == expected(memory, point)
        if contents(memory) != before:
            undo(memory.store)
        assert contents(memory) == before
    memory.age()
    keep_within(memory.store.file, HistoryLimit(rounds=ROUNDS), lambda _: False)
    check_cleared(memory.store.file.connection)


def contents(memory: Memory) -> tuple[dict[str, bytes], int | None]:
    return memory.values(), memory.store.allocated


def expected(memory: Memory, point: int) -> tuple[dict[str, bytes], int]:
    """What history says was there at a point: a state, and perhaps the number of a round."""
    named = {each.point: STATES[each.name] for each in snapshots.snapshots(memory.store)}
    more: dict[str, bytes] = {}
    while point not in named:
        number, op, seen, round = memory.store.file.connection.execute(
            "SELECT id, op, seen, round FROM operations WHERE id <= ? ORDER BY id DESC", (point,)
        ).fetchone()
        if op == "set":
            more, point = {"round": b"%d" % round}, number - 1
        else:
            assert op in ("rewind", "undo")
            point = seen
    values = named[point] | more
    return values, sum(map(len, values.values()))
