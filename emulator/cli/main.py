"""The command ``dify-emulator``: finds the command asked for, and tells what went wrong."""

import gc
import importlib
import sys
from typing import Any

import click

from emulator import __version__
from emulator.cli import reporting
from emulator.cli.output import discard_stdout
from emulator.errors import EmulatorError, PluginLoadError

INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for.

    ``storage get`` must not pay for what ``run`` needs.
    """

    def __init__(self, *args: Any, lazy: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._lazy:
            return None
        module, name = self._lazy[cmd_name].split(":")
        gc.disable()  # modules are no garbage; looking for some takes a sixth of importing them
        try:
            command: click.Command = getattr(importlib.import_module(module), name)
        finally:
            gc.enable()
        return command


@click.group(
    cls=LazyGroup,
    lazy={
        "run": "emulator.cli.run:run",
        "request": "emulator.cli.request:request",
        "dev": "emulator.cli.dev.command:dev",
        "storage": "emulator.cli.storage.group:storage",
        "snapshot": "emulator.cli.snapshot.group:snapshot",
        "rounds": "emulator.cli.rounds.group:rounds",
        "new": "emulator.cli.new:new",
        "check": "emulator.cli.check.command:check",
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="dify-emulator")
def cli() -> None:
    """Run Dify plugins on your own machine, with session.storage that persists."""


def main() -> None:
    """Run the command line, and end the process with the contract's exit code."""
    try:
        code = cli.main(prog_name="dify-emulator", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except EmulatorError as error:
        code = _tell(error)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        reporting.say("Interrupted.")
        code = INTERRUPTED
    except BrokenPipeError:
        discard_stdout()
        code = 1
    except OSError as error:
        if error.filename is not None:
            raise  # a bug of ours: files are refused with words where they are used
        discard_stdout()
        code = _tell(EmulatorError(f"stdout cannot be written: {error.strerror}."))
    sys.exit(code if isinstance(code, int) else 0)


def _tell(error: EmulatorError) -> int:
    if isinstance(error, PluginLoadError):
        from emulator.check.diagnosis import diagnosed

        error = diagnosed(error)
    reporting.say("Error: ", fg="red", newline=False)
    reporting.say(error.message)
    if error.details and reporting.verbose:
        reporting.say(error.details.rstrip())
    if error.advice:
        reporting.say(error.advice)
    return error.exit_code
