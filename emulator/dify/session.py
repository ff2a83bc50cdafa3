"""One session with a running plugin: what it says is put together, what it asks is answered.

Everything happens in the thread that reads the plugin, in the order in which the plugin wrote it:
what comes after the end is late, however close behind it comes (D io_tunnel/generic.go:85-133
removes the session in the reader as well). The round only watches.
"""

import queue
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from emulator.dify import production
from emulator.dify.answers import Answers
from emulator.dify.endpoint_response import EndpointResponse
from emulator.dify.faults import CRASHED_AS_ASKED, Crash
from emulator.dify.late_calls import LateCalls
from emulator.dify.logs import Logs
from emulator.dify.notes import note
from emulator.dify.tool_messages import BadResult, ToolMessages
from emulator.runtime.process import Death
from emulator.runtime.running import PluginLog
from emulator.wire.limits import SCANNER_BUFFER
from emulator.wire.messages import (
    BadSessionMessage,
    Ignored,
    Invoke,
    SessionEnd,
    SessionError,
    SessionMessage,
    StreamChunk,
)

Collector = ToolMessages | EndpointResponse


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over. ``error`` is None if it ended well."""

    status: str
    error: dict[str, Any] | None = None
    http: bytes = b""
    """What an endpoint's caller gets of the error."""


@dataclass(frozen=True, slots=True)
class ToolPiece:
    """A message of a tool, whole by itself."""

    message: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ResponsePiece:
    """A piece of an endpoint's body."""

    piece: bytes


Event = ToolPiece | ResponsePiece | PluginLog | Ended


@dataclass(slots=True)
class Session:
    """The listener of one session, and the queue that its round reads."""

    answers: Answers
    collector: Collector
    late: LateCalls
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    logs: Logs = field(default_factory=Logs)
    events: "queue.SimpleQueue[Event]" = field(default_factory=queue.SimpleQueue)
    _over: bool = False
    _ending: threading.Lock = field(default_factory=threading.Lock)

    def on_message(self, message: SessionMessage) -> None:
        if self._over:
            self.late.on_late_message(message)
            return
        if self._crash is not None:
            return  # it had said this before it knew that it would die
        match message:
            case Invoke(data=data):
                self.answers.answer(self.id, data, self._fail_with)
            case StreamChunk(data=data):
                self._add(data)
            case SessionEnd():
                self._end_well()
            case SessionError(error_type=kind, message=text, args=args):
                said = {"args": args, "error_type": kind, "message": text}
                traceback = (args or {}).get("traceback")
                self.end("error", kind, text, traceback=traceback, said=said)
            case BadSessionMessage(error_type=kind, message=text):
                self._note("DE105", f"The plugin sent a message that Dify cannot use: {text}.")
                self._fail(kind, text)
            case Ignored(why=why):
                self._note("DE105", f"Dify ignores a message that the plugin sent: {why}.")

    def on_lost_message(self, message: SessionMessage, printed: str) -> None:
        """A message shared its line with a print. Dify loses it, and may wait for it for ever."""
        if self._over:
            return
        what = _what(message)
        self._note("DE102", f"Something was printed without a newline: on Dify {what} is lost.")
        if isinstance(message, SessionEnd | SessionError | Invoke):
            waiting = f"on Dify the caller would wait {production.ROUND_SECONDS} s"
            self._fail(
                "LostMessage", f"{what} was lost behind a print without a newline; {waiting}"
            )

    def on_large_message(self, message: SessionMessage, size: int) -> None:
        """A message is about to come in a line that is near the limit."""
        if not self._over:
            line = f"A line of stdout with {_what(message)} had {size} bytes"
            self._note("DE109", f"{line}; at {SCANNER_BUFFER} Dify kills the plugin.")

    def on_log(self, log: PluginLog) -> None:
        if self.logs.add(log):
            self.events.put(log)

    def on_breakpoint(self) -> None:
        self._note("DE108", "The plugin met a breakpoint() in the middle of a round.")

    def on_death(self, death: Death) -> None:
        if death.overlong is not None:
            self._note(
                "DE101",
                f"A line of stdout reached {death.overlong} bytes; Dify kills the plugin at "
                f"{SCANNER_BUFFER} and leaves the caller waiting {production.ROUND_SECONDS} s.",
            )
            text = "bufio.Scanner: token too long"
            self.end("crashed", "PluginDaemonInternalServerError", text)
            return
        if (crash := self._crash) is not None:
            told = f"--crash-after {crash.after}: killed after {crash.place}"
            self.logs.add(PluginLog("dify-emulator", "INFO", told, time.time()))
            self.end("crashed", CRASHED_AS_ASKED, f"the plugin {crash.reason}")
            return
        if not self._over:
            waits = f"Dify tells the caller nothing and lets it wait {production.ROUND_SECONDS} s"
            self._note("DE106", f"The plugin {death.reason} in the middle of a round; {waits}.")
        stderr = death.stderr.strip() or None
        self.end("crashed", "PluginCrashed", f"the plugin {death.reason}", traceback=stderr)

    def end(
        self,
        status: str,
        error_type: str,
        message: str,
        *,
        traceback: str | None = None,
        said: dict[str, Any] | None = None,
        appended: bool = True,
    ) -> None:
        """End the session with an error, unless it is over.

        ``said`` is the error as it goes over the wire; ``appended`` whether the daemon adds just
        that to a response that has begun, or its whole answer.
        """
        with self._ending:
            if self._over:
                return
            self._over = True
        http = b""
        if isinstance(self.collector, EndpointResponse):
            http = self.collector.fail(message, said, whole=not appended)
        error = {"type": error_type, "message": message, "traceback": traceback}
        self.events.put(Ended(status, error, http))

    @property
    def _crash(self) -> Crash | None:
        return self.answers.faults.crash if self.answers.faults is not None else None

    def _fail_with(self, failure: BadSessionMessage) -> None:
        self._fail(failure.error_type, failure.message)

    def _fail(self, error_type: str, message: str) -> None:
        said = {"error_type": error_type, "message": message}
        self.end("error", error_type, message, said=said)

    def _add(self, data: Any) -> None:
        try:
            if isinstance(self.collector, ToolMessages):
                message = self.collector.add(data)
                if message is not None:
                    self.events.put(ToolPiece(message))
            else:
                self.events.put(ResponsePiece(self.collector.add(data)))
        except BadResult as bad:
            code = "DE303" if bad.message == production.FILE_TOO_LARGE else "DE105"
            self._note(code, f"Dify cannot use what the plugin sent: {bad.message.rstrip('.')}.")
            said = {"error_type": bad.error_type, "message": bad.message}
            self.end("error", bad.error_type, bad.message, said=None if bad.plain else said)

    def _end_well(self) -> None:
        with self._ending:
            if self._over:
                return
            self._over = True
        if isinstance(self.collector, EndpointResponse):
            self.collector.finish()
            self.events.put(ResponsePiece(b""))
        self.events.put(Ended("ok"))

    def _note(self, code: str, happened: str) -> None:
        self.answers.notes.append(note(code, happened))


def _what(message: SessionMessage) -> str:
    match message:
        case StreamChunk():
            return "a message"
        case SessionEnd():
            return "the end"
        case SessionError():
            return "the error"
        case Invoke(data={"type": "storage", "request": {"opt": op, "key": key}}):
            return f"storage.{op}({key!r})"
    return "a call to Dify"
