"""Keeping history within its limit while ``dev`` serves, outside the path of any call."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from emulator.errors import EmulatorError
from emulator.workspace.limit import HistoryLimit, keep_within
from emulator.workspace.state_file import StateFile

_WAIT_SECONDS = 3
"""From the end of a round: longer than somebody may still ask for it."""


class HistoryKeeper:
    """Works in a thread of its own, on a connection of its own: calls wait for neither."""

    def __init__(
        self, path: Path, limit: Callable[[], HistoryLimit], tell: Callable[[EmulatorError], None]
    ) -> None:
        """``tell`` hears of it, once, when history cannot be kept within its limit."""
        self._path, self._limit, self._tell = path, limit, tell
        self._asked, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="history keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask(self) -> None:
        """Have it done soon: a round is over."""
        self._asked.set()

    def stop(self) -> None:
        """What is left to clear away is left to the next one who comes."""
        self._stopping.set()
        self._asked.set()

    def _work(self) -> None:
        try:
            with closing(StateFile(self._path)) as file:
                self._serve(file)
        except EmulatorError as error:
            self._tell(error)

    def _serve(self, file: StateFile) -> None:
        is_told = False
        while True:
            self._asked.wait()
            self._asked.clear()
            if self._stopping.wait(_WAIT_SECONDS):
                return
            try:
                keep_within(file, self._limit(), self._stopping.wait)
                is_told = False
            except EmulatorError as error:
                if not is_told:
                    self._tell(error)
                is_told = True
