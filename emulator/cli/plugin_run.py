"""One round in a process of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from emulator.cli import reporting
from emulator.cli.project import Project
from emulator.dify.answers import Answers
from emulator.dify.filling import seed_untouched
from emulator.dify.invocation import Invocation
from emulator.dify.production import HEARTBEAT_SECONDS
from emulator.dify.round import Round, Watcher
from emulator.dify.storage import Storage
from emulator.insight.examine import examine
from emulator.plugin.code import digest_of, read_code
from emulator.plugin.environment import choose_interpreter, process_environment
from emulator.plugin.plugin import Plugin
from emulator.runtime.launch import Launch
from emulator.runtime.running import RunningPlugin
from emulator.workspace.rounds import RoundBook
from emulator.workspace.seeds import read_seed


@contextmanager
def started(project: Project, plugin: Plugin, python: str | None) -> Iterator[RunningPlugin]:
    """The plugin's process, started but perhaps not yet ready; gone at the end, whatever happens.

    Raises PluginLoadError.
    """
    with reporting.progress() as progress:
        interpreter = choose_interpreter(project.folder, project.state_dir, python, progress)
    environment = process_environment(project.config)
    entrypoint = plugin.manifest.meta.runner.entrypoint
    running = RunningPlugin(Launch(interpreter, entrypoint, project.folder, environment))
    try:
        yield running
    finally:
        running.stop()


def run_round(
    project: Project,
    plugin: Plugin,
    running: RunningPlugin,
    invocation: Invocation,
    timeout: float,
    watcher: Watcher | None,
) -> dict[str, Any]:
    """Run one round; gives its document."""
    storage = project.open_storage()
    fill_untouched(project, storage)
    book = RoundBook(storage.store.file)
    running.wait_until_ready(HEARTBEAT_SECONDS)
    answers = Answers(running.send, plugin.manifest.permission, storage, place_of=running.place_of)
    round = Round(
        running,
        answers,
        book,
        invocation,
        code=digest_of(read_code(project.folder)),
        timeout=timeout,
        watcher=watcher,
        examine=examine,
        silenced=frozenset(project.config.silence),
    )
    return book.show(round.run())


def fill_untouched(project: Project, storage: Storage) -> None:
    """A workspace that nobody has used yet starts from the configured seed."""
    name = project.config.seed
    if name and storage.store.untouched:
        values = read_seed(project.folder / name)
        if seed_untouched(storage, values, name):
            reporting.say(f"The workspace {project.workspace!r} starts from {name}.")
