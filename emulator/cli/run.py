"""``run``: one call of one tool; once, many times at once, or crashed at every step."""

import json

import click

from emulator.cli.calling import has_crashed_as_asked, make_call
from emulator.cli.output import Output
from emulator.cli.project import Project, project_options
from emulator.cli.repetition import Repetition, repetition_options
from emulator.cli.round_options import RoundOptions, round_options
from emulator.cli.round_view import ToolView, say_outcome
from emulator.cli.tool_call import tool_call
from emulator.dify.calls import ToolCall
from emulator.errors import UsageError


@click.command()
@project_options
@tool_call
@round_options
@repetition_options
def run(
    project: Project, call: ToolCall | None, options: RoundOptions, repetition: Repetition
) -> int:
    """Call TOOL once, on the storage of the workspace.

    \b
    dify-emulator run remember name=colour value=blue
    dify-emulator run resize image@photo.png width:=320
    dify-emulator run counter --times 20 --parallel 10
    dify-emulator run counter --crash-each
    """
    if call is None:
        raise _nothing_named(project)
    repetition.check_with(options)
    if repetition.crash_each:
        from emulator.cli.crashes import crash_each

        return crash_each(project, call, options)
    if repetition.times is not None:
        from emulator.cli.many import run_many

        return run_many(project, call, options, repetition.times, repetition.parallel or 1)
    return _run_once(project, call, options)


def _run_once(project: Project, call: ToolCall, options: RoundOptions) -> int:
    output = Output()
    view = None if options.as_json else ToolView(output)
    document = make_call(project, call, options, view)
    if view:
        view.end()
        say_outcome(document, project.folder)
    else:
        output.line(json.dumps(document, ensure_ascii=False, indent=2))
    output.check()
    succeeded = has_crashed_as_asked(document, options) or document["status"] == "ok"
    return 0 if succeeded else 1


def _nothing_named(project: Project) -> UsageError:
    from emulator.plugin.names import list_tools
    from emulator.plugin.plugin import read_plugin

    plugin = read_plugin(project.folder)
    return UsageError(f"Name a tool. {plugin.id} has:\n{list_tools(plugin)}")
