"""``run --crash-each``: which crashes leave a memory that breaks the plugin."""

import json
from dataclasses import asdict

from emulator.cli import reporting
from emulator.cli.crash_table import show_trials
from emulator.cli.crash_trials import Crashing
from emulator.cli.output import Output
from emulator.cli.plugin_run import plugin_run
from emulator.cli.project import Project
from emulator.cli.round_options import RoundOptions
from emulator.dify.calls import ToolCall


def crash_each(project: Project, call: ToolCall, options: RoundOptions) -> int:
    """Crash the call after each of its operations; gives the exit code. Raises EmulatorError."""
    with (
        plugin_run(project, options.python, renews=True) as run,
        reporting.progress() as progress,
        Crashing(project, run, call, options.timeout) as crashing,
    ):
        number = crashing.call_undisturbed()
        trials = []
        for after in range(1, number + 1):
            progress.detail(f"crash after operation {after} of {number}")
            trials.append(crashing.crash(after))
    output = Output()
    if options.as_json:
        listed = [asdict(trial) for trial in trials]
        output.line(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        show_trials(trials, output)
    output.check()
    return 1 if any(trial.breaks for trial in trials) else 0
