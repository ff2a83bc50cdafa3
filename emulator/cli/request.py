"""``request``: one round of one endpoint."""

import json
from typing import Any

import click

from emulator.cli.calling import has_crashed_as_asked, make_call
from emulator.cli.output import Output
from emulator.cli.project import Project, project_options
from emulator.cli.round_options import RoundOptions, round_options
from emulator.cli.round_view import ResponseView, say_outcome
from emulator.cli.words import read_headers, read_pairs, read_text_or_file
from emulator.dify.calls import EndpointCall
from emulator.dify.endpoint_request import IncomingRequest
from emulator.dify.production import METHODS
from emulator.errors import EmulatorError, NotThereError, UsageError


@click.command()
@project_options
@click.argument("method", required=False)
@click.argument("path", required=False)
@click.option(
    "-H", "headers", multiple=True, metavar="'Name: value'", help="A header (repeatable)."
)
@click.option("-d", "body", metavar="TEXT|@FILE", default="", help="The body.")
@click.option(
    "--setting",
    "settings",
    multiple=True,
    metavar="name=value",
    help="A setting of the endpoint group (repeatable).",
)
@click.option("-i", "with_head", is_flag=True, help="Print status and headers too.")
@round_options
def request(
    project: Project,
    method: str | None,
    path: str | None,
    headers: tuple[str, ...],
    body: str,
    settings: tuple[str, ...],
    with_head: bool,
    options: RoundOptions,
) -> int:
    """Send METHOD PATH to the plugin's endpoints; the body of the answer goes to stdout.

    \b
    dify-emulator request GET /memory/local-user
    dify-emulator request POST /events -d @event.json --setting token=secret -i
    """
    if method is None or path is None:
        raise _nothing_named(project)
    incoming = _incoming(method.upper(), path, headers, read_text_or_file(body, "-d"))
    call = EndpointCall(incoming, read_pairs(settings, "--setting"))
    output = Output()
    view = ResponseView(output, with_head=with_head, with_body=incoming.method != "HEAD")
    document = make_call(project, call, options, None if options.as_json else view)
    if options.as_json:
        output.line(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        view.end()
        say_outcome(document, project.folder)
    output.check()
    if has_crashed_as_asked(document, options):
        return 0
    failed = document["status"] != "ok" or _status(document) >= 500
    return 1 if failed else 0


def _nothing_named(project: Project) -> EmulatorError:
    from emulator.plugin.names import list_endpoints
    from emulator.plugin.plugin import read_plugin

    plugin = read_plugin(project.folder)
    if plugin.group is None:
        return NotThereError(f"{plugin.id} declares no endpoints.")
    return UsageError(f"Name a method and a path. {plugin.id} has:\n{list_endpoints(plugin)}")


def _incoming(method: str, target: str, headers: tuple[str, ...], body: bytes) -> IncomingRequest:
    if method not in METHODS:
        raise UsageError(
            f"Dify does not route {method} to endpoints; it answers 404 route not found.",
            advice=f"Methods: {', '.join(METHODS)}.",
        )
    if not target.startswith("/"):
        raise UsageError(f"The path {target!r} should begin with a slash.")
    path, question, query = target.encode("utf-8", "surrogateescape").partition(b"?")
    named = read_headers(headers)
    hosts = [value for name, value in named if name.lower() == "host"]
    return IncomingRequest(
        method=method,
        path=path,
        query=query if question else None,
        headers=[(n.encode(), v.encode()) for n, v in named if n.lower() != "host"],
        body=body,
        host=hosts[-1] if hosts else "localhost",
    )


def _status(document: dict[str, Any]) -> int:
    return int(document["messages"][0]["message"]["status"])
