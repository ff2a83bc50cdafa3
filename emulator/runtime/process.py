"""A plugin's process, read and written without deadlock."""

import contextlib
import os
import select
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

from emulator.runtime.child import Child
from emulator.runtime.spawn import PIPE_BYTES
from emulator.wire.messages import Message, Overlong
from emulator.wire.reader import MessageReader

_READ_BYTES = 64 * 1024
"""More would be mapped and unmapped for each read, which costs more than it saves."""
_STDERR_KEPT = 256 * 1024
"""Bytes of stderr kept for the message when a plugin dies. A traceback is far shorter."""


_ENDING_SECONDS = 1.0
"""How long after its stdout has closed a process is still taken to be ending by itself."""


@dataclass(frozen=True, slots=True)
class Death:
    """How a process ended."""

    reason: str
    """One clause: "exited with code 1", "was killed by SIGSEGV", ..."""
    stderr: str
    overlong: int | None = None
    """Bytes of the stdout line for which it was killed, as Dify would kill it."""


class PluginProcess:
    """A started process. Its messages and its death are told from threads of its own."""

    def __init__(
        self,
        child: Child,
        on_message: Callable[[Message], None],
        on_stderr: Callable[[str], None],
        on_death: Callable[[Death], None],
    ) -> None:
        self._on_message, self._on_stderr, self._on_death = on_message, on_stderr, on_death
        self._stderr = bytearray()
        self._overlong: int | None = None
        self._stdout_closed = False
        self._exited = threading.Event()
        self._killed = False
        self._child = child
        self.pid = child.pid
        self._stdin = Backlog(self._child.stdin)
        self._readers = [
            threading.Thread(target=self._read_stdout, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        self._waiter = threading.Thread(target=self._wait, daemon=True)
        for thread in (*self._readers, self._waiter):
            thread.start()

    def send(self, data: bytes) -> None:
        """Write a line to the plugin's stdin. Never blocks; a dead plugin takes it silently."""
        self._stdin.send(data)

    def kill(self) -> None:
        """End the process and everything that it started, now."""
        if not self._exited.is_set():
            self._killed = True
            self._kill_group()

    def join(self) -> None:
        """Wait until it is gone and its end has been told."""
        self._waiter.join()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _read_stdout(self) -> None:
        reader = MessageReader()
        while data := _read(self._child.stdout):
            for message in reader.feed(data):
                if isinstance(message, Overlong):
                    self._overlong = message.size
                    self._kill_group()
                self._on_message(message)
        for message in reader.end():
            self._on_message(message)
        # The daemon's read loop is over, and it kills the process (local_runtime/instance.go). One
        # that has ended by itself is not yet to be waited for when its stdout closes.
        self._stdout_closed = not self._exited.wait(_ENDING_SECONDS)
        self._kill_group()

    def _read_stderr(self) -> None:
        pending = b""
        while data := _read(self._child.stderr):
            self._stderr += data
            del self._stderr[:-_STDERR_KEPT]
            *lines, pending = (pending + data).split(b"\n")
            pending = pending[-_STDERR_KEPT:]
            for line in lines:
                self._on_stderr(line.decode("utf-8", "replace").rstrip("\r"))
        if pending:
            self._on_stderr(pending.decode("utf-8", "replace"))

    def _wait(self) -> None:
        code = self._child.wait()
        self._exited.set()
        # The guard is still in the group, so that the group's number cannot be another's by now.
        self._kill_group()
        self._stdin.close()
        for thread in self._readers:
            thread.join(_ENDING_SECONDS)
        # A grandchild in a session of its own may still hold the pipes. Their numbers must not go
        # to other files while a thread reads from them.
        if not any(thread.is_alive() for thread in self._readers):
            self._child.close()
        stderr = self._stderr.decode("utf-8", "replace")
        self._on_death(Death(self._reason(code), stderr, self._overlong))

    def _reason(self, code: int) -> str:
        if self._overlong is not None:
            return "was killed for a line that is too long"
        if self._killed:
            return "was ended by dify-emulator"
        if self._stdout_closed:
            return "closed its stdout, for which Dify kills it"
        if code < 0:
            return f"was killed by {_signal_name(-code)}"
        return f"exited with code {code}"


class Backlog:
    """A pipe that takes what it can at once; a thread brings the rest.

    Answers are sent by the thread that reads the plugin's stdout. If it waited for a full stdin
    while the plugin waited for a full stdout, both would wait for ever.
    """

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._waiting = bytearray()
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def send(self, data: bytes) -> None:
        with self._changed:
            if self._closed:
                return
            if not self._waiting:
                data = data[self._write(data) :]
            if not data or self._closed:
                return
            self._waiting += data
            if self._thread is None:
                self._thread = threading.Thread(target=self._drain, daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _write(self, data: bytes | bytearray) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError:  # the plugin is gone, or has closed its stdin
            self._closed = True
            return 0

    def _drain(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                fd = self._fd
            select.select([], [fd], [], 1.0)
            with self._changed:
                if self._closed:
                    return
                del self._waiting[: self._write(memoryview(self._waiting)[:PIPE_BYTES].tobytes())]


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, _READ_BYTES)
    except OSError:
        return b""
