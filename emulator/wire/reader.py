"""Bytes of a plugin's stdout in, messages out."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import msgspec

from emulator.wire.limits import ERROR_ARGS, NEAR_LIMIT, SCANNER_BUFFER
from emulator.wire.messages import (
    BadSessionMessage,
    Dropped,
    Glued,
    Heartbeat,
    Ignored,
    Invoke,
    Large,
    LogLine,
    Message,
    Overlong,
    PluginComplaint,
    Printed,
    SessionEnd,
    SessionError,
    SessionMessage,
    StreamChunk,
)


class _Line(msgspec.Struct):
    event: str | None = None
    session_id: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


class _SessionData(msgspec.Struct):
    type: str = ""
    data: msgspec.Raw = msgspec.Raw(b"")


class _Log(msgspec.Struct):
    level: str = "INFO"
    message: str = ""


class _Complaint(msgspec.Struct):
    error: str = ""


class _Error(msgspec.Struct):
    message: str = ""
    error_type: str = ""
    args: dict[str, Any] | None = None


# msgspec meets bad UTF-8 and deep nesting with exceptions that are not its own.
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_line = msgspec.json.Decoder(_Line)
_session_data = msgspec.json.Decoder(_SessionData)
_log = msgspec.json.Decoder(_Log)
_complaint = msgspec.json.Decoder(_Complaint)
_error = msgspec.json.Decoder(_Error)
_anything = msgspec.json.Decoder()

# Where a session message may begin inside a line that also holds something else. pydantic writes
# the fields in the order of the model (SDK core/server/__base/writer_entities.py): event first.
_MESSAGE_START = re.compile(r'\{"event": ?"session"')
_GUESSES = 8  # starts to try in one line, so that a hostile line costs no more than a few passes
_json_at = json.JSONDecoder()


class MessageReader:
    """Cuts bytes into lines as the daemon's scanner does and lines into messages.

    Each byte is looked at a fixed number of times, however the bytes are cut into pieces: a line
    in the making is kept as the pieces it came in. After an :class:`Overlong` nothing is read.
    """

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._length = 0
        self._overlong = False

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take the next bytes and give the messages that they complete."""
        if self._overlong:
            return
        *complete, rest = data.split(b"\n")
        for tail in complete:
            self._keep(tail)
            if self._overlong:
                break
            yield from parse_line(self._take())
        else:
            self._keep(rest)
        if self._overlong:
            yield Overlong(self._length)

    def end(self) -> Iterator[Message]:
        """The stream is over: an unfinished last line counts as a line, as for bufio.Scanner."""
        if self._length and not self._overlong:
            yield from parse_line(self._take())

    def _keep(self, piece: bytes) -> None:
        self._length += len(piece)
        self._overlong = self._length >= SCANNER_BUFFER
        if piece:
            self._pieces.append(piece)

    def _take(self) -> bytes:
        line = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces, self._length = [], 0
        return line


def parse_line(line: bytes) -> Iterator[Message]:
    """One line, without its newline, to at most one message; a blank line gives none."""
    size = len(line)
    line = line.strip(b" \t\r")
    if not line:
        return
    if not line.isascii():
        line = line.decode("utf-8", "replace").encode()  # as encoding/json reads bytes of others
    try:
        envelope = _line.decode(line)
    except _UNREADABLE:
        envelope = None
    if envelope is None or envelope.event is None:
        envelope = _as_go_reads(line) or envelope
    if envelope is None:
        yield _not_json(line)
        return
    read = _EVENTS.get(envelope.event or "")
    message = read(envelope) if read else Dropped(_text(line))
    if size > NEAR_LIMIT and isinstance(message, SessionMessage):
        message = Large(size, message)
    yield message


def _heartbeat(_envelope: _Line) -> Message:
    return Heartbeat()


def _read_log(envelope: _Line) -> Message:
    try:
        log = _log.decode(envelope.data)
    except _UNREADABLE:
        return Dropped(_text(bytes(envelope.data)))
    return LogLine(log.level, log.message)


def _read_complaint(envelope: _Line) -> Message:
    try:
        return PluginComplaint(_complaint.decode(envelope.data).error)
    except _UNREADABLE:
        return PluginComplaint(_text(bytes(envelope.data)))


def _read_session(envelope: _Line) -> SessionMessage:
    session_id = envelope.session_id or ""
    try:
        inner = _session_data.decode(envelope.data)
    except _UNREADABLE as error:
        return Ignored(session_id, str(error))
    if not inner.type or not bytes(inner.data):
        # event.go: both fields carry the validator `required`.
        return Ignored(session_id, f"it has no `{'data' if inner.type else 'type'}`")
    read = _SESSION_TYPES.get(inner.type)
    if read is None:
        why = f"unknown stream message type: {inner.type}"
        return BadSessionMessage(session_id, "unknown_stream_message_type", why)
    try:
        return read(session_id, inner.data)
    except _UNREADABLE as error:
        return _unreadable(session_id, error)


def _read_stream(session_id: str, data: msgspec.Raw) -> SessionMessage:
    return StreamChunk(session_id, _anything.decode(data))


def _read_invoke(session_id: str, data: msgspec.Raw) -> SessionMessage:
    return Invoke(session_id, _anything.decode(data))


def _read_end(session_id: str, _data: msgspec.Raw) -> SessionMessage:
    return SessionEnd(session_id)


def _read_error(session_id: str, data: msgspec.Raw) -> SessionMessage:
    if bytes(data) == b"null":
        return SessionError(session_id, "", "", None)
    try:
        error = _error.decode(data)
    except _UNREADABLE as problem:
        return Ignored(session_id, str(problem))
    if len(error.args or {}) > ERROR_ARGS:
        return Ignored(session_id, f"an error with more than {ERROR_ARGS} args")
    return SessionError(session_id, error.error_type, error.message, error.args)


def _unreadable(session_id: str, why: object) -> BadSessionMessage:
    return BadSessionMessage(session_id, "unmarshal_error", f"unmarshal json failed: {why}")


_EVENTS: dict[str, Callable[[_Line], Message]] = {
    "heartbeat": _heartbeat,
    "log": _read_log,
    "session": _read_session,
    "error": _read_complaint,
}

_SESSION_TYPES: dict[str, Callable[[str, msgspec.Raw], SessionMessage]] = {
    "stream": _read_stream,
    "invoke": _read_invoke,
    "end": _read_end,
    "error": _read_error,
}


def _as_go_reads(line: bytes) -> _Line | None:
    """A line that is JSON to Go, which is more lenient: None if it is not to Go either.

    Half surrogate pairs become U+FFFD, and the names of fields may be in any case.
    """
    try:
        value = json.loads(line.decode(), parse_constant=_no_constant)
        if not isinstance(value, dict):
            return None
        value = _any_case(value, ("event", "session_id", "data"))
        if isinstance(value.get("data"), dict):
            value["data"] = _any_case(value["data"], ("type", "data"))
        text = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")
        return _line.decode(text.decode("utf-16", "replace"))
    except (ValueError, RecursionError):
        return None


def _any_case(value: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    renamed = {name.lower(): item for name, item in value.items() if name.lower() in names}
    return renamed | value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _not_json(line: bytes) -> Message:
    """What was printed, and the session message that shared its line, if there is one."""
    text = _text(line)
    for start in islice(_MESSAGE_START.finditer(text), _GUESSES):
        try:
            _, end = _json_at.raw_decode(text, start.start())
            envelope = _line.decode(text[start.start() : end])
        except (ValueError, RecursionError):
            continue
        message = _read_session(envelope)
        return Glued(text[: start.start()] + text[end:], message)
    return Printed(text)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")
