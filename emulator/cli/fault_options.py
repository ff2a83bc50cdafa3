"""The options that make storage slow or unreliable, as a remote one is."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from emulator.cli.numbers import MILLISECONDS, PERCENT
from emulator.dify.faults import Faults

F = TypeVar("F", bound=Callable[..., Any])


def fault_options(command: F) -> F:
    """The command with these options; passes Faults as ``faults``."""

    @click.option("--storage-latency", type=MILLISECONDS, default=0.0, metavar="MS",
                  help="Let each storage operation take this much longer.")  # fmt: skip
    @click.option("--storage-error", type=PERCENT, default=0.0, metavar="PERCENT",
                  help="Let this part of all storage operations fail, at random.")  # fmt: skip
    @wraps(command)
    def wrapped(*given: Any, storage_latency: float, storage_error: float, **rest: Any) -> Any:
        return command(*given, faults=Faults(storage_latency / 1000, storage_error), **rest)

    return wrapped  # type: ignore[return-value]
