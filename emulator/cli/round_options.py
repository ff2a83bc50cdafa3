"""The options of every command that runs a round."""

import math
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import click

from emulator.cli import reporting
from emulator.dify.production import ROUND_SECONDS

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
