"""Starting a process that cannot outlive us, not even if we are killed with -9."""

import contextlib
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

PIPE_BYTES = 1 << 20
"""Linux gives pipes up to this size to anybody; values of some 100 KB then pass in one piece."""

# The child replaces this shell, so that its process id is the one we know, and shares its process
# group with a guard: a process that waits for the end of a pipe whose other end only we hold, and
# then kills the group. However we end, that pipe ends. The guard is there before the child, so
# that there is no moment without it, and twice forked, so that it is not a child of the child.
_LAUNCHER = """
( ( read _ <&3; kill -9 0 ) </dev/null >/dev/null 2>&1 & )
exec 3<&-
cd -- "$1" && shift && exec "$@"
"""


@dataclass(slots=True)
class Child:
    """A process in a session and group of its own, and our ends of its pipes."""

    pid: int
    stdin: int
    stdout: int
    stderr: int
    _guard: int

    def close(self) -> None:
        """Close our ends. The guard then ends the group, if there is any of it left."""
        for fd in (self.stdin, self.stdout, self.stderr, self._guard):
            os.close(fd)


def spawn(command: list[str], folder: Path, environment: dict[str, str]) -> Child:
    """Start a command in a folder. A command that is not there ends with code 127."""
    ours: list[int] = []
    theirs: list[int] = []
    for their_end in (0, 1, 1, 0):  # they read stdin and the guard's pipe, and write the others
        pipe = os.pipe()
        _enlarge(pipe[0])
        theirs.append(_above_standard(pipe[their_end]))
        ours.append(pipe[1 - their_end])
    try:
        pid = os.posix_spawn(
            "/bin/sh",
            ["sh", "-c", _LAUNCHER, "sh", str(folder), *command],
            environment,
            file_actions=[
                *((os.POSIX_SPAWN_CLOSE, fd) for fd in _inherited()),
                *((os.POSIX_SPAWN_DUP2, fd, at) for at, fd in enumerate(theirs)),
            ],
            setsid=True,
        )
    except BaseException:
        for fd in ours:
            os.close(fd)
        raise
    finally:
        for fd in theirs:
            os.close(fd)
    stdin, stdout, stderr, guard = ours
    return Child(pid, stdin, stdout, stderr, guard)


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
