"""One round of ``run`` or ``request``."""

from typing import TYPE_CHECKING, Any

from emulator.cli import reporting
from emulator.cli.caller import caller
from emulator.cli.project import Project
from emulator.cli.round_options import RoundOptions
from emulator.dify.calls import Call
from emulator.dify.faults import CRASHED_AS_ASKED

if TYPE_CHECKING:
    from emulator.dify.round import Watcher


def make_call(
    project: Project, call: Call, options: RoundOptions, watcher: "Watcher | None"
) -> dict[str, Any]:
    """Run one round; gives its document. Raises EmulatorError."""
    with caller(project, options.timeout, options.python, options.faults) as making:
        return making.make(call, watcher)


def has_crashed_as_asked(document: dict[str, Any], options: RoundOptions) -> bool:
    """Whether the plugin was killed where it was to be; says it if that did not come."""
    error, after = document["error"], options.faults.crash_after
    if error is not None and error["type"] == CRASHED_AS_ASKED:
        return True
    if after is not None:
        made = len(document["operations"])
        reporting.say(f"--crash-after {after}: the plugin was not killed, for the round made only "
                      f"{made} storage operation{'s' * (made != 1)}.")  # fmt: skip
    return False
