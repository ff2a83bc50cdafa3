"""The developer's terminal, lent to a debugger in a plugin's process."""

import os
import sys
import threading
import time
from typing import Protocol


class Terminal(Protocol):
    """Whoever has a terminal. Called from a thread that reads a plugin's channel."""

    def lend(self) -> int | None:
        """An open file of the terminal, for the borrower to close; None if there is none."""

    def take_back(self) -> None: ...


class StandardTerminal:
    """The terminal that the emulator was started on, if it was."""

    def lend(self) -> int | None:
        for stream in (sys.stdin, sys.stderr, sys.stdout):
            if stream is not None and stream.isatty():
                return os.open(os.ttyname(stream.fileno()), os.O_RDWR | os.O_NOCTTY)
        return None

    def take_back(self) -> None:
        pass


class Stopwatch:
    """Seconds that pass for a plugin: none while a debugger waits for commands."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stood_still = 0.0
        self._stopped_at: float | None = None

    def now(self) -> float:
        """Seconds on a clock of its own."""
        with self._lock:
            until = time.perf_counter() if self._stopped_at is None else self._stopped_at
            return until - self._stood_still

    def stop(self) -> None:
        with self._lock:
            if self._stopped_at is None:
                self._stopped_at = time.perf_counter()

    def go_on(self) -> None:
        with self._lock:
            if self._stopped_at is not None:
                self._stood_still += time.perf_counter() - self._stopped_at
                self._stopped_at = None
