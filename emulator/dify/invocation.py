"""What is asked of a plugin: the request of a round, as Dify's platform would make it."""

import uuid
from collections.abc import Mapping
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
    """The call that it was made of, as it is recorded."""
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
    secrets: Mapping[str, Any] | None = None,
) -> Invocation:
    """A call of a tool. ``secrets`` are those beside credentials and secret parameters.

    Raises DifyError if the platform would refuse the parameters.
    """
    tool, provider = declared.tool, declared.provider
    prepared, notes = prepare(tool.parameters or [], parameters)
    secret_parameters = {name: prepared.get(name) for name in tool.secret_parameters}
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
        inputs={},
        secrets=Secrets(credentials, secret_parameters, secrets or {}),
        notes=notes,
    )


def invoke_endpoint(
    plugin: Plugin,
    request: IncomingRequest,
    settings: dict[str, Any],
    secrets: Mapping[str, Any] | None = None,
) -> Invocation:
    """A request to an endpoint. ``secrets`` are those beside secret settings.

    Raises DifyError if Dify would refuse the settings.
    """
    notes = check_settings(plugin.group, settings) if plugin.group else []
    raw = forwarded(request, plugin.hook_id)
    if len(request.body) > BODY_BYTES:
        happened = f"The body was over {BODY_BYTES} bytes, and cut there."
        notes.append(note("DE402", happened))
    hidden = Secrets(secret_settings(settings, plugin), secrets or {})
    target = hidden.mask(f"{request.method} {request.path.decode('utf-8', 'replace')}")
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
        inputs={},
        secrets=hidden,
        endpoint_id=_endpoint_id(plugin.hook_id),
        empty_body=not request.body and request.method in ("POST", "PUT"),
        notes=notes,
    )


def secret_settings(settings: dict[str, Any], plugin: Plugin | None) -> dict[str, Any]:
    """The settings that are not to be seen: all but those that are declared as something else."""
    plain = plugin.group.plain_settings if plugin and plugin.group else set()
    return {name: value for name, value in settings.items() if name not in plain}


def _endpoint_id(hook_id: str) -> str:
    """Dify's is a uuid from its database; ours stays the same for a plugin."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, hook_id))
