"""Some stores in one state file that is opened twice, and for each what it should hold."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from emulator.dify.filling import reset, seed
from emulator.dify.keys import path_of
from emulator.dify.storage import Outcome, Storage, StorageRules
from emulator.errors import NotThereError, RefusedError, UsageError
from emulator.workspace import snapshots
from emulator.workspace.history import now, rewind, rewind_to, undo
from emulator.workspace.limit import HistoryLimit, keep_within
from emulator.workspace.rounds import RoundBook, RoundResult, RoundStart
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store
from tests.workspace.plain_history import Moment, PlainHistory, Refused, Rules, State, empty

QUOTA = 30_000
_WHERE: tuple[tuple[str, str, StorageRules], ...] = (
    ("default", "a/one", "local"),
    ("other", "a/one", "local"),
    ("default", "a/two", "object-store"),
)
STORES = len(_WHERE)
_SECONDS = 1_000_000

Step = tuple[str, tuple[Any, ...]]


@dataclass
class Round:
    number: int
    store: int
    begun: tuple[Moment, int]
    """The moment when it began, and its point."""
    operations: set[int] = field(default_factory=set)
    after: int | None = None
    """The point at its end."""


class World:
    """Every step is taken by the emulator and by the plain model, and compared."""

    def __init__(self, path: Path) -> None:
        self.files = [StateFile(path), StateFile(path)]  # as two processes have it
        self._books = [RoundBook(file) for file in self.files]
        self._storages = [
            [Storage(Store(file, *names), QUOTA, rules) for *names, rules in _WHERE]
            for file in self.files
        ]
        self._rules = [Rules(QUOTA, rules == "local") for *_, rules in _WHERE]
        self.models = [PlainHistory() for _ in _WHERE]
        self.rounds: list[Round] = []
        self.snapshots: list[dict[str, int]] = [{} for _ in _WHERE]
        self.points: dict[int, list[State]] = {}
        """What was stored at each point."""
        self._remember()

    def close(self) -> None:
        for file in self.files:
            file.close()

    def store(self, number: int, opened: int = 0) -> Store:
        return self._storages[opened][number].store

    @property
    def now(self) -> int:
        return now(self.store(0))

    @property
    def dropped(self) -> tuple[int, int]:
        """The last operation and the last round that the limit has dropped."""
        row = self.files[0].connection.execute("SELECT operation, round FROM dropped").fetchone()
        return int(row[0]), int(row[1])

    def keeps(self, store: int, point: int) -> bool:
        """Whether history has to go back to a point."""
        is_named = point in self.snapshots[store].values()
        return point == 0 or point >= self.dropped[0] or is_named

    def words(self, store: int) -> dict[str, int]:
        """What people can say for points, as far as it has to be known."""
        known = {"start": 0, "now": self.now, **self.snapshots[store]}
        for round in self.rounds:
            if round.store == store and round.number > self.dropped[1]:
                known[f"{round.number}^"] = round.begun[1]
                if round.after is not None:
                    known[f"{round.number}"] = round.after
        return known

    def take(self, step: Step) -> None:
        name, arguments = step
        getattr(self, name)(*arguments)
        self.check_present(name)
        self._remember()

    def check_present(self, after: str) -> None:
        for number, model in enumerate(self.models):
            store = self.store(number)
            with store.reading():
                contents = {
                    entry.key: None if entry.is_folder else store.read(entry)
                    for entry in store.starting_with("")
                }
                assert contents == model.state.contents(), after
                assert store.allocated == model.state.counted, after

    def _remember(self) -> None:
        self.points[self.now] = [model.state for model in self.models]

    # -- steps: rounds and what they do

    def begin(self, store: int, opened: int, files: Mapping[str, bytes]) -> None:
        begun = self.models[store].present, self.now
        scope = self.store(store).scope
        start = RoundStart(scope, "tool", "t", "u", None, {"p": 1}, 1, files=files)
        self.rounds.append(Round(self._books[opened].begin(start), store, begun))

    def whole_round(
        self, store: int, opened: int, files: Mapping[str, bytes], calls: Sequence[Step]
    ) -> None:
        self.begin(store, opened, files)
        for name, arguments in calls:
            getattr(self, name)(store, opened, -1, *arguments)
        self.finish(-1)

    def finish(self, which: int) -> None:
        running = [round for round in self.rounds if round.after is None]
        if running:
            round = running[which % len(running)]
            for opened in range(len(self.files)):
                self.store(round.store, opened).flush()
            store = self.store(round.store, 0)
            self._books[0].finish(round.number, RoundResult("ok", ["said"]), 1, store)
            round.after = self.now

    def set(self, store: int, opened: int, round: int | None, key: str, value: bytes) -> None:
        self._call(
            store,
            self._running(store, round),
            lambda number: self._storages[opened][store].set(key, value, number, "tools/t.py:1"),
            lambda state, number: self._rules[store].put(state, path_of(key), value, number),
        )

    def delete(self, store: int, opened: int, round: int | None, key: str) -> None:
        self._call(
            store,
            self._running(store, round),
            lambda number: self._storages[opened][store].delete(key, number),
            lambda state, _: self._rules[store].delete(state, path_of(key)),
        )

    def get(self, store: int, opened: int, round: int | None, key: str) -> None:
        running = self._running(store, round)
        outcome = self._storages[opened][store].get(key, running.number if running else None)
        expected = self.models[store].state.values().get(path_of(key))
        assert (None if outcome.error else outcome.value) == expected

    def _call(
        self,
        store: int,
        running: Round | None,
        make: Callable[[int | None], Outcome],
        expect: Callable[[State, int], State],
    ) -> None:
        outcome = make(running.number if running else None)
        model, number = self.models[store], self.now
        try:
            state, is_refused = expect(model.state, number), False
        except Refused as refused:
            state, is_refused = refused.state, True
        assert (outcome.error is not None) == is_refused
        model.becomes(state, number, running.begun if running else None)
        if running:
            running.operations.add(number)

    def _running(self, store: int, which: int | None) -> Round | None:
        running = [each for each in self.rounds if each.store == store and each.after is None]
        return running[which % len(running)] if running and which is not None else None

    # -- steps: commands

    def seed(self, store: int, opened: int, values: Mapping[str, bytes], replace: bool) -> None:
        model = self.models[store]
        state = empty(model.state, "") if replace else model.state
        try:
            seed(self._storages[opened][store], values, "seed.yaml", replace=replace)
        except RefusedError:
            with pytest.raises(Refused):
                self._filled(store, state, values, 0)
        else:
            model.becomes(self._filled(store, state, values, self.now), self.now)

    def _filled(self, store: int, state: State, values: Mapping[str, bytes], number: int) -> State:
        firsts = self.models[store].state.firsts()
        for key, value in values.items():
            path = path_of(key)
            state = self._rules[store].put(state, path, value, number, firsts.get(path, number))
        return state

    def reset(self, store: int, opened: int, prefix: str) -> None:
        reset(self._storages[opened][store], prefix)
        self.models[store].becomes(empty(self.models[store].state, prefix), self.now)

    def rewind(self, store: int, opened: int, which: int) -> None:
        point = list(self.points)[which % len(self.points)]
        with self._refused_unless(self.keeps(store, point)):
            rewind(self.store(store, opened), point)
            self.models[store].rewound(self.points[point][store], self.now)

    def rewind_to(self, store: int, opened: int, which: int) -> None:
        words = self.words(store)
        word = list(words)[which % len(words)]
        rewind_to(self.store(store, opened), word)
        self.models[store].rewound(self.points[words[word]][store], self.now)

    def undo(self, store: int, opened: int) -> bool:
        model = self.models[store]
        present = model.present
        undone = undo(self.store(store, opened))
        if present.before is None or present.back_to < self.dropped[0]:
            assert undone is None
            return False
        assert undone is not None
        model.undone(undone.operation)
        return True

    def save(self, store: int, opened: int, name: str) -> None:
        try:
            snapshots.save(self.store(store, opened), name)
        except UsageError:
            assert name in self.snapshots[store]
        else:
            self.snapshots[store][name] = self.now

    def forget(self, store: int, opened: int, name: str) -> None:
        with self._refused_unless(self.snapshots[store].pop(name, None) is not None):
            snapshots.delete(self.store(store, opened), name)

    @staticmethod
    @contextlib.contextmanager
    def _refused_unless(is_there: bool) -> Iterator[None]:
        with contextlib.nullcontext() if is_there else pytest.raises(NotThereError):
            yield

    # -- the limit

    def cut(self, opened: int, limit: HistoryLimit, meanwhile: Sequence[Step], stops: bool) -> None:
        """Keep within a limit; the clearing is interrupted by other steps, and perhaps stopped."""
        self._let_time_pass()
        expected = self._expected_round(limit.rounds)
        steps = list(meanwhile)

        def rest(_seconds: float) -> bool:
            assert self.dropped[1] >= expected
            if not steps:
                return stops
            self.take(steps.pop(0))
            return False

        keep_within(self.files[opened], limit, rest)
        line, round = self.dropped
        assert round >= expected
        assert line in {0, *(each.begun[1] for each in self.rounds if each.number == round + 1)}

    def clear(self, opened: int) -> None:
        """Clear away whatever there is, to the end."""
        with self.files[opened].transaction() as db:
            db.execute("UPDATE dropped SET causes = causes + 1")
        keep_within(self.files[opened], HistoryLimit(), lambda _: False)

    def _let_time_pass(self) -> None:
        """What has just been made is not dropped."""
        with self.files[0].transaction() as db:
            db.execute("UPDATE rounds SET started_at = started_at - ?", (10 * _SECONDS,))

    def _expected_round(self, limit: int) -> int:
        """The last round that a limit has to have dropped."""
        dropped, last = self.dropped[1], len(self.rounds)
        if last - dropped <= limit + limit // 10:
            return dropped
        busy = [each.number for each in self.rounds if each.after is None]
        return max(dropped, min([last - limit, *(number - 1 for number in busy)]))
