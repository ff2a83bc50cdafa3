"""``run``: one round of one tool."""

import json

import click

from emulator.cli.calling import make_call
from emulator.cli.output import Output
from emulator.cli.project import Project, project_options
from emulator.cli.round_options import round_options
from emulator.cli.round_view import ToolView, say_outcome
from emulator.cli.words import read_pairs, read_parameters
from emulator.dify.calls import ToolCall
from emulator.errors import UsageError


@click.command()
@project_options
@click.argument("tool", required=False)
@click.argument("parameters", nargs=-1, metavar="[name=value] [name:=json] [name@file]")
@click.option("--provider", metavar="NAME", help="The tool's provider, if two have such a tool.")
@click.option("--user", metavar="ID", help="Who calls (default: local-user).")
@click.option("--conversation", metavar="ID", help="conversation_id of the session.")
@click.option("--app", metavar="ID", help="app_id of the session.")
@click.option("--message", metavar="ID", help="message_id of the session.")
@click.option(
    "--credential",
    "credentials",
    multiple=True,
    metavar="name=value",
    help="A credential of the provider (repeatable).",
)
@round_options
def run(
    project: Project,
    tool: str | None,
    parameters: tuple[str, ...],
    provider: str | None,
    user: str | None,
    conversation: str | None,
    app: str | None,
    message: str | None,
    credentials: tuple[str, ...],
    timeout: float,
    python: str | None,
    as_json: bool,
) -> int:
    """Call TOOL once, on the storage of the workspace.

    \b
    dify-emulator run remember name=colour value=blue
    dify-emulator run resize image@photo.png width:=320
    """
    if tool is None:
        raise _nothing_named(project)
    call = ToolCall(
        tool,
        read_parameters(parameters),
        user,
        provider,
        conversation,
        message,
        app,
        read_pairs(credentials, "--credential"),
    )
    output = Output()
    view = None if as_json else ToolView(output)
    document = make_call(project, call, timeout, python, view)
    if view:
        view.end()
        say_outcome(document, project.folder)
    else:
        output.line(json.dumps(document, ensure_ascii=False, indent=2))
    output.check()
    return 0 if document["status"] == "ok" else 1


def _nothing_named(project: Project) -> UsageError:
    from emulator.plugin.names import list_tools
    from emulator.plugin.plugin import read_plugin

    plugin = read_plugin(project.folder)
    return UsageError(f"Name a tool. {plugin.id} has:\n{list_tools(plugin)}")
