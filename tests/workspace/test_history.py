"""Winding memory back: against a plain model, and the cases that a model hides."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.dify.storage import Storage
from emulator.workspace.effects import Effect, effects
from emulator.workspace.history import now, rewind, undo
from emulator.workspace.rounds import RoundBook, RoundResult, RoundStart
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store


class Large(bytes):
    """Kept once, however often it is stored."""

    def __repr__(self) -> str:
        return f"Large({self[:1]!r} * {len(self)})"


keys = st.sampled_from(["a", "b", "c", "d"])
values = st.sampled_from([b"", b"1", b"22", Large(b"x" * 20_000)])
calls = st.one_of(
    st.tuples(st.just("set"), keys, values), st.tuples(st.just("delete"), keys, st.none())
)
steps: st.SearchStrategy[Any] = st.one_of(
    st.tuples(st.just("round"), st.lists(calls, max_size=4)),
    st.tuples(st.just("command"), calls.map(lambda call: [call])),
    st.tuples(st.just("elsewhere"), calls.map(lambda call: [call])),
    st.tuples(st.just("undo"), st.just([])),
    st.tuples(st.just("rewind"), st.integers(0, 30)),
)

numbers = count(1)


@dataclass(frozen=True)
class State:
    """What is stored, each value with a number of its own, and Dify's count of the bytes."""

    values: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    counted: int | None = None

    def after(self, call: tuple[str, str, Any]) -> "State":
        op, key, value = call
        old, _ = self.values.get(key, (None, 0))
        if op == "set":
            stored = {**self.values, key: (value, next(numbers))}
            return State(stored, (self.counted or 0) + len(value) - len(old or b""))
        if old is None:
            return self
        left = {name: value for name, value in self.values.items() if name != key}
        return State(left, (self.counted or 0) - len(old))

    def contents(self) -> dict[str, bytes]:
        return {key: value for key, (value, _) in self.values.items()}


class Model:
    """States, and the stack of those that an undo goes back to."""

    def __init__(self) -> None:
        self.present = State()
        self.before: list[State] = []

    def make(self, calls: list[tuple[str, str, Any]]) -> None:
        start, changed = self.present, False
        for each in calls:
            after = self.present.after(each)
            changed = changed or after is not self.present
            self.present = after
        if changed:
            self.before.append(start)

    def rewind(self, state: State) -> None:
        if not is_same(state, self.present):
            self.before.append(self.present)
        self.present = state

    def undo(self) -> bool:
        if not self.before:
            return False
        self.present = self.before.pop()
        return True


def is_same(one: State, other: State) -> bool:
    """Large values are kept once, so that they are the same whenever they are equal; and the folder
    that holds the keys is there from the first of them on."""

    def seen(state: State) -> tuple[dict[str, bytes | int], bool]:
        values: dict[str, bytes | int] = {
            key: value if len(value) > 10_000 else number
            for key, (value, number) in state.values.items()
        }
        return values, state.counted is None

    return seen(one) == seen(other)


class Memory:
    """The real thing: a storage in a state file, changed by rounds or from outside of any."""

    def __init__(self, file: StateFile, workspace: str, plugin: str) -> None:
        self.storage = Storage(Store(file, workspace, plugin), None)
        self.store = self.storage.store
        self.book = RoundBook(file)

    def round(self, calls: list[tuple[str, str, Any]]) -> int:
        scope = self.store.scope
        number = self.book.begin(RoundStart(scope, "tool", "t", "u", None, {}, 1))
        self.make(calls, number)
        self.book.finish(number, RoundResult("ok"), 1)
        return number

    def make(self, calls: list[tuple[str, str, Any]], round: int | None = None) -> None:
        for op, key, value in calls:
            if op == "set":
                assert self.storage.set(key, value, round).error is None
            else:
                self.storage.delete(key, round)

    def contents(self) -> dict[str, bytes]:
        with self.store.reading():
            entries = [each for each in self.store.starting_with("") if not each.is_folder]
            return {entry.key: self.store.read(entry) for entry in entries}

    def counted(self) -> int | None:
        with self.store.reading():
            return self.store.allocated


