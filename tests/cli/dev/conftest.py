"""``dev`` on a terminal, and calls that are made of it meanwhile."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.support.emulator import Emulator, Result
from tests.support.terminal import Terminal

OpenDev = Callable[..., Terminal]
Call = Callable[..., "Future[Result]"]


@pytest.fixture
def call() -> Iterator[Call]:
    """Begin a command in a process of its own: ``call(emulator, "run", "tool").result()``."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit


@pytest.fixture
def open_dev(call: Call) -> Iterator[OpenDev]:
    """Run ``dev`` on a terminal, and wait for its first generation if it is to ``load``."""
    with ExitStack() as stack:  # ended before the calls are waited for, which end with it

        def open_dev(
            emulator: Emulator,
            *words: str,
            environment: dict[str, str | None] | None = None,
            background: bool = False,
            loads: bool = True,
        ) -> Terminal:
            changed = {**emulator.environ(), **(environment or {})}
            variables = {name: value for name, value in changed.items() if value is not None}
            command = emulator.command("dev", "--port", "0", *words)
            terminal = stack.enter_context(Terminal(command, variables, background=background))
            if loads:
                terminal.wait_for("generation 1 ")
            return terminal

        yield open_dev
