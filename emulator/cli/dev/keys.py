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

from emulator.runtime.debugger_terminal import StandardTerminal, is_in_foreground

_LOOK_SECONDS = 0.5
"""How often it is looked whether this process has come to the foreground again."""


class Keys:
    """Reads keys as they are pressed, in a thread of its own, if there is a terminal to read."""

    def __init__(self, on_key: Callable[[str], None], on_back: Callable[[], None]) -> None:
        """``on_back`` is called when a debugger has given the terminal back."""
        self._on_key, self._on_back = on_key, on_back
        self.is_lent = False
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
        if sys.stdin is None or not sys.stdin.isatty() or not is_in_foreground(sys.stdin.fileno()):
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

    def restore(self) -> None:
        """Leave the terminal as it was, whatever the rest is at."""
        # Set from the background it would stop this process, and the shell has its own settings.
        if self.is_there and is_in_foreground(self._fd):
            with contextlib.suppress(termios.error):  # the terminal has gone
                termios.tcsetattr(self._fd, termios.TCSANOW, self._before)

    def resume(self) -> None:
        """After Ctrl-Z and fg: the shell has set the terminal as it likes it."""
        if self.is_there and self._wanted.is_set() and is_in_foreground(self._fd):
            tty.setcbreak(self._fd, termios.TCSANOW)

    # -- Terminal, for a debugger

    def lend(self) -> bool:
        if not self._terminal.lend():
            return False
        self.is_lent = True
        if self.is_there:
            self._release()
        return True

    def open(self) -> int:
        return self._terminal.open()

    def take_back(self) -> None:
        if self.is_there and not self._stopping:
            self._take()
        self.is_lent = False
        self._terminal.take_back()
        self._on_back()

    def _take(self) -> None:
        if is_in_foreground(self._fd):
            tty.setcbreak(self._fd, termios.TCSANOW)
        self._wanted.set()

    def _release(self) -> None:
        self._wanted.clear()
        os.write(self._wake[1], b".")
        self._idle.wait()
        self.restore()

    def _read(self) -> None:
        while not self._stopping:
            self._wanted.wait()
            self._idle.clear()
            try:
                self._read_while_wanted()
            except (OSError, termios.error):  # the terminal has gone
                return
            finally:
                self._idle.set()

    def _read_while_wanted(self) -> None:
        was_away = False
        while self._wanted.is_set():
            # In the background a read would stop this process, and the keys are the shell's.
            is_away = not is_in_foreground(self._fd)
            if was_away and not is_away:
                tty.setcbreak(self._fd, termios.TCSANOW)
            was_away = is_away
            watched = [self._wake[0]] if is_away else [self._fd, self._wake[0]]
            ready, _, _ = select.select(watched, [], [], _LOOK_SECONDS)
            if self._wake[0] in ready:
                os.read(self._wake[0], 1)
            elif self._fd in ready and is_in_foreground(self._fd):
                self._take_keys()

    def _take_keys(self) -> None:
        data = os.read(self._fd, 64)
        if not data:
            raise OSError("end of the terminal")
        for key in data.decode("utf-8", "replace"):
            self._on_key(key)