def holds(memory: Memory, state: State) -> bool:
    return (memory.contents(), memory.counted()) == (state.contents(), state.counted)


@pytest.fixture(scope="module")
def shared_file() -> Iterator[StateFile]:
    with tempfile.TemporaryDirectory() as folder:
        file = StateFile(Path(folder) / "state.db")
        yield file
        file.close()


plugins = count(1)


@settings(max_examples=800, deadline=None)
@given(st.lists(steps, max_size=14))
def test_undo_and_rewind_do_what_a_stack_of_states_does(
    shared_file: StateFile, sequence: list[Any]
) -> None:
    plugin = f"a/b{next(plugins)}"
    memory = Memory(shared_file, "default", plugin)
    elsewhere = Memory(shared_file, "other", plugin)
    model, model_elsewhere = Model(), Model()
    points = [(now(memory.store), model.present)]
    for kind, argument in sequence:
        if kind == "round":
            before = model.present.contents()
            number = memory.round(argument)
            model.make(argument)
            check_effects(shared_file, number, before, model.present.contents())
        elif kind == "command":
            memory.make(argument)
            model.make(argument)
        elif kind == "elsewhere":
            elsewhere.make(argument)
            model_elsewhere.make(argument)
        elif kind == "undo":
            assert (undo(memory.store) is not None) == model.undo()
        else:
            point, state = points[argument % len(points)]
            rewind(memory.store, point)
            model.rewind(state)
        assert holds(memory, model.present), kind
        assert holds(elsewhere, model_elsewhere.present)
        points.append((now(memory.store), model.present))
    for point, state in points:
        rewind(memory.store, point)
        assert holds(memory, state)


