"""A ``dev`` that is to end: how long that takes, and what is left of it."""

import os
import re
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

from tests.cli.dev.conftest import OpenDev
from tests.support.emulator import Emulator
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until

_AT_ONCE_SECONDS = 2.0


class Ending:
    """Runs ``dev`` on a terminal, ends it, and looks for what it left behind."""

    def __init__(
        self,
        emulator: Emulator,
        open_dev: OpenDev,
        until: Callable[[], object] | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        """Waits for its first generation, or until something holds."""
        self._emulator = emulator
        # Every process that it starts inherits this.
        self._mark = f"TEST_STARTED_BY={emulator.state}"
        name, _, value = self._mark.partition("=")
        begun = time.monotonic()
        variables = {**(environment or {}), name: value}
        self.terminal: Terminal = open_dev(emulator, environment=variables, loads=until is None)
        if until is not None:
            wait_until(until, 60)
        # Where it takes long to start, it may take long to end.
        self._at_once = max(_AT_ONCE_SECONDS, 2 * (time.monotonic() - begun))

    @property
    def url(self) -> str:
        """Of the plugin's endpoints."""
        found = re.search(r"http://\S+/e/[a-z]+", self.terminal.screen())
        assert found
        return found[0]

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.terminal.screen())
        assert found
        return "127.0.0.1", int(found[1])

    def processes(self) -> list[int]:
        """All that it has started and that has not ended, itself too."""
        return [int(entry.name) for entry in Path("/proc").iterdir() if self._is_of_it(entry)]

    def by_key(self, key: str, code: int) -> None:
        """Press a key; it ends at once and cleanly."""
        self._ends(lambda: self.terminal.press(key), code)
        assert self.terminal.attributes() == self.terminal.before

    def by_signal(self, number: signal.Signals, code: int) -> None:
        self._ends(lambda: os.kill(self.terminal.pid, number), code)
        assert self.terminal.attributes() == self.terminal.before

    def by_closing_the_terminal(self, code: int) -> None:
        self._ends(self.terminal.close, code)

    def by_kill(self) -> None:
        """kill -9: it can do nothing about what it has started."""
        assert len(self.processes()) > 1
        os.kill(self.terminal.pid, signal.SIGKILL)
        assert self.terminal.code() == -signal.SIGKILL
        self._nothing_is_left()

    def _ends(self, end: Callable[[], None], code: int) -> None:
        assert len(self.processes()) > 1
        begun = time.monotonic()
        end()
        assert self.terminal.code() == code
        assert time.monotonic() - begun < self._at_once
        assert "Traceback" not in self.terminal.screen()
        assert not (self._emulator.state / "dev.json").exists()
        self._nothing_is_left()

    def _nothing_is_left(self) -> None:
        wait_until(lambda: self.processes() == [], 10)
        if "http://" in self.terminal.screen():
            socket.create_server(self.address).close()

    def _is_of_it(self, process: Path) -> bool:
        try:
            return self._mark.encode() in (process / "environ").read_bytes().split(b"\0")
        except OSError:  # somebody else's, or gone
            return False
