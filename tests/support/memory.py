"""Memory with a history: rounds that no plugin runs, their storage calls made directly."""

from pathlib import Path
from typing import Any

from emulator.dify.storage import Storage
from emulator.workspace.limit import HistoryLimit, keep_within
from emulator.workspace.rounds import RoundBook, RoundResult, RoundStart
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store

MakeCall = tuple[str, str] | tuple[str, str, bytes]
"""``set`` with a value, or ``get``, ``exist``, ``delete``."""


class Memory:
    """A plugin's storage in a state file, changed by rounds or from outside of any."""

    def __init__(
        self, file: StateFile, workspace: str = "default", plugin: str = "tests/plugin"
    ) -> None:
        self.storage = Storage(Store(file, workspace, plugin), None)
        self.store = self.storage.store
        self.book = RoundBook(file)

    def round(self, *calls: MakeCall, **start: Any) -> int:
        """A whole round; ``start`` is what RoundStart has, and ``place`` of its calls."""
        place = start.pop("place", None)
        number = self.begin(**start)
        self.make(*calls, round=number, place=place)
        self.finish(number)
        return number

    def begin(self, **start: Any) -> int:
        known: dict[str, Any] = {"kind": "tool", "target": "remember", "user_id": "ada"}
        known |= {"conversation_id": None, "inputs": {}, "generation": 1}
        return self.book.begin(RoundStart(scope=self.store.scope, **{**known, **start}))

    def make(self, *calls: MakeCall, round: int | None = None, place: str | None = None) -> None:
        for op, key, *value in calls:
            getattr(self.storage, op)(key, *value, round=round, place=place)

    def finish(self, number: int, **result: Any) -> None:
        self.book.finish(number, RoundResult(**{"status": "ok", **result}), 12_000, self.store)

    def age(self) -> None:
        """A day passes: what has just been made, or may still run, is not dropped at once."""
        with self.store.file.transaction() as db:
            db.execute("UPDATE rounds SET started_at = started_at - ?", (86_400_000_000,))

    def keep_only(self, rounds: int) -> None:
        """Have the limit of history drop all but the last few rounds."""
        self.age()
        keep_within(self.store.file, HistoryLimit(rounds=rounds))

    def values(self) -> dict[str, bytes]:
        """What is stored now."""
        with self.store.reading():
            entries = [each for each in self.store.starting_with("") if not each.is_folder]
            return {entry.key: self.store.read(entry) for entry in entries}


def memory_at(state: Path, workspace: str = "default", plugin: str = "tests/plugin") -> Memory:
    """The memory in a state folder."""
    return Memory(StateFile(state / "state.db"), workspace, plugin)
