"""One load of a plugin's code, and the rounds that run on it."""

import threading
from dataclasses import dataclass, field

from emulator.dev.plugin_files import Contents
from emulator.plugin.config import Config
from emulator.plugin.plugin import Plugin
from emulator.runtime.running import RunningPlugin
from emulator.runtime.warm_starts import Way


@dataclass(slots=True)
class Generation:
    """Ends when it has been replaced and its last round is over."""

    number: int
    plugin: Plugin
    config: Config
    contents: Contents
    code: str
    """A digest of its code."""
    running: RunningPlugin
    way: Way
    _rounds: int = 0
    _replaced: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self) -> None:
        """A round begins on it."""
        with self._lock:
            self._rounds += 1

    def leave(self) -> None:
        """The round has ended."""
        with self._lock:
            self._rounds -= 1
        self._end_if_done()

    def replace(self) -> None:
        """No more rounds will begin on it."""
        with self._lock:
            self._replaced = True
        self._end_if_done()

    def _end_if_done(self) -> None:
        with self._lock:
            if not self._replaced or self._rounds:
                return
        self.running.dismiss()
