"""The memory of a point of history, for a while: ``--from``."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from emulator.cli import reporting
from emulator.cli.rounds.replay_view import Replay
from emulator.workspace import snapshots
from emulator.workspace.history import rewind_to
from emulator.workspace.rounds import RoundBook, iso_time
from emulator.workspace.store import Store

_ENDING_SECONDS = 2.0


@contextmanager
def memory_from(store: Store, point: str, replays: list[Replay]) -> Iterator[None]:
    """The memory of a point; afterwards, whatever happens, the present one. Raises NotThereError.

    A snapshot keeps the limit of history from dropping the way back.
    """
    began = time.time_ns() // 1000
    way_back = f"before-replay-{iso_time(began)}"
    with ExitStack() as stack:
        snapshots.save(store, way_back)
        stack.callback(snapshots.delete, store, way_back)
        rewind_to(store, point)
        stack.callback(_put_back, store, way_back, replays)
        stack.callback(_wait_for_the_last, store, began)
        yield


def _put_back(store: Store, way_back: str, replays: list[Replay]) -> None:
    rewind_to(store, way_back)
    new = [each.replayed_as for each in replays if each.replayed_as is not None]
    left = f" What round {new[-1]} left: storage rewind {new[-1]}" if new else ""
    reporting.say(f"Memory is again as it was before the replay.{left}")


def _wait_for_the_last(store: Store, began: int) -> None:
    """A dev needs a moment to hear that a call of it was interrupted, and goes on until then."""
    deadline = time.monotonic() + _ENDING_SECONDS
    while _is_one_running(store, began) and time.monotonic() < deadline:
        time.sleep(0.01)


def _is_one_running(store: Store, began: int) -> bool:
    """Whether a round that has begun since then has no end."""
    for each in RoundBook(store.file).rounds(store.scope):
        if each.started_at < began:
            return False
        if each.status is None:
            return True
    return False
