"""``rounds replay``: recorded calls made again on the present code."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from emulator.cli import reporting
from emulator.cli.caller import Caller, caller
from emulator.cli.numbers import SECONDS
from emulator.cli.project import Project, project_options
from emulator.cli.rounds.from_point import memory_from
from emulator.cli.rounds.replay_view import Replay, replay_document, show_replay
from emulator.dify.calls import Call
from emulator.dify.production import ROUND_SECONDS
from emulator.dify.recorded_calls import recall
from emulator.errors import NotThereError, RefusedError, UsageError
from emulator.insight.comparison import KeptRound, compare
from emulator.plugin.identity import read_identity
from emulator.workspace.effects import written
from emulator.workspace.recorded_inputs import read_inputs
from emulator.workspace.rounds import RoundBook
from emulator.workspace.state_file import StateFile


@click.command()
@project_options
@click.argument("numbers", nargs=-1, required=True, type=click.IntRange(min=1), metavar="N...")
@click.option(
    "--from",
    "point",
    metavar="POINT",
    help="Start from the memory of a point, and put the present one back at the end.",
)
@click.option("--check", is_flag=True, help="Exit with 1 if a round differs.")
@click.option(
    "--timeout",
    type=SECONDS,
    default=ROUND_SECONDS,
    metavar="SECONDS",
    help="End a round after this long (default: 600, as Dify).",
)
@click.option("--python", metavar="PATH", help="The interpreter that runs the plugin.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-v", "--verbose", is_flag=True, expose_value=False, is_eager=True,
              callback=reporting.set_verbose, help="Show whole tracebacks.")  # fmt: skip
def replay(
    project: Project,
    numbers: tuple[int, ...],
    point: str | None,
    check: bool,
    timeout: float,
    python: str | None,
    as_json: bool,
) -> int:
    """Make the calls of the rounds N... again, in this order, and show what comes out differently.

    \b
    dify-emulator rounds replay 7               on the present memory
    dify-emulator rounds replay 7 8 --from 7^   on that of before round 7
    """
    replays: list[Replay] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="dify-emulator-")))
        file = project.open_state()
        project, rounds = _recalled(project, file, numbers, folder)
        if point is not None:
            stack.enter_context(memory_from(project.open_storage().store, point, replays))
        making = stack.enter_context(caller(project, timeout, python, reruns=False))
        for each in rounds:
            replays.append(_replay(making, file, each))
            if not as_json:
                show_replay(replays[-1])
    if as_json:
        documents = [replay_document(each) for each in replays]
        click.echo(json.dumps(documents, ensure_ascii=False, indent=2))
    fails = (not each.is_same if check else each.refused is not None for each in replays)
    return 1 if any(fails) else 0


@dataclass(frozen=True, slots=True)
class _Recalled:
    """A round to be replayed. It is read before any runs: the limit of history may drop it then."""

    number: int
    call: Call
    kept: KeptRound


def _recalled(
    project: Project, file: StateFile, numbers: tuple[int, ...], folder: Path
) -> tuple[Project, list[_Recalled]]:
    """The rounds, and where their calls are made: in their workspace, or one that was named.

    Raises NotThereError, UsageError.
    """
    plugin = read_identity(project.folder).plugin_id
    recorded = [read_inputs(file, number, plugin) for number in numbers]
    if not project.is_workspace_named:
        workspaces = sorted({each.workspace for each in recorded})
        if len(workspaces) > 1:
            raise UsageError(
                f"These rounds ran in different workspaces: {', '.join(workspaces)}.",
                advice="Replay those of one at a time, or all of them in one named with -w.",
            )
        project = replace(project, workspace=workspaces[0])
    calls = [
        recall(each, file, project.config, folder / str(place))
        for place, each in enumerate(recorded)
    ]
    pairs = zip(numbers, calls, strict=True)
    return project, [_Recalled(number, call, _kept(file, number)) for number, call in pairs]


def _replay(making: Caller, file: StateFile, round: _Recalled) -> Replay:
    try:
        new = making.make(round.call)["round"]
    except (NotThereError, UsageError, RefusedError) as refused:
        # The present code takes no such call: that too is a difference.
        return Replay(round.number, refused=refused)
    return Replay(round.number, new, compare(round.kept, _kept(file, new)))


def _kept(file: StateFile, number: int) -> KeptRound:
    return KeptRound(RoundBook(file).show(number), written(file, number))
