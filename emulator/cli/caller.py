"""Making a command's calls: through a running dev, or in one process for all of them."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from emulator.cli.project import Project
from emulator.cli.through_dev import call_through_dev
from emulator.dify.calls import Call
from emulator.dify.faults import NO_FAULTS, Faults

if TYPE_CHECKING:
    from emulator.cli.plugin_run import PluginRun
    from emulator.dify.round import Watcher


class Caller:
    """Makes calls, also from many threads at once. Made by :func:`caller`."""

    def __init__(
        self,
        project: Project,
        timeout: float,
        python: str | None,
        faults: Faults,
        stack: ExitStack,
        *,
        reruns: bool,
    ) -> None:
        self._project, self._timeout, self._python = project, timeout, python
        self._faults, self._reruns = faults, reruns
        self._stack = stack
        self._run: PluginRun | None = None
        self._lock = threading.Lock()

    def make(self, call: Call, watcher: "Watcher | None" = None) -> dict[str, Any]:
        """Run one round; gives its document. Raises EmulatorError."""
        if self._run is None and self._python is None and not self._faults:
            document = call_through_dev(
                self._project, call, self._timeout, watcher, reruns=self._reruns
            )
            if document is not None:
                return document
        return self._alone().make(call, self._timeout, watcher, self._faults)

    def _alone(self) -> "PluginRun":
        # What runs a plugin takes longer to import than a round in a running dev.
        from emulator.cli.plugin_run import plugin_run

        with self._lock:
            if self._run is None:
                run = plugin_run(self._project, self._python)
                self._run = self._stack.enter_context(run)
            return self._run


@contextmanager
def caller(
    project: Project,
    timeout: float,
    python: str | None,
    faults: Faults = NO_FAULTS,
    *,
    reruns: bool = True,
) -> Iterator[Caller]:
    """Whoever makes the calls of a command; what it started has gone at the end.

    ``timeout`` is each round's, in seconds. ``python`` names an interpreter: then it is not dev's,
    nor is it with ``faults``. ``reruns`` has dev make the last call again on new code.
    """
    with ExitStack() as stack:
        yield Caller(project, timeout, python, faults, stack, reruns=reruns)
