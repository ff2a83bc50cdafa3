"""Generations of a plugin without ``dev`` around them: started, called, and all ended again."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from emulator.dev.plugin_files import Reader, Watched
from emulator.dify.answers import Answers
from emulator.dify.calls import ToolCall
from emulator.dify.round import Round
from emulator.dify.storage import Storage
from emulator.plugin.config import Config
from emulator.plugin.environment import process_environment
from emulator.plugin.plugin import Plugin, read_plugin
from emulator.runtime.child import Child
from emulator.runtime.launch import Launch
from emulator.runtime.running import RunningPlugin
from emulator.runtime.warm_starts import WarmStarts, Way
from emulator.workspace.rounds import RoundBook
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store
from tests.runtime.process_tree import Tree
from tests.support.waiting import wait_until

READY_SECONDS = 60


@dataclass(frozen=True)
class Started:
    """A generation that is ready."""

    running: RunningPlugin
    way: Way
    plugin: Plugin
    storage: Storage
    calls: list[tuple[str, str | None]] = field(default_factory=list)
    """The ids of storage calls so far, and the places that they came from."""

    @property
    def places(self) -> list[str | None]:
        return [place for _, place in self.calls]

    def call(self, tool: str = "say", **parameters: Any) -> Any:
        """What a tool answers in its one JSON message."""
        document = self.round(tool, **parameters)
        assert document["error"] is None, document["error"]
        (message,) = document["messages"]
        return message["message"]["json_object"]

    def _place_of(self, request_id: str) -> str | None:
        place = self.running.place_of(request_id)
        self.calls.append((request_id, place))
        return place

    def round(self, tool: str = "say", **parameters: Any) -> dict[str, Any]:
        """A whole round of a tool."""
        invocation = ToolCall(tool, parameters).prepare(self.plugin, Config(), _no_files)
        permission = self.plugin.manifest.permission
        answers = Answers(self.running.send, permission, self.storage, place_of=self._place_of)
        book = RoundBook(self.storage.store.file)
        return book.show(Round(self.running, answers, book, invocation, timeout=60).run())


class Generations:
    """Starts a plugin again and again. In a ``with``; afterwards no process of it is left."""

    def __init__(
        self,
        folder: Path,
        state: Path,
        environment: Mapping[str, str] | None = None,
        python: Path = Path(sys.executable),
    ) -> None:
        self.folder, self.state, self._python = folder, state, python
        self._tree = Tree()
        marked = self._tree.environment
        self.environment = {**process_environment(Config()), **(environment or {}), **marked}
        self.starts = WarmStarts(python, folder, self.environment)
        self._running: list[RunningPlugin] = []
        self.way: Way = "cold"
        """How the last one was started."""

    def __enter__(self) -> "Generations":
        self._file = StateFile(self.state / "state.db")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for running in self._running:
            running.stop()
        self.starts.stop()
        self._file.close()
        wait_until(lambda: not self.processes(), READY_SECONDS)

    def start(self, *, from_disk: bool = False) -> RunningPlugin:
        """The next generation, of the files as they are; it need not become ready."""
        read = Reader(Watched(self.folder, self.state)).read()
        launch = Launch(
            self._python,
            "main",
            self.folder,
            self.environment,
            sources=None if from_disk else read.sources,
        )
        running = RunningPlugin(launch, self._start, on_import=self.starts.learn)
        self._running.append(running)
        return running

    def next(self, *, from_disk: bool = False) -> Started:
        """The next generation, ready."""
        running = self.start(from_disk=from_disk)
        running.wait_until_ready(READY_SECONDS)
        plugin = read_plugin(self.folder)
        storage = Storage(Store(self._file, "default", plugin.id), None)
        return Started(running, self.way, plugin, storage)

    def warm(self) -> Started:
        """The second generation: the first has taught what to load for it."""
        self.starts.prepare()
        first = self.next()
        first.running.stop()
        self.starts.prepare()
        return self.next()

    def processes(self) -> list[int]:
        """All that was started for it and is still there, guards with it."""
        return self._tree.pids()

    def _start(self, launch: Launch) -> Child:
        child, self.way = self.starts.start(launch)
        return child


def write_package(folder: Path, name: str, code: str) -> dict[str, str]:
    """A module that is not the plugin's; gives the environment in which it can be imported."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(code)
    return {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}


def _no_files(_path: Path) -> dict[str, Any]:
    raise AssertionError("no call here has a file")
