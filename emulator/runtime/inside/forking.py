"""Generations forked off a process that has the SDK and the plugin's packages loaded already."""

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from .unpatched import os, signal

_GUARD = "( read _ <&3; kill -9 0 ) </dev/null >/dev/null 2>&1 &"
"""Ends the group when the emulator's end of the pipe closes, however the emulator ended."""


@dataclass(frozen=True)
class Born:
    """What a forked generation has to go on with."""

    channel: int
    sources: int


class Nest:
    """Forks generations, and tells the emulator how each of them ends.

    They are this process's children and not the emulator's, so it is this one that can wait for
    them. It stays until the last of them has ended: the SDK ends a plugin whose parent is gone.
    """

    def __init__(self, started_with: frozenset[str]) -> None:
        self._statuses: dict[int, int] = {}
        self._started_with = started_with

    def describe(self) -> dict[str, object]:
        """What is loaded beyond what Python loads by itself, and why it cannot be forked if so."""
        if self._statuses:  # a module may have taken the signal, and its children with it
            signal.signal(signal.SIGCHLD, self._reap)
            self._reap(signal.SIGCHLD, None)
        loaded = {name.partition(".")[0] for name in set(sys.modules) - self._started_with}
        return {"names": sorted(loaded), "unforkable": _unforkable()}

    def fork(self, files: list[int]) -> Born | None:
        """Fork; in the new process this gives what it needs, in this one None."""
        stdin, stdout, stderr, guard, channel, status, sources = files
        signal.signal(signal.SIGCHLD, self._reap)
        sys.stdout.flush()
        sys.stderr.flush()
        gc.freeze()  # else every collection in a child would copy what it shares with this one
        # Its end is not to be told before it is known.
        with _no_ends_told():
            pid = os.fork()
            if pid:
                self._statuses[pid] = status
        if pid:
            for fd in (stdin, stdout, stderr, guard, channel, sources):
                os.close(fd)
            return None
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for fd in self._statuses.values():
            os.close(fd)
        os.setsid()
        _set_guard(guard)
        # Told only now: whoever knows the number may want to end the group of that number.
        os.write(status, f"pid {os.getpid()}\n".encode())
        os.close(status)
        for number, fd in enumerate((stdin, stdout, stderr)):
            os.dup2(fd, number)
            os.close(fd)
        _wake_libraries()
        return Born(channel, sources)

    def wait_for_all(self) -> None:
        """The emulator wants no more generations of this process."""
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        while self._statuses:
            try:
                pid, status = os.waitpid(-1, 0)
            except ChildProcessError:
                return
            self._tell(pid, status)

    def _reap(self, _number: int, _frame: FrameType | None) -> None:
        while self._statuses:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:  # somebody else has waited for them
                return
            if not pid:
                return
            self._tell(pid, status)

    def _tell(self, pid: int, status: int) -> None:
        if (fd := self._statuses.pop(pid, None)) is not None:
            os.write(fd, f"exit {os.waitstatus_to_exitcode(status)}\n".encode())
            os.close(fd)


def _set_guard(pipe: int) -> None:
    os.set_inheritable(pipe, True)  # it may be number 3 already
    actions = [(os.POSIX_SPAWN_DUP2, pipe, 3)]
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", _GUARD], os.environ, file_actions=actions)
    os.waitpid(pid, 0)
    os.close(pipe)


def _wake_libraries() -> None:
    """Let libraries know that this is a process of its own."""
    if gevent := sys.modules.get("gevent"):
        gevent.reinit()
    if random := sys.modules.get("numpy.random"):
        random.seed()  # Python's own random does so by itself


def _unforkable() -> str | None:
    """Why a fork of this process would be unsafe; None if it would not."""
    if sys.platform == "darwin":
        return "macOS's own frameworks do not survive a fork"
    if threading.active_count() > 1:
        names = sorted(thread.name for thread in threading.enumerate()[1:])
        return f"a module started threads ({', '.join(names)})"
    hubs = sys.modules.get("gevent._hub_local")
    # The SDK makes a hub when it is imported; it is true once something has switched to it.
    if hubs is not None and hubs.get_hub_if_exists():
        return "a module started greenlets"
    if _native_threads() > 1:
        # Libraries that know about forks end their threads before one (OpenBLAS does).
        _try_fork()
        if _native_threads() > 1:
            return "a module started threads of its own"
    return None


def _native_threads() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else 1


def _try_fork() -> None:
    with _no_ends_told():
        pid = os.fork()
        if not pid:
            os._exit(0)
        os.waitpid(pid, 0)


@contextmanager
def _no_ends_told() -> Iterator[None]:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
