"""``request``: one round of one endpoint."""

import json
from typing import Any

import click

from emulator.cli.declared import check_settings_names, list_endpoints
from emulator.cli.output import Output
from emulator.cli.plugin_run import round_options, run_round, started
from emulator.cli.project import Project, project_options
from emulator.cli.round_view import ResponseView, say_outcome
from emulator.cli.words import read_headers, read_pairs, read_text_or_file
from emulator.dify.dify_error import DifyError
from emulator.dify.endpoint_request import IncomingRequest
from emulator.dify.invocation import invoke_endpoint
from emulator.dify.permissions import endpoint_refusal
from emulator.errors import NotThereError, RefusedError, UsageError
from emulator.plugin.endpoint import EndpointGroup
from emulator.plugin.plugin import Plugin, read_plugin

METHODS = ("HEAD", "POST", "GET", "PUT", "DELETE", "OPTIONS")
"""What Dify routes to endpoints (D internal/server/http_server.go:136-145): no PATCH."""


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
    timeout: float,
    python: str | None,
    as_json: bool,
) -> int:
    """Send METHOD PATH to the plugin's endpoints; the body of the answer goes to stdout.

    \b
    dify-emulator request GET /memory/local-user
    dify-emulator request POST /events -d @event.json --setting token=secret -i
    """
    plugin = read_plugin(project.folder)
    group = _endpoint_group(plugin)
    if method is None or path is None:
        there = list_endpoints(plugin)
        raise UsageError(f"Name a method and a path. {plugin.id} has:\n{there}")
    incoming = _incoming(method.upper(), path, headers, read_text_or_file(body, "-d"))
    given = {**project.config.settings, **read_pairs(settings, "--setting")}
    check_settings_names(group, given)
    try:
        invocation = invoke_endpoint(plugin, incoming, given)
    except DifyError as error:
        raise UsageError(
            f"{error}.",
            advice="Give it with --setting name=value or name:=json, or in dify-emulator.yaml.",
        ) from None
    output = Output()
    view = ResponseView(output, with_head=with_head, with_body=incoming.method != "HEAD")
    with started(project, plugin, python) as running:
        watcher = None if as_json else view
        document = run_round(project, plugin, running, invocation, timeout, watcher)
    if as_json:
        output.line(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        view.end()
        say_outcome(document, project.folder)
    output.check()
    failed = document["status"] != "ok" or _status(document) >= 500
    return 1 if failed else 0


def _endpoint_group(plugin: Plugin) -> EndpointGroup:
    if plugin.group is None:
        raise NotThereError(f"{plugin.id} declares no endpoints.")
    if refused := endpoint_refusal(plugin.manifest.permission):
        raise RefusedError(
            refused, advice="Set resource.permission.endpoint.enabled in manifest.yaml."
        )
    return plugin.group


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
