"""pdb, talking to a terminal that the emulator lends it. Imported by the first breakpoint."""

import pdb
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from .channel import Channel
from .unpatched import os


class NoTerminal(Exception):
    """The emulator has no terminal to lend."""


class Debugger(pdb.Pdb):
    """Borrows the terminal while it waits for commands: keys belong to the emulator otherwise."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        fd = self._borrow()
        # Not the plugin's stdin and stdout, which carry the protocol.
        super().__init__(
            stdin=os.fdopen(os.dup(fd), "r", errors="replace"),
            stdout=os.fdopen(fd, "w", errors="replace"),
            nosigint=True,
        )
        self._give_back()

    def interaction(self, frame: FrameType | None, *rest: Any) -> None:
        with self._terminal():
            super().interaction(frame, *rest)

    @contextmanager
    def _terminal(self) -> Iterator[None]:
        os.close(self._borrow())
        try:
            yield
        finally:
            self.stdout.flush()
            self._give_back()

    def _borrow(self) -> int:
        self._channel.send({"debugger": "opens"})
        received = self._channel.receive()
        if received is None or not received[1]:
            raise NoTerminal
        return received[1][0]

    def _give_back(self) -> None:
        self._channel.send({"debugger": "closes"})
