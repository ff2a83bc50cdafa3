"""Calls as a developer makes them: kept as given, so that they can be made again on other code.

What the plugin declares is looked at when the call is made, not when it is given.
"""

import base64
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator.dify.dify_error import DifyError
from emulator.dify.endpoint_request import IncomingRequest
from emulator.errors import NotThereError, RefusedError, UsageError
from emulator.plugin.config import Config

if TYPE_CHECKING:  # these bring pydantic, which whoever only passes a call on does without
    from emulator.dify.invocation import Invocation
    from emulator.plugin.plugin import Plugin

OfferFile = Callable[[Path], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file given for a parameter. The plugin gets a URL."""

    path: Path


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool."""

    tool: str
    parameters: dict[str, Any]
    """Values, or GivenFile, or a list with some of these."""
    user: str | None = None
    """None: as configured."""
    provider: str | None = None
    conversation: str | None = None
    message: str | None = None
    app: str | None = None
    credentials: dict[str, Any] = field(default_factory=dict)
    """Beyond the configured ones."""

    def prepare(self, plugin: "Plugin", config: Config, offer: OfferFile) -> "Invocation":
        """What the plugin is sent for it. Raises NotThereError, UsageError."""
        from emulator.dify.invocation import Caller, invoke_tool
        from emulator.dify.parameters import ParameterRefused
        from emulator.plugin.names import check_names

        declared = plugin.find_tool(self.tool, self.provider)
        check_names(declared.tool, self.parameters)
        parameters = {name: _offered(value, offer) for name, value in self.parameters.items()}
        user = self.user or config.user
        caller = Caller(user, self.conversation, self.message, self.app)
        credentials = {**config.credentials, **self.credentials}
        try:
            return invoke_tool(declared, parameters, credentials, caller)
        except ParameterRefused as refused:
            raise UsageError(f"{refused.name}: {refused}") from None


@dataclass(frozen=True, slots=True)
class EndpointCall:
    """A request to an endpoint."""

    request: IncomingRequest
    settings: dict[str, Any] = field(default_factory=dict)
    """Beyond the configured ones."""

    def prepare(self, plugin: "Plugin", config: Config, _offer: OfferFile) -> "Invocation":
        """What the plugin is sent for it. Raises NotThereError, RefusedError, UsageError."""
        from emulator.dify.invocation import invoke_endpoint
        from emulator.dify.permissions import endpoint_refusal
        from emulator.plugin.names import check_settings_names

        if plugin.group is None:
            raise NotThereError(f"{plugin.id} declares no endpoints.")
        if refused := endpoint_refusal(plugin.manifest.permission):
            raise RefusedError(
                refused, advice="Set resource.permission.endpoint.enabled in manifest.yaml."
            )
        settings = {**config.settings, **self.settings}
        check_settings_names(plugin.group, settings)
        try:
            return invoke_endpoint(plugin, self.request, settings)
        except DifyError as error:
            raise UsageError(
                f"{error}.",
                advice="Give it with --setting name=value or name:=json, or in dify-emulator.yaml.",
            ) from None


Call = ToolCall | EndpointCall


def write_call(call: Call) -> dict[str, Any]:
    """A call as JSON."""
    if isinstance(call, ToolCall):
        document = asdict(call)
        document["parameters"] = {name: _write(v) for name, v in call.parameters.items()}
        return {"kind": "tool", **document}
    request = {name: _write(value) for name, value in asdict(call.request).items()}
    return {"kind": "endpoint", "request": request, "settings": call.settings}


def read_call(document: dict[str, Any]) -> Call:
    """The call that was written."""
    document = dict(document)
    if document.pop("kind") == "tool":
        document["parameters"] = {name: _read(v) for name, v in document["parameters"].items()}
        return ToolCall(**document)
    request = {name: _read(value) for name, value in document["request"].items()}
    request["headers"] = [(name, value) for name, value in request["headers"]]
    return EndpointCall(IncomingRequest(**request), document["settings"])


def _offered(value: Any, offer: OfferFile) -> Any:
    if isinstance(value, GivenFile):
        return offer(value.path)
    if isinstance(value, list):
        return [_offered(each, offer) for each in value]
    return value


def _write(value: Any) -> dict[str, Any]:
    """A value with its kind beside it, so that no JSON value can be taken for another kind."""
    match value:
        case GivenFile(path):
            return {"file": str(path)}
        case bytes():
            return {"bytes": base64.b64encode(value).decode()}
        case list() | tuple():
            return {"list": [_write(each) for each in value]}
    return {"value": value}


def _read(document: dict[str, Any]) -> Any:
    match document:
        case {"file": path}:
            return GivenFile(Path(path))
        case {"bytes": text}:
            return base64.b64decode(text)
        case {"list": values}:
            return [_read(each) for each in values]
    return document["value"]
