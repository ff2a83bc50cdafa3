"""Starting generations without paying again for the SDK and the plugin's packages.

Three ways, each slower than the one before: forked off a process that has everything loaded; a
spare that has, and waits; a new interpreter. Forking costs a few ms, but only a process without
threads and greenlets may fork (gevent's loop and locks held by threads do not survive it).
"""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from emulator.runtime.child import Child
from emulator.runtime.launch import Launch, start_cold
from emulator.runtime.own_modules import own_modules
from emulator.runtime.preloaded import GoneError, Preloaded

_SDK = "dify_plugin"

Way = Literal["forked", "spare", "cold"]
"""How a generation was started."""


class WarmStarts:
    """Starts one plugin's generations, and keeps a process ready for the next."""

    def __init__(self, python: Path, folder: Path, environment: Mapping[str, str]) -> None:
        self._python, self._folder, self._environment = python, folder, environment
        self._lock = threading.Lock()
        self._learned: dict[str, None] = {}
        self._loaded = 0
        self._preloaded: Preloaded | None = None
        self._retired: list[Preloaded] = []
        """Those that generations may still live by."""

    def start(self, launch: Launch) -> tuple[Child, Way]:
        """The fastest start there is for this plugin now. Raises PluginLoadError."""
        with self._lock:
            try:
                return self._start(launch)
            except GoneError:  # killed, or an import that never ends: what was learned is to blame
                self._give_up()
                return start_cold(launch), "cold"

    def learn(self, module: str) -> None:
        """A generation has imported this module from outside its folder."""
        self._learned[module] = None

    def prepare(self) -> None:
        """Load, for the next generation, what the last one has imported. Never waits."""
        if not self._lock.acquire(blocking=False):
            return  # a generation is being started, and this is asked again after it
        try:
            if self._preloaded is not None and self._preloaded.is_spent:
                self._retire()
            self._load_learned()
        except GoneError:
            self._give_up()
        finally:
            self._lock.release()

    def stop(self) -> None:
        """End what waits. Generations that were forked off it lose their parent, and end."""
        if (preloaded := self._preloaded) is not None:
            preloaded.kill()  # whoever holds the lock may be waiting for it
        with self._lock:
            self._drop()
            for retired in self._retired:
                retired.kill()

    def retire(self) -> None:
        """Nothing more is started here; what has been started may go on."""
        with self._lock:
            self._retire()

    def _start(self, launch: Launch) -> tuple[Child, Way]:
        if self._preloaded is not None and self._preloaded.is_outdated():
            self._retire()
            self._load_learned()
        if self._preloaded is None or self._preloaded.hides(own_modules(launch.sources or {})):
            return start_cold(launch), "cold"
        if self._preloaded.unforkable() is None:
            return self._preloaded.fork(launch), "forked"
        if self._preloaded.has_forked:
            # It is what its generations live by, and must not end when it is replaced itself.
            self._retire()
        spare = self._load_learned()
        self._preloaded = None
        return spare.become(launch), "spare"

    def _load_learned(self) -> Preloaded:
        modules = list(self._learned)
        if self._preloaded is None:
            self._preloaded = Preloaded(self._python, self._folder, self._environment)
            self._preloaded.load([_SDK, *modules])
        elif self._loaded < len(modules):
            self._preloaded.load(modules[self._loaded :])
        self._loaded = len(modules)
        return self._preloaded

    def _give_up(self) -> None:
        self._learned, self._loaded = {}, 0
        if self._preloaded is not None and self._preloaded.has_forked:
            self._retire()
        self._drop()

    def _retire(self) -> None:
        if self._preloaded is not None:
            self._preloaded.retire()
            self._retired = [each for each in self._retired if not each.has_ended]
            self._retired.append(self._preloaded)
            self._preloaded = None

    def _drop(self) -> None:
        if self._preloaded is not None:
            self._preloaded.stop()
            self._preloaded = None
