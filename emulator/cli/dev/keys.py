"""Single keys of the terminal, and lending it to a debugger meanwhile."""

import contextlib
import os
import select
import sys
import termios
import threading
import tty
from collections.abc import Callable
from typing import Any

from emulator.runtime.debugger_terminal import StandardTerminal


class Keys:
    """Reads keys as they are pressed, in a thread of its own, if there is a terminal to read."""

    def __init__(self, on_key: Callable[[str], None]) -> None:
        self._on_key = on_key
        self._terminal = StandardTerminal()
        self._wanted = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._stopping = False
        self._wake = os.pipe()
        self._fd = -1
        self._before: list[Any] = []

    @property
    def is_there(self) -> bool:
        """Whether keys are read at all."""
        return self._fd >= 0

    def start(self) -> None:
        # In the background reading would stop the process, and the terminal is somebody else's.
        if sys.stdin is None or not sys.stdin.isatty() or not _is_in_foreground(sys.stdin.fileno()):
            return
        self._fd = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._fd)
        self._take()
        threading.Thread(target=self._read, name="keys", daemon=True).start()

    def stop(self) -> None:
        """Leave the terminal as it was."""
        if self.is_there:
            self._stopping = True
            self._release()

    # -- Terminal, for a debugger

    def lend(self) -> int | None:
        """The terminal, no longer read here."""
        if self.is_there:
            self._release()
        return self._terminal.lend()

    def take_back(self) -> None:
        if self.is_there and not self._stopping:
            self._take()

    def _take(self) -> None:
        tty.setcbreak(self._fd, termios.TCSANOW)
        self._wanted.set()

    def _release(self) -> None:
        self._wanted.clear()
        os.write(self._wake[1], b".")
        self._idle.wait()
        with contextlib.suppress(termios.error):  # the terminal has gone
            termios.tcsetattr(self._fd, termios.TCSANOW, self._before)

    def _read(self) -> None:
        while not self._stopping:
            self._wanted.wait()
            self._idle.clear()
            try:
                self._read_while_wanted()
            except OSError:  # the terminal has gone
                return
            finally:
                self._idle.set()

    def _read_while_wanted(self) -> None:
        while self._wanted.is_set():
            ready, _, _ = select.select([self._fd, self._wake[0]], [], [])
            if self._wake[0] in ready:
                os.read(self._wake[0], 1)
                continue
            data = os.read(self._fd, 64)
            if not data:
                raise OSError("end of the terminal")
            for key in data.decode("utf-8", "replace"):
                self._on_key(key)


def _is_in_foreground(fd: int) -> bool:
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return False
