"""A plugin's process from its first line: it waits for orders, and becomes a generation.

It imports what it is told to, forks generations off itself, or becomes one. It is what the
emulator calls a spare as long as it waits.
"""

import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .channel import Channel
from .debugging import let_breakpoints_reach
from .forking import Nest
from .freshness import Freshness
from .imports import forget_hidden, import_all, tell_imports
from .places import tell_places
from .sources import use_sources
from .unpatched import os


def main(fd: int, started_with: frozenset[str]) -> None:
    """Obey the emulator. ``started_with`` is what Python loads before it runs anything."""
    channel = Channel(fd)
    nest, freshness = Nest(started_with), Freshness()
    while (received := channel.receive()) is not None:
        order, files = received
        match order["do"]:
            case "import":
                with _silence():
                    import_all(order["modules"])
                freshness.remember()
                channel.send({"preloaded": nest.describe()})
            case "check":
                channel.send({"is_outdated": freshness.is_lost()})
            case "fork":
                born = nest.fork(files)
                if born is not None:
                    channel.close()
                    _run(order, born.sources, Channel(born.channel), started_with)
                    return
            case "become":
                _run(order, files[0] if files else None, channel, started_with)
                return
    nest.wait_for_all()


@contextmanager
def _silence() -> Iterator[None]:
    """Nobody reads what this process prints before it is a generation, and pipes get full."""
    kept = [os.dup(number) for number in (1, 2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number, inheritable=False)
    os.close(nowhere)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, fd in zip((1, 2), kept, strict=True):
            os.dup2(fd, number)
            os.close(fd)


def _run(
    order: dict[str, Any], sources: int | None, channel: Channel, started_with: frozenset[str]
) -> None:
    """What ``python -m ENTRYPOINT`` does in a folder."""
    os.chdir(order["folder"])
    folder = os.getcwd()
    forget_hidden(folder, started_with)
    sys.path.insert(0, folder)
    use_sources(folder, sources)
    if (own := order["tells_imports_beyond"]) is not None:
        tell_imports(frozenset(own), channel)
    tell_places(folder, channel)
    let_breakpoints_reach(channel)
    runpy.run_module(order["entrypoint"], run_name="__main__", alter_sys=True)
