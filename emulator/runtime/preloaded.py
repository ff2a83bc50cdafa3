"""A process that has the SDK and a plugin's packages loaded, and makes generations of itself."""

import contextlib
import os
import select
import signal
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from emulator.runtime.beneath import read_lines
from emulator.runtime.child import Child
from emulator.runtime.launch import Launch, become, describe, open_sources, order, start_waiting
from emulator.runtime.spawn import Pipes

_PATIENCE_SECONDS = 10.0
"""How long its imports may take. Some wait for a network, or for ever."""


_LAST_WORDS_SECONDS = 1.0
"""How long after its child's end a parent is given to tell of it."""


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
        self.has_ended = False
        self.has_forked = False
        """Whether generations have it as their parent, which they cannot outlive."""

    def load(self, modules: Iterable[str]) -> None:
        """Have modules imported; whoever wants a generation waits for that."""
        order(self._child.channel, "import", modules=list(modules))
        self._owed += 1

    def unforkable(self) -> str | None:
        """Why no generation can be forked off it, if none can. Raises GoneError."""
        self._listen()
        return self._unforkable

    def is_outdated(self) -> bool:
        """Whether code that it has loaded is another by now. Raises GoneError."""
        self._listen()
        order(self._child.channel, "check")
        answer = next(self._answers, None)
        if answer is None:
            raise GoneError
        return bool(answer["is_outdated"])

    def hides(self, modules: frozenset[str]) -> bool:
        """Whether one of these, which a plugin has of its own, is loaded. Raises GoneError."""
        self._listen()
        return not self._names.isdisjoint(modules)

    @property
    def is_spent(self) -> bool:
        """Whether it is known to be of no more use: it cannot fork, and must not become a
        generation, for others live by it. Does not wait. Raises GoneError."""
        if not self.has_forked:
            return False
        if not self._owed or select.select([self._child.channel], [], [], 0)[0]:
            self._listen()
            return self._unforkable is not None
        return False

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
        self.has_forked = True
        return pipes.child(int(pid), lambda: _exit_code(int(pid), status))

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
        if not self.has_ended:
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
        self.has_ended = True
        self._child.close()


def _exit_code(pid: int, status: TextIO) -> int:
    """What a forked generation's parent tells of its end.

    A parent that has been killed tells nothing; nor does one in which a package has taken over the
    waiting for child processes. So the end itself is watched too, where that can be done.
    """
    with status, _watched(pid) as end:
        told = status.fileno()
        ready, _, _ = select.select([told, *([] if end is None else [end])], [], [])
        if told not in ready:
            select.select([told], [], [], _LAST_WORDS_SECONDS)
        os.set_blocking(told, False)
        _, _, code = (status.readline() or "").partition(" ")
    return int(code) if code else -signal.SIGKILL


@contextlib.contextmanager
def _watched(pid: int) -> Iterator[int | None]:
    """A file that is ready when a process has ended; None on a system that has no such thing."""
    try:
        fd = os.pidfd_open(pid)
    except (AttributeError, OSError):
        yield None
        return
    try:
        yield fd
    finally:
        os.close(fd)
