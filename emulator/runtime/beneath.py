"""Our end of the channel to what runs beneath a plugin: imports, places, and its debugger."""

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

from emulator.runtime.debugger_terminal import Stopwatch, Terminal
from emulator.runtime.places import Places


class Beneath:
    """Hears a plugin's process on its channel, in a thread of its own, until it ends."""

    def __init__(
        self,
        channel: socket.socket,
        stopwatch: Stopwatch,
        terminal: Terminal,
        places: Places,
        on_import: Callable[[str], None],
        on_breakpoint: Callable[[], None],
        is_idle: Callable[[], bool],
    ) -> None:
        self._channel, self._stopwatch, self._terminal = channel, stopwatch, terminal
        self._places = places
        self._on_import, self._on_breakpoint, self._is_idle = on_import, on_breakpoint, is_idle
        self._lock = threading.Lock()
        self._lent = self._waits = False
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        for message in read_lines(self._channel):
            match message:
                case {"imports": str(name)}:
                    self._on_import(name)
                case {"places": str(token)}:
                    self._places.begin(token)
                case {"place": str(name), "at": list(lines)}:
                    self._places.add(name, lines)
                case {"debugger": "opens"}:
                    self._lend()
                case {"debugger": "closes", "steps": steps}:
                    self._waits = False
                    self._stopwatch.go_on()
                    if not steps or self._is_idle():
                        self._take_back()
        self._places.end()
        self._take_back()

    def rest(self) -> None:
        """No session is open any more: a step that was begun may come to no other stop."""
        with self._lock:
            if self._waits or not self._lent:
                return
            self._lent = False
        self._terminal.take_back()

    def _take_back(self) -> None:
        with self._lock:
            was_lent, self._lent, self._waits = self._lent, False, False
        if was_lent:
            self._terminal.take_back()
        self._stopwatch.go_on()

    def _lend(self) -> None:
        self._on_breakpoint()
        with self._lock:
            self._waits = True
        self._stopwatch.stop()
        if not self._lent:
            self._lent = self._terminal.lend()
        terminal = self._terminal.open() if self._lent else None
        files = [] if terminal is None else [terminal]
        line = json.dumps({"files": len(files)}).encode() + b"\n"
        try:
            if files:
                socket.send_fds(self._channel, [line], files)
            else:
                self._channel.sendall(line)
        except OSError:
            pass  # the process is gone
        finally:
            for fd in files:
                os.close(fd)
        if not self._lent:
            self._waits = False
            self._stopwatch.go_on()


def read_lines(channel: socket.socket) -> Iterator[dict[str, Any]]:
    """The messages of a channel until its other end closes."""
    pending = b""
    while True:
        try:
            data = channel.recv(65536)
        except OSError:
            return
        if not data:
            return
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            message: dict[str, Any] = json.loads(line)
            yield message
