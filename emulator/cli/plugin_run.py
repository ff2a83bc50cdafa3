"""Rounds in a process that a command starts for them."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator.cli import reporting
from emulator.cli.history_limit import keep_history
from emulator.cli.project import Project
from emulator.dify.answers import Answers
from emulator.dify.calls import Call
from emulator.dify.faults import NO_FAULTS, Faults, injector
from emulator.dify.filling import seed_untouched
from emulator.dify.production import HEARTBEAT_SECONDS
from emulator.dify.round import Round, Watcher
from emulator.dify.storage import Storage
from emulator.insight.examine import examine
from emulator.plugin.code import digest_of, read_code
from emulator.plugin.environment import choose_interpreter, process_environment
from emulator.plugin.plugin import read_plugin
from emulator.runtime.launch import Launch
from emulator.runtime.running import RunningPlugin
from emulator.runtime.warm_starts import WarmStarts
from emulator.workspace.limit import HistoryLimit
from emulator.workspace.rounds import RoundBook
from emulator.workspace.seeds import read_seed

if TYPE_CHECKING:
    from emulator.server.files import Files


@contextmanager
def plugin_run(
    project: Project, python: str | None, *, renews: bool = False
) -> Iterator["PluginRun"]:
    """A plugin to make calls of; nothing of it runs on at the end, whatever happens.

    ``renews`` gives each call a process of its own. Raises PluginLoadError.
    """
    run = PluginRun(project, python, renews=renews)
    try:
        yield run
    finally:
        run.stop()


@dataclass(slots=True)
class _Process:
    running: RunningPlugin
    code: str
    rounds: int = 0
    is_worn: bool = False


class PluginRun:
    """Safe for many threads. All calls share a process, which starts with the first.

    A process that a round has ended, or that has not ended a round, gets no more of them. If it
    ``renews`` them, each gets one call, and they are forked off one that has everything loaded.
    """

    def __init__(self, project: Project, python: str | None, *, renews: bool = False) -> None:
        self._project, self._python, self._renews = project, python, renews
        self._plugin = read_plugin(project.folder)
        self._stack = ExitStack()
        self._lock = threading.Lock()
        self._files: Files | None = None
        self._storage: Storage | None = None
        self._process: _Process | None = None
        self._starts: WarmStarts | None = None

    def make(
        self,
        call: Call,
        timeout: float,
        watcher: Watcher | None = None,
        faults: Faults = NO_FAULTS,
    ) -> dict[str, Any]:
        """Run one round; gives its document. Raises EmulatorError."""
        invocation = call.prepare(self._plugin, self._project.config, self._offer)
        with self._entered() as process:
            storage = self.storage()
            book = RoundBook(storage.store.file)
            running = process.running
            running.wait_until_ready(HEARTBEAT_SECONDS)
            permission = self._plugin.manifest.permission
            round = Round(
                running,
                Answers(
                    running.send,
                    permission,
                    storage,
                    place_of=running.place_of,
                    faults=injector(faults, running.dismiss),
                ),
                book,
                invocation,
                code=process.code,
                timeout=timeout,
                watcher=watcher,
                examine=examine,
                silenced=frozenset(self._project.config.silence),
            )
            document = book.show(round.run())
            process.is_worn |= self._renews or document["status"] == "timeout"
        return document

    def storage(self) -> Storage:
        """The plugin's storage, filled from the configured seed if nobody has used it yet."""
        with self._lock:
            if self._storage is None:
                self._storage = self._project.open_storage()
                self._project.afterwards.append(self._keep_history)
                fill_untouched(self._project, self._storage)
            return self._storage

    def _keep_history(self) -> None:
        limit = HistoryLimit(**self._project.config.history)
        keep_history(self.storage().store.file, limit)

    def stop(self) -> None:
        """End all that was started."""
        self._stack.close()

    @contextmanager
    def _entered(self) -> Iterator[_Process]:
        with self._lock:
            if self._process is None or self._process.is_worn or self._process.running.has_died:
                self._process = self._start()
            process = self._process
            process.rounds += 1
        try:
            yield process
        finally:
            with self._lock:
                process.rounds -= 1
                ends = process.is_worn and not process.rounds
            if ends:
                process.running.stop()

    def _start(self) -> _Process:
        project = self._project
        with reporting.progress() as progress:
            interpreter = choose_interpreter(
                project.folder, project.state_dir, self._python, progress
            )
        environment = process_environment(project.config)
        entrypoint = self._plugin.manifest.meta.runner.entrypoint
        launch = Launch(interpreter, entrypoint, project.folder, environment)
        code = read_code(project.folder)
        running = self._run_warm(launch, code) if self._renews else RunningPlugin(launch)
        self._stack.callback(running.stop)
        return _Process(running, digest_of(code))

    def _run_warm(self, launch: Launch, code: dict[str, bytes]) -> RunningPlugin:
        if self._starts is None:
            self._starts = WarmStarts(launch.python, launch.folder, launch.environment)
            self._stack.callback(self._starts.stop)
        starts = self._starts
        starts.prepare()
        return RunningPlugin(
            replace(launch, sources=code),
            lambda launch: starts.start(launch)[0],
            on_import=starts.learn,
        )

    def _offer(self, path: Path) -> dict[str, Any]:
        """Serve a file to the plugin. The server, a web framework, starts with the first."""
        with self._lock:
            if self._files is None:
                from emulator.server.files import FileServer

                self._files = self._stack.enter_context(FileServer())
            return self._files.offer(path)


def fill_untouched(project: Project, storage: Storage) -> None:
    """A workspace that nobody has used yet starts from the configured seed."""
    name = project.config.seed
    if name and storage.store.untouched:
        values = read_seed(project.folder / name)
        if seed_untouched(storage, values, name):
            reporting.say(f"The workspace {project.workspace!r} starts from {name}.")
