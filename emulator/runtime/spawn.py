"""Starting a process that cannot outlive us, not even if we are killed with -9."""

import contextlib
import fcntl
import os
import socket
from collections.abc import Callable
from pathlib import Path

from emulator.runtime.child import Child

PIPE_BYTES = 1 << 20
"""Linux gives pipes up to this size to anybody; values of some 100 KB then pass in one piece."""

# The child replaces this shell, so that its process id is the one we know, and shares its process
# group with a guard: a process that waits for the end of a pipe whose other end only we hold, and
# then kills the group. However we end, that pipe ends. The guard is there before the child, so
# that there is no moment without it, and twice forked, so that it is not a child of the child.
_LAUNCHER = """
( ( read _ <&3; kill -9 0 ) </dev/null >/dev/null 2>&1 4<&- & )
exec 3<&-
cd -- "$1" && shift && exec "$@"
"""


CHANNEL = 4
"""The number under which a started process finds its channel."""


def spawn(command: list[str], folder: Path, environment: dict[str, str]) -> Child:
    """Start a command in a folder. A command that is not there ends with code 127."""
    pipes = Pipes()
    try:
        pid = os.posix_spawn(
            "/bin/sh",
            ["sh", "-c", _LAUNCHER, "sh", str(folder), *command],
            environment,
            file_actions=[
                *((os.POSIX_SPAWN_CLOSE, fd) for fd in _inherited()),
                *((os.POSIX_SPAWN_DUP2, fd, at) for at, fd in enumerate(pipes.theirs)),
            ],
            setsid=True,
        )
    except BaseException:
        pipes.close_ours()
        raise
    finally:
        pipes.close_theirs()
    return pipes.child(pid, lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


class Pipes:
    """The pipes of a process before it is started: both ends, ours and theirs."""

    def __init__(self) -> None:
        self.ours: list[int] = []
        self.theirs: list[int] = []
        """stdin, stdout, stderr, the guard's, and the channel: in the order of their numbers."""
        for their_end in (0, 1, 1, 0):  # they read stdin and the guard's pipe, and write the others
            pipe = os.pipe()
            _enlarge(pipe[0])
            self.theirs.append(_above_standard(pipe[their_end]))
            self.ours.append(pipe[1 - their_end])
        self.channel, theirs = socket.socketpair()
        self.theirs.append(_above_standard(theirs.detach()))

    def child(self, pid: int, wait: Callable[[], int]) -> Child:
        """The started process, with our ends."""
        stdin, stdout, stderr, guard = self.ours
        return Child(pid, stdin, stdout, stderr, guard, self.channel, wait)

    def close_theirs(self) -> None:
        for fd in self.theirs:
            os.close(fd)

    def close_ours(self) -> None:
        self.channel.close()
        for fd in self.ours:
            os.close(fd)


def _inherited() -> list[int]:
    """Files that whoever started us left open; Python's own close themselves in a child."""
    inherited = []
    for entry in list(Path("/dev/fd").iterdir()):
        with contextlib.suppress(OSError):  # the listing's own
            if (fd := int(entry.name)) > 2 and os.get_inheritable(fd):
                inherited.append(fd)
    return inherited


def _above_standard(fd: int) -> int:
    """The same end under a number above 9, so that placing one at 0 to 3 overwrites no other."""
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(fd)
    return moved


def _enlarge(fd: int) -> None:
    if hasattr(fcntl, "F_SETPIPE_SZ"):  # Linux
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
