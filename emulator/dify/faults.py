"""Faults on purpose: storage that is slow or unreliable, and a plugin that dies between two calls.

A remote store takes its time and fails now and then; Dify performs what it has accepted even when
the session ends meanwhile, and drops the answer (D backwards_invocation/task.go).
"""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from emulator.dify.dify_error import DifyError
from emulator.dify.storage import Op, as_told
from emulator.workspace.recording import Operation

CRASHED_AS_ASKED = "CrashedAsAsked"
"""The error's type of a round whose plugin was killed on purpose."""

_CAUSE = "connection reset by peer (--storage-error)"
_OPS: dict[object, Op] = {"get": "get", "set": "set", "del": "delete", "exist": "exist"}


@dataclass(frozen=True, slots=True)
class Faults:
    """What the storage of each round is to suffer. False if nothing."""

    latency: float = 0.0
    """Seconds that an operation takes longer: half of them before it is performed."""
    error_percent: float = 0.0
    """The part of operations that fail, on average."""
    crash_after: int | None = None
    """The operation of the round, from 1 on, after which the plugin is killed."""

    def __bool__(self) -> bool:
        return self != NO_FAULTS


NO_FAULTS = Faults()


class InjectedError(DifyError):
    """An operation that failed on purpose, in Dify's words for it."""

    def __init__(self, op: Op) -> None:
        super().__init__(as_told(op, _CAUSE))

    @property
    def recorded(self) -> str:
        """With its cause, of which Dify says nothing for a ``get``."""
        return str(self) if _CAUSE in str(self) else f"{self}: {_CAUSE}"


@dataclass(frozen=True, slots=True)
class AcceptedCall:
    """A storage call in the steps that faults come between."""

    perform: Callable[[], Sequence[bytes]]
    """Gives the lines of its answer."""
    answer: Callable[[Sequence[bytes]], None]
    drop: Callable[[], None]
    """Instead of the answer, if the round has ended meanwhile."""


@dataclass(frozen=True, slots=True)
class Crash:
    """The plugin's death on purpose, right after an operation."""

    after: int
    operation: Operation

    @property
    def reason(self) -> str:
        """One clause, as :class:`~emulator.runtime.process.Death` has it."""
        return f"was killed after storage operation {self.after}, as --crash-after asked"

    @property
    def place(self) -> str:
        """The operation, and where the plugin's code made it."""
        operation = self.operation
        where = f" at {operation.place}" if operation.place else ""
        return f"{operation.op}({operation.key!r}){where}"


class FaultInjector:
    """Inflicts faults on the storage calls of one round, from any thread."""

    def __init__(self, faults: Faults, kill: Callable[[], None]) -> None:
        """``kill`` ends the plugin's process at once."""
        self._faults, self._kill = faults, kill
        self._performing = threading.Lock()
        self._performed = 0
        self._over = threading.Event()
        self._under_way: set[threading.Thread] = set()
        self.crash: Crash | None = None
        """Set when the plugin is killed."""

    def serve(self, call: AcceptedCall) -> None:
        """Have a call performed and answered. Does not wait for the latency: others call too."""
        if not self._faults.latency:
            if (said := self._perform(call)) is not None:
                call.answer(said)
            return
        thread = threading.Thread(target=self._serve_slowly, args=(call,), daemon=True)
        self._under_way.add(thread)
        thread.start()

    def strike(self, request: dict[str, Any]) -> None:
        """Called before an operation is performed. Raises InjectedError if it is to fail."""
        op = _OPS.get(request.get("opt"))
        if op is not None and random.random() * 100 < self._faults.error_percent:
            raise InjectedError(op)

    def has_performed(self, operation: Operation) -> None:
        """Called after each operation, whatever came of it."""
        self._performed += 1
        if self._performed == self._faults.crash_after and not self._over.is_set():
            self.crash = Crash(self._performed, operation)

    def finish(self) -> None:
        """The round is over: what was accepted is performed now, before anybody looks."""
        self._over.set()
        for thread in list(self._under_way):
            thread.join()

    def _serve_slowly(self, call: AcceptedCall) -> None:
        half = self._faults.latency / 2
        try:
            self._over.wait(half)
            said = self._perform(call)
            if said is None:
                return
            if self._over.wait(half):
                call.drop()
            else:
                call.answer(said)
        finally:
            self._under_way.discard(threading.current_thread())

    def _perform(self, call: AcceptedCall) -> Sequence[bytes] | None:
        """The lines of the answer; None if there is nobody left to answer."""
        with self._performing:
            if self.crash is not None:  # it was on its way when the plugin was killed
                return None
            said = call.perform()
            if self.crash is None:
                return said
            self._kill()
            return None


def injector(faults: Faults, kill: Callable[[], None]) -> FaultInjector | None:
    """What inflicts these faults on one round; None if there are none."""
    return FaultInjector(faults, kill) if faults else None
