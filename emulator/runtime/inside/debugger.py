"""pdb, talking to a terminal that the emulator lends it. Imported by the first breakpoint."""

import pdb
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TextIO, cast

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
        stdin = _Stream(os.fdopen(os.dup(fd), "r", errors="replace"), sys.stdin)
        stdout = _Stream(os.fdopen(fd, "w", errors="replace"), sys.stdout)
        super().__init__(
            stdin=cast(TextIO, stdin),
            stdout=cast(TextIO, stdout),
            skip=[f"{__package__}.*"],  # a step into the SDK is not to lead on to us
            nosigint=True,
        )
        self._give_back(steps=True)

    def interaction(self, frame: FrameType | None, *rest: Any) -> None:
        with self._terminal():
            super().interaction(frame, *rest)

    @contextmanager
    def _terminal(self) -> Iterator[None]:
        os.close(self._borrow())
        standard = sys.stdin, sys.stdout, sys.stderr
        sys.stdin, sys.stdout, sys.stderr = self.stdin, self.stdout, self.stdout
        try:
            yield
        finally:
            sys.stdin, sys.stdout, sys.stderr = standard
            self.stdout.flush()
            # bdb's own mark of a program that runs on freely, as after `continue`.
            self._give_back(steps=self.stoplineno != -1 and not self.quitting)

    def _borrow(self) -> int:
        self._channel.send({"debugger": "opens"})
        received = self._channel.receive()
        if received is None or not received[1]:
            raise NoTerminal
        return received[1][0]

    def _give_back(self, *, steps: bool) -> None:
        """``steps``: the next stop is near, and what is typed until then is the debugger's too."""
        self._channel.send({"debugger": "closes", "steps": steps})


class _Stream:
    """A stream of the terminal, but for the SDK, whose messages go on as ever.

    So what is typed may call storage: the SDK looks for ``sys.stdin`` and ``sys.stdout`` anew for
    every message.
    """

    def __init__(self, terminal: TextIO, protocol: TextIO) -> None:
        self._terminal, self._protocol = terminal, protocol

    def __getattr__(self, name: str) -> Any:
        asks = str(sys._getframe(1).f_globals.get("__name__"))
        return getattr(self._protocol if asks.startswith("dify_plugin.") else self._terminal, name)
