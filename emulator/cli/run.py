"""``run``: one round of one tool."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emulator.cli.declared import check_names, list_tools
from emulator.cli.output import Output
from emulator.cli.plugin_run import round_options, run_round, started
from emulator.cli.project import Project, project_options
from emulator.cli.round_view import ToolView, say_outcome
from emulator.cli.words import read_pairs, read_parameters
from emulator.dify.invocation import Caller, invoke_tool
from emulator.dify.parameters import ParameterRefused
from emulator.errors import UsageError
from emulator.plugin.plugin import read_plugin

if TYPE_CHECKING:
    from emulator.server.files import FileServer


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
    plugin = read_plugin(project.folder)
    if tool is None:
        raise UsageError(f"Name a tool. {plugin.id} has:\n{list_tools(plugin)}")
    declared = plugin.find_tool(tool, provider)
    with ExitStack() as stack:
        given = read_parameters(parameters, _Files(stack).offer)
        check_names(declared.tool, given)
        caller = Caller(user or project.config.user, conversation, message, app)
        all_credentials = {**project.config.credentials, **read_pairs(credentials, "--credential")}
        try:
            invocation = invoke_tool(declared, given, all_credentials, caller)
        except ParameterRefused as refused:
            raise UsageError(f"{refused.name}: {refused}") from None
        running = stack.enter_context(started(project, plugin, python))
        output = Output()
        view = None if as_json else ToolView(output)
        document = run_round(project, plugin, running, invocation, timeout, view)
        if view:
            view.end()
            say_outcome(document, project.folder)
        else:
            output.line(json.dumps(document, ensure_ascii=False, indent=2))
    output.check()
    return 0 if document["status"] == "ok" else 1


class _Files:
    """Serves files to the plugin. The server, a web framework, starts with the first file."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._server: FileServer | None = None

    def offer(self, path: Path) -> dict[str, Any]:
        if self._server is None:
            from emulator.server.files import FileServer

            self._server = self._stack.enter_context(FileServer())
        return self._server.offer(path)
