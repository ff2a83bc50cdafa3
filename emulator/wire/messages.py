"""What a plugin says on stdout, as types.

The shapes are those of pkg/entities/plugin_entities/event.go in the daemon and
core/server/__base/response_writer.py in the SDK.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The plugin is alive. The first one means that it is ready."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the plugin's own logging (SDK config/logger_format.py)."""

    level: str
    message: str


@dataclass(frozen=True, slots=True)
class PluginComplaint:
    """An ``error`` event: the SDK could not make sense of a line. The daemon only logs it."""

    text: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A line that is not a message: something that the plugin printed."""

    text: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A JSON line that the daemon drops in silence: the manifest at start, or an unknown event."""

    text: str


@dataclass(frozen=True, slots=True)
class Overlong:
    """A line of more than the daemon's scanner takes. Nothing can be read after it."""

    size: int
    """Bytes seen of the line so far, its end not yet in sight or beyond the limit."""


@dataclass(frozen=True, slots=True)
class StreamChunk:
    """One piece of a session's result."""

    session_id: str
    data: Any


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """The handler has finished. Nothing of this session counts after it."""

    session_id: str


@dataclass(frozen=True, slots=True)
class SessionError:
    """The handler raised. ``args`` holds the traceback from SDK 0.10.1 on."""

    session_id: str
    error_type: str
    message: str
    args: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Invoke:
    """The plugin asks something of Dify. ``data`` is checked by whoever answers it."""

    session_id: str
    data: Any


@dataclass(frozen=True, slots=True)
class BadSessionMessage:
    """A session message that the daemon cannot use, with the error that it would make of it."""

    session_id: str
    error_type: str
    message: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message of a session that the daemon cannot read, and drops without a word."""

    session_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Glued:
    """A session message that shares its line with something printed: the daemon loses it."""

    printed: str
    lost: "SessionMessage"


@dataclass(frozen=True, slots=True)
class Large:
    """A session message whose line comes near the limit."""

    size: int
    """Bytes of the line."""
    message: "SessionMessage"


SessionMessage = StreamChunk | SessionEnd | SessionError | Invoke | BadSessionMessage | Ignored
Message = (
    SessionMessage
    | Heartbeat
    | LogLine
    | PluginComplaint
    | Printed
    | Dropped
    | Overlong
    | Glued
    | Large
)
