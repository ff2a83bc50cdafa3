"""A terminal as a person has it: a command in front of it, a screen, keys that are pressed."""

import codecs
import contextlib
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import termios
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.waiting import is_running, wait_until

_SHELL = """
import contextlib, fcntl, os, signal, socket, sys, termios
test = socket.socket(fileno=int(sys.argv[1]))
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = os.fork()
with contextlib.suppress(PermissionError):  # it has done so itself, and has begun
    os.setpgid(job, job)
if sys.argv[2] == "foreground":
    os.tcsetpgrp(0, job or os.getpid())
if not job:
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execvp(sys.argv[3], sys.argv[3:])
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGHUP, lambda *_: os.killpg(job, signal.SIGHUP))
signal.signal(signal.SIGUSR1, lambda *_: os.tcsetpgrp(0, os.getpid()))
signal.signal(signal.SIGUSR2, lambda *_: (os.tcsetpgrp(0, job), os.killpg(job, signal.SIGCONT)))
test.sendall(b"%d\\n" % job)
while True:
    _, status = os.waitpid(job, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        break
    test.sendall(b"stopped\\n")
test.sendall(b"%d\\n" % os.waitstatus_to_exitcode(status))
"""
"""What a shell does for one job: it leads the terminal's session, puts the job in the foreground or
leaves it in the background, hands on a hang-up, and tells how the job stops and ends."""


class Terminal:
    """Runs a command on a terminal of its own; at the end of the ``with`` nothing of it is left."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        folder: Path | None = None,
        background: bool = False,
        seconds: float = 30,
    ) -> None:
        """``seconds`` is how long a wait may take."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._shown = ""
        self._seen = 0
        self._told: list[str] = []
        self._master, self._slave = pty.openpty()
        self._wake = os.pipe()
        termios.tcsetwinsize(self._slave, (50, 200))
        self.before = self.attributes()
        """The terminal's attributes before the command has touched them."""
        ours, theirs = socket.socketpair()
        place = "background" if background else "foreground"
        self._shell = subprocess.Popen(
            [sys.executable, "-ISc", _SHELL, str(theirs.fileno()), place, *command],
            cwd=folder,
            env=dict(environment),
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        self._threads = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._listen, args=(ours,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> "Terminal":
        try:
            wait_until(lambda: self._told, self._seconds)
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def pid(self) -> int:
        """The command's."""
        return int(self._told[0])

    def screen(self) -> str:
        """Everything that has been written to it, sequences that it obeys too."""
        with self._lock:
            return self._shown

    def press(self, keys: str) -> None:
        """Press keys, one after the other. ``\\x03`` is Ctrl-C, ``\\x1a`` Ctrl-Z."""
        os.write(self._master, keys.encode())

    def wait_for(self, *texts: str) -> str:
        """Wait for texts, one after the other, in what was not waited for yet; gives all of it."""
        start = self._seen
        for text in texts:
            wait_until_shown = lambda text=text: text in self.screen()[self._seen :]  # noqa: E731
            try:
                wait_until(wait_until_shown, self._seconds)
            except AssertionError:
                raise AssertionError(
                    f"no {text!r} on the screen:\n{self.screen()[-5000:]}"
                ) from None
            self._seen += self.screen()[self._seen :].index(text) + len(text)
        return self.screen()[start : self._seen]

    def code(self) -> int:
        """Wait for the end; gives the exit code."""
        wait_until(self.has_ended, self._seconds)
        return int(self._told[-1])

    def has_ended(self) -> bool:
        return bool(self._told[1:]) and self._told[-1] != "stopped"

    def has_stopped(self) -> bool:
        """Whether the command was stopped, by Ctrl-Z or for using a terminal it may not use."""
        return "stopped" in self._told

    def attributes(self) -> list[Any]:
        """How the terminal treats what is typed: by line or by key, with or without echo."""
        return termios.tcgetattr(self._slave)

    def restore(self) -> None:
        """Give the terminal the attributes that it had before, as a shell does for itself."""
        termios.tcsetattr(self._slave, termios.TCSANOW, self.before)

    def into_background(self) -> None:
        """Take the terminal away from the command, as a shell does."""
        self._shell.send_signal(signal.SIGUSR1)
        wait_until(lambda: os.tcgetpgrp(self._master) == self._shell.pid, self._seconds)

    def into_foreground(self) -> None:
        """Give the terminal to the command, and let it go on if it was stopped."""
        self._shell.send_signal(signal.SIGUSR2)
        wait_until(lambda: os.tcgetpgrp(self._master) == self.pid, self._seconds)

    def close(self) -> None:
        """Close the terminal's window."""
        if self._master < 0:
            return
        os.write(self._wake[1], b".")  # a read that goes on would keep it open
        self._threads[0].join(self._seconds)
        for fd in (self._slave, self._master, *self._wake):
            os.close(fd)
        self._slave = self._master = -1

    def end(self) -> None:
        """End the command, however it is."""
        if self._shell.poll() is None and self._told and is_running(self.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._shell.wait(self._seconds)
        self._threads[1].join(self._seconds)
        self.close()

    def _read(self) -> None:
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        while True:
            ready, _, _ = select.select([self._master, self._wake[0]], [], [])
            if self._master not in ready:  # what has been written is read first
                return
            text = decode(os.read(self._master, 65536))
            with self._lock:
                self._shown += text.replace("\r\n", "\n")

    def _listen(self, shell: socket.socket) -> None:
        with shell, shell.makefile() as lines:
            for line in lines:
                self._told.append(line.strip())
