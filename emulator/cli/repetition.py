"""The options of ``run`` that make one call more than once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import click

from emulator.cli.round_options import RoundOptions
from emulator.dify.faults import NO_FAULTS
from emulator.errors import UsageError

_AT_ONCE = 1000
"""As many as the SDK handles (S config/config.py, MAX_WORKER)."""

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Repetition:
    """How often a call is made. ``times`` is None where it was not given."""

    times: int | None
    parallel: int | None
    crash_each: bool

    def check_with(self, options: RoundOptions) -> None:
        """Raise UsageError for options that do not go together."""
        if self.parallel is not None and self.times is None:
            raise UsageError(
                f"--parallel {self.parallel} needs --times N: how many calls to make.",
                advice=f"All at once: --times {self.parallel} --parallel {self.parallel}",
            )
        if self.times is not None and options.faults.crash_after is not None:
            raise UsageError(
                "--times and --crash-after do not go together: all calls share one process, "
                "as on Dify, and would die with it."
            )
        if self.crash_each and (self.times is not None or options.faults != NO_FAULTS):
            raise UsageError(
                "--crash-each compares with an undisturbed call, so it goes with neither --times, "
                "--crash-after, --storage-latency nor --storage-error."
            )


def repetition_options(command: F) -> F:
    """The command with these options; passes a Repetition as ``repetition``."""

    @click.option("--times", type=click.IntRange(min=1), metavar="N",
                  help="Make the call N times, and sum up what came of it.")  # fmt: skip
    @click.option("--parallel", type=click.IntRange(1, _AT_ONCE), metavar="K",
                  help="Make K of them at once (default: 1).")  # fmt: skip
    @click.option("--crash-each", is_flag=True,
                  help="Kill the plugin after each of its storage operations in turn, and tell "
                       "whether the next call gets on with what that left.")  # fmt: skip
    @wraps(command)
    def wrapped(
        *given: Any, times: int | None, parallel: int | None, crash_each: bool, **rest: Any
    ) -> Any:
        return command(*given, repetition=Repetition(times, parallel, crash_each), **rest)

    return wrapped  # type: ignore[return-value]
