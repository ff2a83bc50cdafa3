"""Killing a plugin after one of its storage operations, and calling it again on what that left."""

from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.cli.plugin_run import PluginRun
from emulator.cli.project import Project
from emulator.dify.calls import ToolCall
from emulator.dify.faults import CRASHED_AS_ASKED, Faults
from emulator.errors import EmulatorError
from emulator.insight.comparison import KeptRound, compare
from emulator.runtime.load_failure import place_in_plugin
from emulator.workspace import history, snapshots
from emulator.workspace.effects import between
from emulator.workspace.rounds import RoundBook

Outcome = Literal["same", "different", "error", "not reached"]
"""Of the call after a crash, held against the call that nothing disturbed; ``not reached`` if the
round made fewer operations this time, and did not crash."""


@dataclass(slots=True)
class Trial:
    """A crash, and what the next call made of the memory that it left."""

    crash_after: int
    round: int
    """The one that crashed: the point after it is the memory that it left."""
    outcome: Outcome = "not reached"
    operation: dict[str, Any] | None = None
    """``op``, ``key`` and ``place`` of the last operation."""
    next_round: int | None = None
    same_result: bool | None = None
    """Of the next call."""
    other_keys: list[str] = field(default_factory=list)
    """Those that the next call left otherwise."""
    error: dict[str, Any] | None = None
    """``type``, ``message`` and ``place`` of the next call's error."""

    @property
    def breaks(self) -> bool:
        """Whether the plugin does not get on with what it left behind."""
        return self.outcome == "error"


class Crashing:
    """Calls, each in a process of its own and from the same memory.

    In a ``with``; afterwards the memory is as it was before. A snapshot keeps that meanwhile, from
    the limit of history and for whoever kills us. Raises EmulatorError.
    """

    def __init__(self, project: Project, run: PluginRun, call: ToolCall, timeout: float) -> None:
        """``timeout`` is each round's, in seconds."""
        self._folder, self._run, self._call, self._timeout = project.folder, run, call, timeout
        self._store = run.storage().store
        self._book = RoundBook(self._store.file)
        self._start = f"before-crashes-{history.now(self._store)}"

    def __enter__(self) -> "Crashing":
        snapshots.save(self._store, self._start)
        return self

    def __exit__(self, *_: object) -> None:
        history.rewind_to(self._store, self._start)
        snapshots.delete(self._store, self._start)

    def call_undisturbed(self) -> int:
        """Make the call that the others are held against; gives the number of its operations."""
        self._whole = self._run.make(self._call, self._timeout)
        self._point = history.now(self._store)
        if self._whole["status"] != "ok":
            error = self._whole["error"]
            raise EmulatorError(
                f"The call fails when nothing disturbs it: {error['type']}: {error['message']}",
                advice=f"`rounds show {self._whole['round']}` tells more.",
            )
        return len(self._whole["operations"])

    def crash(self, after: int) -> Trial:
        """Crash the call after an operation, and make it again on what that has left."""
        history.rewind_to(self._store, self._start)
        died = self._run.make(self._call, self._timeout, faults=Faults(crash_after=after))
        trial = Trial(after, died["round"])
        if died["error"] is None or died["error"]["type"] != CRASHED_AS_ASKED:
            return trial
        last, place = died["operations"][-1], self._book.places(died["round"])[-1]
        trial.operation = {"op": last["op"], "key": last["key"], "place": place}
        self._judge(trial, self._run.make(self._call, self._timeout))
        return trial

    def _judge(self, trial: Trial, again: dict[str, Any]) -> None:
        trial.next_round = again["round"]
        if again["status"] != "ok":
            error = again["error"]
            where = self._place_of_error(again)
            trial.error = {"type": error["type"], "message": error["message"], "place": where}
            trial.outcome = "error"
            return
        trial.same_result = not compare(KeptRound(self._whole, {}), KeptRound(again, {}))
        now = history.now(self._store)
        with self._store.reading():
            trial.other_keys = [effect.key for effect in between(self._store, self._point, now)]
        is_same = trial.same_result and not trial.other_keys
        trial.outcome = "same" if is_same else "different"

    def _place_of_error(self, round: dict[str, Any]) -> str | None:
        """Of an exception the SDK tells no traceback, but it may be that of a storage call."""
        place = place_in_plugin(self._folder, round["error"]["traceback"] or "")
        operations = round["operations"]
        if place is None and operations and operations[-1]["outcome"] == "error":
            return self._book.places(round["round"])[-1]
        return place
