"""What is asked of a plugin: the request of a round, as Dify's platform would make it."""

import base64
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.dify.endpoint_request import IncomingRequest, forwarded
from emulator.dify.notes import Note, note
from emulator.dify.parameters import prepare
from emulator.dify.production import BODY_BYTES
from emulator.dify.secrets import Secrets
from emulator.dify.settings import check_settings
from emulator.plugin.plugin import DeclaredTool, Plugin

Kind = Literal["tool", "endpoint"]


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a tool is called. The ids are null from the tool test page."""

    user_id: str
    conversation_id: str | None = None
    message_id: str | None = None
    app_id: str | None = None


@dataclass(slots=True)
class Invocation:
    """One round before it runs."""

    kind: Kind
    target: str
    caller: Caller
    data: dict[str, Any]
    """The request's own fields (D io_tunnel/mapping.go:9-34)."""
    inputs: dict[str, Any]
    """What it was made from, without secrets, so that it can be made again."""
    secrets: Secrets
    endpoint_id: str | None = None
    empty_body: bool = False
    """A POST or PUT without a body: Go sends it in chunks, of which there are none."""
    files: dict[str, bytes] = field(default_factory=dict)
    """Contents of the files that it was given, by their paths."""
    notes: list[Note] = field(default_factory=list)


def invoke_tool(
    declared: DeclaredTool,
    parameters: dict[str, Any],
    credentials: dict[str, Any],
    caller: Caller,
) -> Invocation:
    """A call of a tool. Raises DifyError if the platform would refuse the parameters."""
    tool, provider = declared.tool, declared.provider
    prepared, notes = prepare(tool.parameters or [], parameters)
    secret_parameters = {
        parameter.name: prepared.get(parameter.name)
        for parameter in tool.parameters or []
        if parameter.type == "secret-input"
    }
    secrets = Secrets({**credentials, **secret_parameters})
    return Invocation(
        kind="tool",
        target=tool.name,
        caller=caller,
        data={
            "user_id": caller.user_id,
            "type": "tool",
            "action": "invoke_tool",
            "provider": provider.name,
            "tool": tool.name,
            "credentials": credentials,
            "credential_type": "api-key",
            "tool_parameters": prepared,
        },
        inputs=secrets.mask(
            {
                "provider": provider.name,
                # By their names, however short they are.
                "parameters": parameters
                | {name: f"${{{name}}}" for name in secret_parameters if name in parameters},
                "credentials": {name: f"${{{name}}}" for name in credentials},
                "message_id": caller.message_id,
                "app_id": caller.app_id,
            }
        ),
        secrets=secrets,
        notes=notes,
    )


def invoke_endpoint(
    plugin: Plugin, request: IncomingRequest, settings: dict[str, Any]
) -> Invocation:
    """A request to an endpoint. Raises DifyError if Dify would refuse the settings."""
    notes = check_settings(plugin.group, settings) if plugin.group else []
    raw = forwarded(request, plugin.hook_id)
    if len(request.body) > BODY_BYTES:
        happened = f"The body was over {BODY_BYTES} bytes, and cut there."
        notes.append(note("DE402", happened))
    plain = {
        s.name
        for s in (plugin.group.settings or [] if plugin.group else [])
        if s.type != "secret-input"
    }
    secrets = Secrets({name: value for name, value in settings.items() if name not in plain})
    target = f"{request.method} {request.path.decode('utf-8', 'replace')}"
    return Invocation(
        kind="endpoint",
        target=target,
        caller=Caller(user_id=""),
        data={
            "user_id": "",
            "type": "endpoint",
            "action": "invoke_endpoint",
            "raw_http_request": raw.hex(),
            "settings": settings,
        },
        inputs=secrets.mask(
            {
                "method": request.method,
                "path": request.path.decode("latin-1"),
                "query": None if request.query is None else request.query.decode("latin-1"),
                "host": request.host,
                "headers": [[k.decode("latin-1"), v.decode("latin-1")] for k, v in request.headers],
                "body": {"base64": _base64(request.body[:BODY_BYTES])},
                "settings": {
                    name: settings[name] if name in plain else f"${{{name}}}" for name in settings
                },
            }
        ),
        secrets=secrets,
        endpoint_id=_endpoint_id(plugin.hook_id),
        empty_body=not request.body and request.method in ("POST", "PUT"),
        notes=notes,
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _endpoint_id(hook_id: str) -> str:
    """Dify's is a uuid from its database; ours stays the same for a plugin."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, hook_id))
