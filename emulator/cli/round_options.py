"""The options of every command that runs a round."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, TypeVar

import click

from emulator.cli import reporting
from emulator.cli.fault_options import fault_options
from emulator.cli.numbers import SECONDS
from emulator.dify.faults import Faults
from emulator.dify.production import ROUND_SECONDS

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class RoundOptions:
    """How rounds are run and shown."""

    timeout: float
    """Seconds."""
    python: str | None
    as_json: bool
    faults: Faults


def round_options(command: F) -> F:
    """The command with the options of every round; passes RoundOptions as ``options``."""

    @click.option("--timeout", type=SECONDS, default=ROUND_SECONDS, metavar="SECONDS",
                  help="End the round after this long (default: 600, as Dify).")  # fmt: skip
    @click.option("--python", metavar="PATH", help="The interpreter that runs the plugin.")
    @fault_options
    @click.option("--crash-after", type=click.IntRange(min=1), metavar="K",
                  help="Kill the plugin right after its storage operation K.")  # fmt: skip
    @click.option("--json", "as_json", is_flag=True, help="Print the whole round as JSON.")
    @click.option("-v", "--verbose", is_flag=True, expose_value=False, is_eager=True,
                  callback=reporting.set_verbose, help="Show whole tracebacks.")  # fmt: skip
    @wraps(command)
    def wrapped(
        *given: Any,
        timeout: float,
        python: str | None,
        faults: Faults,
        crash_after: int | None,
        as_json: bool,
        **rest: Any,
    ) -> Any:
        faults = replace(faults, crash_after=crash_after)
        options = RoundOptions(timeout, python, as_json, faults)
        return command(*given, options=options, **rest)

    return wrapped  # type: ignore[return-value]
