"""Keeping history within its limit when a command's result has been printed."""

import time

from emulator.cli import reporting
from emulator.errors import EmulatorError
from emulator.workspace.limit import HistoryLimit, keep_within
from emulator.workspace.state_file import StateFile

_SECONDS = 1.0
"""That a command may take longer for it. What is left then is left to the next one."""


def keep_history(file: StateFile, limit: HistoryLimit) -> None:
    """Drop the oldest history if it is over its limit; that it cannot be is said on stderr."""
    left = _SECONDS

    def rest(seconds: float) -> bool:
        nonlocal left
        left -= seconds
        time.sleep(seconds)
        return left < 0

    try:
        keep_within(file, limit, rest)
    except EmulatorError as error:
        reporting.say(f"History was not kept within its limit: {error.message}", fg="yellow")
    except KeyboardInterrupt:
        return  # the round is over, and the rest can wait