def check_effects(
    file: StateFile, number: int, before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    told = effects(file, number)
    assert [each.key for each in told] == sorted({each.key for each in told})
    for each in told:
        assert (each.before, each.after) == (before.get(each.key), after.get(each.key))
    changed = {key for key in before | after if before.get(key) != after.get(key)}
    assert changed <= {each.key for each in told}


@pytest.fixture
def memory(state_file: StateFile) -> Memory:
    return Memory(state_file, "default", "a/b")


def test_undo_takes_back_one_round_after_the_other(memory: Memory) -> None:
    first = memory.round([("set", "k", b"1"), ("set", "other", b"x")])
    second = memory.round([("set", "k", b"2")])
    undone = undo(memory.store)
    assert undone
    assert (undone.round, undone.keys) == (second, 1)
    assert memory.contents() == {"k": b"1", "other": b"x"}
    undone = undo(memory.store)
    assert undone
    assert (undone.round, undone.keys) == (first, 2)
    assert (memory.contents(), memory.counted()) == ({}, None)
    assert undo(memory.store) is None


def test_a_round_that_took_back_its_own_change_does_not_hold_up_undo(memory: Memory) -> None:
    first = memory.round([("set", "k", b"1")])
    second = memory.round([("set", "brief", b"2"), ("delete", "brief", None)])
    numbers = [undone.round for _ in range(2) if (undone := undo(memory.store))]
    assert numbers == [second, first]
    assert memory.contents() == {}


def test_undo_of_a_rewind_gives_back_what_was_before(memory: Memory) -> None:
    start = now(memory.store)
    memory.round([("set", "k", b"1")])
    memory.round([("set", "k", b"2"), ("set", "m", b"3")])
    rewind(memory.store, start)
    assert (memory.contents(), memory.counted()) == ({}, None)
    undone = undo(memory.store)
    assert undone
    assert (undone.op, undone.round) == ("rewind", None)
    assert (memory.contents(), memory.counted()) == ({"k": b"2", "m": b"3"}, 2)


def test_after_an_undo_new_rounds_are_undone_before_older_ones(memory: Memory) -> None:
    memory.round([("set", "k", b"1")])
    memory.round([("set", "k", b"2")])
    undo(memory.store)
    memory.round([("set", "k", b"3")])
    undo(memory.store)
    assert memory.contents() == {"k": b"1"}
    undo(memory.store)
    assert memory.contents() == {}
    assert undo(memory.store) is None


def test_an_undone_round_can_be_had_again_by_rewinding_to_it(memory: Memory) -> None:
    memory.round([("set", "k", b"1")])
    point = now(memory.store)
    undo(memory.store)
    rewind(memory.store, point)
    assert memory.contents() == {"k": b"1"}


def test_rounds_that_only_read_are_no_steps(memory: Memory) -> None:
    memory.round([("set", "k", b"1")])
    reading = memory.book.begin(RoundStart(memory.store.scope, "tool", "t", "u", None, {}, 1))
    memory.storage.get("k", reading)
    memory.book.finish(reading, RoundResult("ok"), 1)
    undo(memory.store)
    assert memory.contents() == {}


def test_a_round_without_an_end_is_a_step_all_the_same(memory: Memory) -> None:
    memory.make([("set", "k", b"0")])
    memory.make([("set", "k", b"1"), ("set", "k", b"2")], begin(memory))  # its emulator was killed
    undo(memory.store)
    assert memory.contents() == {"k": b"0"}


def begin(memory: Memory) -> int:
    return memory.book.begin(RoundStart(memory.store.scope, "tool", "t", "u", None, {}, 1))


def test_folders_come_back_with_what_is_below_them(memory: Memory) -> None:
    memory.round([("set", "f/x/1", b"1"), ("set", "f/2", b"2"), ("set", "k", b"3")])
    point, count = now(memory.store), memory.counted()
    memory.round([("delete", "f", None)])
    assert memory.contents() == {"k": b"3"}
    memory.round([("set", "f", b"now a value")])
    rewind(memory.store, point)
    assert memory.contents() == {"f/x/1": b"1", "f/2": b"2", "k": b"3"}
    assert memory.counted() == count
    assert memory.storage.exist("f/x").found
    assert memory.storage.set("f/x", b"").error  # a folder again, and Dify refuses that
    undo(memory.store)
    assert memory.contents() == {"f": b"now a value", "k": b"3"}
    undo(memory.store)
    undo(memory.store)
    assert memory.contents() == {"f/x/1": b"1", "f/2": b"2", "k": b"3"}


def test_a_folder_that_became_a_value_is_an_effect(memory: Memory, state_file: StateFile) -> None:
    memory.round([("set", "f/x", b"1")])
    number = memory.round([("delete", "f", None), ("set", "f", b"2")])
    assert effects(state_file, number) == [
        Effect("f", None, b"2"),
        Effect("f/x", b"1", None),
    ]


def test_a_value_over_the_quota_is_stored_and_can_be_undone(state_file: StateFile) -> None:
    storage = Storage(Store(state_file, "default", "a/b"), 10)
    storage.set("k", b"12345")
    assert storage.set("k", b"x" * 100).error
    undo(storage.store)
    assert storage.get("k").value == b"12345"
    assert storage.store.allocated == 5


def test_undo_and_rewind_are_in_history_as_operations(memory: Memory) -> None:
    memory.round([("set", "k", b"1")])
    undone = undo(memory.store)
    assert undone
    again = rewind(memory.store, undone.operation - 1).operation
    rows = memory.store.file.connection.execute(
        "SELECT id, op, round FROM operations ORDER BY id DESC LIMIT 2"
    ).fetchall()
    assert rows == [(again, "rewind", None), (undone.operation, "undo", None)]
    with memory.store.reading():
        assert [value.round for value in memory.store.values()] == [None]
