"""The system under test, as the suite sees it. Whoever answers for Dify implements these."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

Rules = Literal["local", "object-store"]
"""What keeps the values: a folder of files, or a cloud's object store."""

Permission = Mapping[str, Mapping[str, Any]]
"""The manifest's ``resource.permission``."""

STORAGE_GRANTED: Permission = {"storage": {"enabled": True, "size": 1 << 20}}


class Unsupported(Exception):
    """The system has no such part. The case is skipped, with these words."""


# -- storage


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one storage call."""

    error: str | None = None
    """What the plugin is told; None if the call succeeded."""
    value: bytes | None = None
    """What ``get`` gave."""
    found: bool | None = None
    """What ``exist`` said."""


class Store(Protocol):
    """A plugin's storage in one workspace. Calls are made without Dify's cache, or with it cold."""

    @property
    def root(self) -> str:
        """The plugin's folder, as Dify's own texts show it."""

    @property
    def allocated(self) -> int | None:
        """Dify's count of the bytes used (TenantStorage.size); None if it has no row yet."""

    def set(self, key: str, value: bytes) -> Answer: ...

    def get(self, key: str) -> Answer: ...

    def delete(self, key: str) -> Answer: ...

    def exist(self, key: str) -> Answer: ...


class StorageSystem(Protocol):
    def fresh(
        self,
        *,
        limit: int | None = 1 << 20,
        maximum: int | None = None,
        rules: Rules = "local",
    ) -> Store:
        """An empty store. ``limit`` is the manifest's storage.size, None without a storage block;
        ``maximum`` the daemon's own, None for its default."""

    def beside(self, store: Store, workspace: str, plugin: str) -> Store:
        """Another plugin's store, kept where this one is."""


# -- what a plugin asks of Dify


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back for an invocation: one of these."""

    data: Any = None
    error: str | None = None
    session_error: str | None = None
    """The whole session ends with this."""


class Invocations(Protocol):
    """A session of a plugin whose store was empty at first."""

    def ask(self, data: str) -> Reply:
        """``data`` is the JSON of the ``invoke`` message's own ``data``."""


class InvocationSystem(Protocol):
    def fresh(self, permission: Permission = STORAGE_GRANTED) -> Invocations: ...


# -- requests to endpoints


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it comes over the wire to ``/e/{hook}{target}``."""

    method: bytes
    target: bytes
    """Path and query as they were sent, without the hook."""
    headers: Sequence[tuple[bytes, bytes]] = ()
    """Without Host."""
    body: bytes = b""
    host: bytes = b"example.com"
    version: bytes = b"1.1"
    tls: bool = False


class EndpointRequestSystem(Protocol):
    def received(self, request: HttpRequest, hook: bytes) -> bytes:
        """The bytes that the plugin finds in ``raw_http_request``."""


# -- sessions


@dataclass(frozen=True, slots=True)
class Hear:
    """The plugin reads this many lines and says each of them back, as a text message."""

    lines: int


@dataclass(frozen=True, slots=True)
class Pause:
    """A moment in which the daemon takes in what was said. A system without races needs none."""


@dataclass(frozen=True, slots=True)
class Exit:
    """The process ends, without an end of the session."""


Step = bytes | Hear | Pause | Exit
"""Bytes are written to stdout as they are, :data:`SESSION` replaced by the session's id."""

SESSION = "11111111-2222-4333-8444-555555555555"

Outcome = Literal["ended", "failed", "stuck"]
"""``ended``: the caller got all there was. ``failed``: it got an error after that. ``stuck``: on
Dify it waits for its timeout; a system may say so at once."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The error that a caller gets.

    The type is the one nearest to its cause: the plugin's or daemon's own if the message of Dify's
    answer is JSON that names one, else that of the answer itself.
    """

    error_type: str
    message: str


@dataclass(frozen=True, slots=True)
class Response:
    """What an endpoint's caller gets, before net/http adds its own headers."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a session."""

    outcome: Outcome
    error: Failure | None = None
    """Of a tool; an endpoint's is part of its response."""
    messages: Sequence[Mapping[str, Any]] = ()
    """Of a tool."""
    response: Response | None = None
    """Of an endpoint; None if nothing was sent."""
    stored: Mapping[str, bytes] = field(default_factory=dict)
    """The plugin's storage afterwards."""
    notes: frozenset[str] | None = None
    """Codes of the diagnoses, of a system that makes any."""


class SessionSystem(Protocol):
    """Runs a stand-in for a plugin, which goes through a script when the request has come."""

    def tool(self, script: Sequence[Step]) -> Heard: ...

    def endpoint(self, script: Sequence[Step]) -> Heard: ...


# -- the platform's side of a tool call


class Refused(Exception):
    """The platform does not make the call; the words are its own."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call as an app makes it."""

    parameters: Sequence[Mapping[str, Any]] = ()
    """As declared in the tool's yaml: name, type, form, and what else the case is about."""
    given: Mapping[str, Any] = field(default_factory=dict)
    credentials: Mapping[str, Any] = field(default_factory=dict)
    user_id: str = "u1"
    conversation_id: str | None = None
    message_id: str | None = None
    app_id: str | None = None


class ToolRequestSystem(Protocol):
    def line(self, call: Call) -> bytes:
        """The line that starts the session, of tool ``t`` of provider ``p``. Raises Refused."""


@dataclass(frozen=True, slots=True)
class Output:
    """What the platform makes of a tool's messages."""

    error: str | None = None
    text: str = ""
    json: Sequence[Any] = ()
    files: Sequence[tuple[bytes, Any]] = ()
    """Contents and meta."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    logs: Sequence[Mapping[str, Any]] = ()


class ToolOutputSystem(Protocol):
    def collect(self, messages: Iterable[Mapping[str, Any]]) -> Output: ...


# -- all of it


class System(Protocol):
    """One implementation. Its parts raise Unsupported if it lacks them."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is empty, and the system's own until it is closed."""

    def close(self) -> None: ...

    @property
    def storage(self) -> StorageSystem: ...

    @property
    def invocations(self) -> InvocationSystem: ...

    @property
    def endpoint_requests(self) -> EndpointRequestSystem: ...

    @property
    def sessions(self) -> SessionSystem: ...

    @property
    def tool_requests(self) -> ToolRequestSystem: ...

    @property
    def tool_outputs(self) -> ToolOutputSystem: ...
