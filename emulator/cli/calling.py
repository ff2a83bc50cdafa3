"""One round of ``run`` or ``request``: through a running dev, or in a process of its own."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator.cli.project import Project
from emulator.cli.through_dev import call_through_dev
from emulator.dify.calls import Call

if TYPE_CHECKING:
    from emulator.dify.round import Watcher
    from emulator.server.files import Files


def make_call(
    project: Project,
    call: Call,
    timeout: float,
    python: str | None,
    watcher: "Watcher | None",
) -> dict[str, Any]:
    """Run one round; gives its document. Raises EmulatorError."""
    if python is None:
        document = call_through_dev(project, call, timeout, watcher)
        if document is not None:
            return document
    return _call_alone(project, call, timeout, python, watcher)


def _call_alone(
    project: Project,
    call: Call,
    timeout: float,
    python: str | None,
    watcher: "Watcher | None",
) -> dict[str, Any]:
    # What runs a plugin takes longer to import than a round in a running dev.
    from emulator.cli.plugin_run import run_round, started
    from emulator.plugin.plugin import read_plugin

    plugin = read_plugin(project.folder)
    with ExitStack() as stack:
        invocation = call.prepare(plugin, project.config, _Files(stack).offer)
        running = stack.enter_context(started(project, plugin, python))
        return run_round(project, plugin, running, invocation, timeout, watcher)


class _Files:
    """Serves files to the plugin. The server, a web framework, starts with the first file."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._files: Files | None = None

    def offer(self, path: Path) -> dict[str, Any]:
        if self._files is None:
            from emulator.server.files import FileServer

            self._files = self._stack.enter_context(FileServer())
        return self._files.offer(path)
