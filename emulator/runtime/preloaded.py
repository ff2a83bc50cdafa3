"""A process that has the SDK and a plugin's packages loaded, and makes generations of itself."""

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TextIO

from emulator.runtime.beneath import read_lines
from emulator.runtime.child import Child
from emulator.runtime.launch import Launch, become, describe, open_sources, order, start_waiting
from emulator.runtime.spawn import Pipes

_PATIENCE_SECONDS = 10.0
"""How long its imports may take. Some wait for a network, or for ever."""


class GoneError(Exception):
    """The process has ended, or does not answer."""


class Preloaded:
    """Loads modules, then forks as often as it is asked to; or, where a fork would not be safe,
    becomes a generation itself, once.

    For one thread. What it answers is read when it is needed, not before.
    """

    def __init__(self, python: Path, folder: Path, environment: Mapping[str, str]) -> None:
        self._child = start_waiting(python, folder, environment)
        self._answers = read_lines(self._child.channel)
        self._owed = 0
        self._names: frozenset[str] = frozenset()
        self._unforkable: str | None = None

    def load(self, modules: Iterable[str]) -> None:
        """Have modules imported; whoever wants a generation waits for that."""
        order(self._child.channel, "import", modules=list(modules))
        self._owed += 1

    def unforkable(self) -> str | None:
        """Why no generation can be forked off it, if none can. Raises GoneError."""
        self._listen()
        return self._unforkable

    def hides(self, modules: frozenset[str]) -> bool:
        """Whether one of these, which a plugin has of its own, is loaded. Raises GoneError."""
        self._listen()
        return not self._names.isdisjoint(modules)

    def fork(self, launch: Launch) -> Child:
        """A generation forked off. Raises GoneError."""
        self._listen()
        pipes = Pipes()
        ours, theirs = os.pipe()
        stdin, stdout, stderr, guard, channel = pipes.theirs
        sources = open_sources(launch.sources or {})
        files = [stdin, stdout, stderr, guard, channel, theirs, sources]
        order(self._child.channel, "fork", files, **describe(launch))
        status = os.fdopen(ours, "r")
        what, _, pid = status.readline().partition(" ")
        if what != "pid":
            status.close()
            pipes.close_ours()
            raise GoneError
        return pipes.child(int(pid), lambda: _exit_code(status))

    def become(self, launch: Launch) -> Child:
        """The process itself, as the generation. Raises GoneError."""
        self._listen()
        self._child.channel.settimeout(None)
        become(self._child, launch)
        return self._child

    def retire(self) -> None:
        """Let it end as soon as its last generation has."""
        with contextlib.suppress(OSError):
            self._child.channel.shutdown(socket.SHUT_WR)
        threading.Thread(target=self._bury, daemon=True).start()

    def kill(self) -> None:
        """End it now, from any thread: whoever waits for it hears that it is gone.

        Its generations are in groups of their own, and end by themselves.
        """
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it now, and wait until it is gone."""
        self.kill()
        self._bury()

    def _listen(self) -> None:
        self._child.channel.settimeout(_PATIENCE_SECONDS)
        while self._owed:
            answer = next(self._answers, None)
            if answer is None:
                raise GoneError
            self._owed -= 1
            self._names = frozenset(answer["preloaded"]["names"])
            self._unforkable = answer["preloaded"]["unforkable"]

    def _bury(self) -> None:
        self._child.wait()
        self.kill()  # the guard, which has kept the group's number from becoming another's
        self._child.close()


def _exit_code(status: TextIO) -> int:
    """What a forked generation's parent tells of its end."""
    with status:
        _, _, code = status.readline().partition(" ")
    # Without a word the parent has been killed, and the SDK ends a plugin that has lost its parent.
    return int(code) if code else -signal.SIGKILL
