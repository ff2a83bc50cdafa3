"""The developer's terminal, lent to a debugger in a plugin's process."""

import os
import sys
import threading
import time
from typing import Protocol


class Terminal(Protocol):
    """Whoever has a terminal. Called from threads that hear plugins' channels."""

    def lend(self) -> bool:
        """Lend it to one debugger; waits while another has it. False if there is none to lend."""

    def open(self) -> int:
        """An open file of it, for the debugger that has it to close."""

    def take_back(self) -> None: ...


class StandardTerminal:
    """The terminal that the emulator was started on, if it was."""

    def __init__(self) -> None:
        self._lent = threading.Lock()

    def lend(self) -> bool:
        if self._find() is None:
            return False
        self._lent.acquire()
        return True

    def open(self) -> int:
        fd = self._find()
        if fd is None:
            return os.open(os.devnull, os.O_RDWR)  # gone meanwhile
        return os.open(os.ttyname(fd), os.O_RDWR | os.O_NOCTTY)

    def take_back(self) -> None:
        self._lent.release()

    def _find(self) -> int | None:
        for stream in (sys.stdin, sys.stderr, sys.stdout):
            if stream is not None and stream.isatty() and is_in_foreground(stream.fileno()):
                return stream.fileno()
        return None


def is_in_foreground(fd: int) -> bool:
    """Whether a terminal is ours now: in the background it is the shell's."""
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return False


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
