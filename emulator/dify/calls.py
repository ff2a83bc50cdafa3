"""Calls as a developer makes them: kept as given, so that they can be made again on other code.

What the plugin declares is looked at when the call is made, not when it is given.
"""

import base64
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator.dify.dify_error import DifyError
from emulator.dify.endpoint_request import IncomingRequest
from emulator.dify.production import BODY_BYTES
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
    secrets: dict[str, Any] = field(default_factory=dict)
    """What else in it is secret, by name, whatever is declared: recorded calls tell."""

    def prepare(self, plugin: "Plugin", config: Config, offer: OfferFile) -> "Invocation":
        """What the plugin is sent for it. Raises NotThereError, UsageError."""
        from emulator.dify.invocation import Caller, invoke_tool
        from emulator.dify.parameters import ParameterRefused
        from emulator.dify.recorded_calls import contents_of_files, record
        from emulator.plugin.names import check_names

        declared = plugin.find_tool(self.tool, self.provider)
        check_names(declared.tool, self.parameters)
        parameters = {name: _offered(value, offer) for name, value in self.parameters.items()}
        user = self.user or config.user
        caller = Caller(user, self.conversation, self.message, self.app)
        credentials = {**config.credentials, **self.credentials}
        try:
            invocation = invoke_tool(declared, parameters, credentials, caller, self.secrets)
        except ParameterRefused as refused:
            raise UsageError(f"{refused.name}: {refused}") from None
        made = replace(self, user=user, provider=declared.provider.name)
        secret = declared.tool.secret_parameters | self.secrets.keys()
        invocation.inputs = record(made, invocation.secrets, secret)
        invocation.files = contents_of_files(made, invocation.secrets)
        return invocation


@dataclass(frozen=True, slots=True)
class EndpointCall:
    """A request to an endpoint."""

    request: IncomingRequest
    settings: dict[str, Any] = field(default_factory=dict)
    """Beyond the configured ones."""
    secrets: dict[str, Any] = field(default_factory=dict)
    """What in it is secret, by name, whatever is declared: recorded calls tell."""

    def prepare(self, plugin: "Plugin", config: Config, _offer: OfferFile) -> "Invocation":
        """What the plugin is sent for it. Raises NotThereError, RefusedError, UsageError."""
        from emulator.dify.invocation import invoke_endpoint
        from emulator.dify.permissions import endpoint_refusal
        from emulator.dify.recorded_calls import record
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
            invocation = invoke_endpoint(plugin, self.request, settings, self.secrets)
        except DifyError as error:
            raise UsageError(
                f"{error}.",
                advice="Give it with --setting name=value or name:=json, or in dify-emulator.yaml.",
            ) from None
        made = replace(self, request=replace(self.request, body=self.request.body[:BODY_BYTES]))
        secret = (self.settings.keys() - plugin.group.plain_settings) | self.secrets.keys()
        invocation.inputs = record(made, invocation.secrets, secret)
        return invocation


Call = ToolCall | EndpointCall


def write_call(call: Call) -> dict[str, Any]:
    """A call as JSON."""
    if isinstance(call, ToolCall):
        document = asdict(call)
        document["parameters"] = {name: _write(v) for name, v in call.parameters.items()}
        return {"kind": "tool", **document}
    request = {name: _write(value) for name, value in asdict(call.request).items()}
    more = {"settings": call.settings, "secrets": call.secrets}
    return {"kind": "endpoint", "request": request, **more}


def read_call(document: dict[str, Any]) -> Call:
    """The call that was written."""
    document = dict(document)
    if document.pop("kind") == "tool":
        document["parameters"] = {name: _read(v) for name, v in document["parameters"].items()}
        return ToolCall(**document)
    request = {name: _read(value) for name, value in document["request"].items()}
    request["headers"] = [(name, value) for name, value in request["headers"]]
    more = {name: document[name] for name in ("settings", "secrets") if name in document}
    return EndpointCall(IncomingRequest(**request), **more)


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
