"""Making the last call again whenever new code is there."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from emulator.dify.calls import Call
from emulator.dify.round import RunningCall


@dataclass(slots=True)
class Series:
    """A call that is made once, and again on every new generation."""

    call: Call
    workspace: str | None
    """None: as configured when it is made."""
    timeout: float
    point: int | None
    """Of history, from which the first of the series started; None before it."""


class Rerunner:
    """Reruns in a thread of its own, one after the other; asked twice meanwhile, once."""

    def __init__(self, rerun: Callable[[RunningCall], None]) -> None:
        self._rerun = rerun
        self._running = RunningCall()
        self._asked = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="rerunner", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask(self) -> None:
        """Have the last call made again, soon. A rerun that is not over is of older code."""
        self._running.hang_up()  # before it is asked for: not the one that this brings
        self._asked.set()

    def stop(self) -> None:
        self._stopping = True
        self._asked.set()
        self._running.hang_up()

    def _work(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            if self._stopping:
                return
            self._running = RunningCall()
            self._rerun(self._running)
