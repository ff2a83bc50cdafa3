"""A started process, from the emulator's side: our ends of its pipes, and how to wait for it."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Child:
    """A process in a session and group of its own."""

    pid: int
    stdin: int
    stdout: int
    stderr: int
    guard: int
    """When this closes, a guard process ends the whole group, if there is any of it left."""
    channel: socket.socket
    """To what runs in the process beneath the plugin (:mod:`emulator.runtime.inside`)."""
    wait: Callable[[], int]
    """Waits for the end; gives the exit code, negative for a signal."""

    def close(self) -> None:
        """Close our ends."""
        self.channel.close()
        for fd in (self.stdin, self.stdout, self.stderr, self.guard):
            os.close(fd)
