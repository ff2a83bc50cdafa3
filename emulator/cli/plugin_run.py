"""One round in a process of its own: what ``run`` and ``request`` share."""

import math
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from emulator.cli import reporting
from emulator.cli.project import Project
from emulator.dify.answers import Answers
from emulator.dify.filling import seed_untouched
from emulator.dify.invocation import Invocation
from emulator.dify.production import HEARTBEAT_SECONDS, ROUND_SECONDS
from emulator.dify.round import Round, Watcher
from emulator.dify.storage import Storage
from emulator.plugin.environment import choose_interpreter
from emulator.plugin.plugin import Plugin
from emulator.runtime.launch import Launch
from emulator.runtime.running import RunningPlugin
from emulator.workspace.rounds import RoundBook
from emulator.workspace.seeds import read_seed

F = TypeVar("F", bound=Callable[..., Any])


class Seconds(click.ParamType[float]):
    """A time that can be waited for: click's ranges let `nan` and `inf` pass."""

    name = "seconds"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds <= threading.TIMEOUT_MAX:
            self.fail(f"{value!r} is not a number of seconds (x>0).", param, ctx)
        return seconds


def round_options(command: F) -> F:
    """The options of every command that runs a round."""
    options = [
        click.option("--timeout", type=Seconds(),
                     default=ROUND_SECONDS, metavar="SECONDS",
                     help="End the round after this long (default: 600, as Dify)."),
        click.option("--python", metavar="PATH", help="The interpreter that runs the plugin."),
        click.option("--json", "as_json", is_flag=True, help="Print the whole round as JSON."),
        click.option("-v", "--verbose", is_flag=True, expose_value=False, is_eager=True,
                     callback=reporting.set_verbose, help="Show whole tracebacks."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@contextmanager
def started(project: Project, plugin: Plugin, python: str | None) -> Iterator[RunningPlugin]:
    """The plugin's process, started but perhaps not yet ready; gone at the end, whatever happens.

    Raises PluginLoadError.
    """
    with reporting.progress() as progress:
        interpreter = choose_interpreter(project.folder, project.state_dir, python, progress)
    environment = {
        **os.environ,
        **project.config.env,
        "INSTALL_METHOD": "local",
        # Nothing is written into the plugin's folder. Bytecode of a source that was saved twice
        # within a second would be stale besides.
        "PYTHONDONTWRITEBYTECODE": "1",
    }
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
    answers = Answers(running.send, plugin.manifest.permission, storage)
    number = Round(running, answers, book, invocation, timeout=timeout, watcher=watcher).run()
    return book.show(number)


def fill_untouched(project: Project, storage: Storage) -> None:
    """A workspace that nobody has used yet starts from the configured seed."""
    name = project.config.seed
    if name and storage.store.untouched:
        values = read_seed(project.folder / name)
        if seed_untouched(storage, values, name):
            reporting.say(f"The workspace {project.workspace!r} starts from {name}.")
