"""The channel to the emulator, beside stdin and stdout, which belong to the protocol."""

import array
import json
import socket
from _thread import RLock  # before gevent puts its own in its place
from collections import deque
from socket import socket as UnpatchedSocket  # the class itself: gevent changes the name's meaning
from typing import Any

from .unpatched import os

_MOST_FILES = 16


class Channel:
    """A stream of JSON lines that may bring open files along.

    It blocks the whole process and not one greenlet of gevent's: a process that is to be forked
    must not start any, and a debugger is to stop everything.
    """

    def __init__(self, fd: int) -> None:
        os.set_inheritable(fd, False)
        self._socket = UnpatchedSocket(fileno=fd)
        self._pending = b""
        self._files: deque[int] = deque()
        self._renew_lock()
        os.register_at_fork(after_in_child=self._renew_lock)  # held by a thread that is not there

    def send(self, message: dict[str, Any]) -> None:
        line = json.dumps(message).encode() + b"\n"
        with self._lock:
            self._socket.sendall(line)

    def receive(self) -> tuple[dict[str, Any], list[int]] | None:
        """The next message with the files that it brings; None if the emulator has closed."""
        while b"\n" not in self._pending:
            space = socket.CMSG_SPACE(_MOST_FILES * array.array("i").itemsize)
            data, ancillary, _, _ = self._socket.recvmsg(65536, space)
            if not data:
                return None
            self._pending += data
            self._take_files(ancillary)
        line, _, self._pending = self._pending.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message, [self._files.popleft() for _ in range(message.get("files", 0))]

    def close(self) -> None:
        self._socket.close()

    def _renew_lock(self) -> None:
        # Reentrant: a signal's handler or a finalizer may import, which is told, amid a send.
        self._lock = RLock()

    def _take_files(self, ancillary: list[tuple[int, int, bytes]]) -> None:
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                files = array.array("i")
                files.frombytes(data[: len(data) - len(data) % files.itemsize])
                for fd in files:
                    os.set_inheritable(fd, False)
                    self._files.append(fd)
