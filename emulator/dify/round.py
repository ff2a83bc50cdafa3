"""A round from request to result: one session with a running plugin."""

import queue
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Protocol

from emulator.dify import production
from emulator.dify.answers import Answers
from emulator.dify.endpoint_response import EndpointResponse
from emulator.dify.invocation import Invocation
from emulator.dify.logs import Logs
from emulator.dify.notes import Note, note
from emulator.dify.tool_messages import BadResult, ToolMessages
from emulator.runtime.process import Death
from emulator.runtime.running import PluginLog, RunningPlugin
from emulator.wire.limits import SCANNER_BUFFER
from emulator.wire.messages import (
    BadSessionMessage,
    IgnoredError,
    Invoke,
    SessionEnd,
    SessionError,
    SessionMessage,
    StreamChunk,
)
from emulator.wire.writer import encode_request
from emulator.workspace.rounds import RoundBook, RoundResult, RoundStart


class Watcher(Protocol):
    """Whoever wants to see a round while it happens. Called from the thread that runs it."""

    def on_tool_message(self, message: dict[str, Any]) -> None: ...

    def on_response(self, response: EndpointResponse, piece: bytes) -> None:
        """Status, headers or a piece of the body have come."""

    def on_log(self, log: PluginLog) -> None: ...


@dataclass(frozen=True, slots=True)
class _Dead:
    death: Death


@dataclass(frozen=True, slots=True)
class _Lost:
    message: SessionMessage


_NO_ROUTE = b"Failed to dispatch endpoint request: "  # S core/plugin_registration.py

_Event = SessionMessage | PluginLog | _Dead | _Lost


class _Failed(Exception):
    """The round is over, and not well."""

    def __init__(
        self,
        status: str,
        error_type: str,
        message: str,
        traceback: str | None = None,
        plugin_error: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": error_type, "message": message, "traceback": traceback}
        self.plugin_error = plugin_error
        """What the plugin itself said, as it goes over the wire; None if Dify made the error."""


@dataclass(slots=True)
class Session:
    """The listener of one session: answers what is asked, and queues the rest for the round."""

    id: str
    answers: Answers
    logs: Logs = field(default_factory=Logs)
    events: queue.SimpleQueue[_Event] = field(default_factory=queue.SimpleQueue)
    late: list[Note] = field(default_factory=list)
    _late_lock: threading.Lock = field(default_factory=threading.Lock)

    def on_message(self, message: SessionMessage) -> None:
        if isinstance(message, Invoke):
            # Answered at once, in the thread that has read it: every hand-over would cost the
            # plugin half of what the answer itself does.
            failure = self.answers.answer(self.id, message.data)
            if failure is not None:
                self.events.put(failure)
        else:
            self.events.put(message)

    def on_lost_message(self, message: SessionMessage, printed: str) -> None:
        self.events.put(_Lost(message))

    def on_late_message(self, message: SessionMessage) -> None:
        if isinstance(message, Invoke):
            note = self.answers.refuse_late(self.id, message.data)
            with self._late_lock:
                self.late.append(note)

    def on_log(self, log: PluginLog) -> None:
        if self.logs.add(log):
            self.events.put(log)

    def on_death(self, death: Death) -> None:
        self.events.put(_Dead(death))


@dataclass(slots=True)
class Round:
    """What runs a round, and what becomes of it."""

    running: RunningPlugin
    answers: Answers
    book: RoundBook
    invocation: Invocation
    generation: int = 1
    timeout: float = production.ROUND_SECONDS
    watcher: Watcher | None = None

    def run(self) -> int:
        """Run the round to its end; gives its number. What happened is in the round book."""
        invocation = self.invocation
        session = Session(str(uuid.uuid4()), self.answers)
        number = self.book.begin(
            RoundStart(
                scope=self.answers.storage.store.scope,
                kind=invocation.kind,
                target=invocation.target,
                user_id=invocation.caller.user_id,
                conversation_id=invocation.caller.conversation_id,
                inputs=invocation.inputs,
                generation=self.generation,
            )
        )
        self.answers.round = number
        self.answers.notes.extend(invocation.notes)
        collector = ToolMessages() if invocation.kind == "tool" else EndpointResponse()
        started = time.perf_counter()
        result = RoundResult(status="ok")
        self.running.open(session.id, session)
        try:
            self.running.send(self._request(session.id))
            self._collect(session, collector, started + self.timeout)
        except _Failed as failed:
            result.status, result.error = failed.status, failed.error
            if isinstance(collector, EndpointResponse):
                piece = collector.fail(str(failed), failed.plugin_error)
                self._show_response(collector, piece)
        except BaseException:
            # Interrupted: nobody waits for this session any more.
            self.running.close(session.id)
            result.status = "crashed"
            result.error = {
                "type": "Interrupted",
                "message": "The round was interrupted.",
                "traceback": None,
            }
            self._keep(number, session, collector, result, started)
            raise
        self.running.close(session.id)
        self._settle(session, result)
        self._keep(number, session, collector, result, started)
        return number

    def _request(self, session_id: str) -> bytes:
        caller = self.invocation.caller
        return encode_request(
            session_id,
            self.invocation.data,
            conversation_id=caller.conversation_id,
            message_id=caller.message_id,
            app_id=caller.app_id,
            endpoint_id=self.invocation.endpoint_id,
        )

    def _collect(
        self, session: Session, collector: ToolMessages | EndpointResponse, deadline: float
    ) -> None:
        while True:
            try:
                event = session.events.get(timeout=max(0, deadline - time.perf_counter()))
            except queue.Empty:
                raise _Failed(
                    "timeout",
                    "PluginDaemonInternalServerError",
                    f"{production.KILLED_BY_TIMEOUT} (after {self.timeout:g} s)",
                ) from None
            match event:
                case StreamChunk(data=data):
                    self._add(collector, data)
                case SessionEnd():
                    self._finish(collector)
                    return
                case SessionError(error_type=kind, message=text, args=args):
                    said = {"args": args, "error_type": kind, "message": text}
                    raise _Failed("error", kind, text, args.get("traceback"), said)
                case BadSessionMessage(error_type=kind, message=text):
                    happened = f"The plugin sent a message that Dify cannot read: {text}."
                    self.answers.notes.append(note("DE105", happened))
                    raise _Failed("error", kind, text)
                case IgnoredError(why=why):
                    happened = f"Dify ignores an error that the plugin sent: {why}."
                    self.answers.notes.append(note("DE105", happened))
                case PluginLog():
                    if self.watcher:
                        self.watcher.on_log(event)
                case _Lost(message=lost):
                    self._lose(lost)
                case _Dead(death=death):
                    raise self._died(death)
                case Invoke():
                    pass  # answered by the session

    def _add(self, collector: ToolMessages | EndpointResponse, data: Any) -> None:
        try:
            if isinstance(collector, ToolMessages):
                message = collector.add(data)
                if message is not None and self.watcher:
                    self.watcher.on_tool_message(message)
            else:
                self._show_response(collector, collector.add(data))
        except BadResult as bad:
            code = "DE303" if bad.message == production.FILE_TOO_LARGE else "DE105"
            happened = f"Dify cannot use what the plugin sent: {bad.message}."
            self.answers.notes.append(note(code, happened))
            raise _Failed("error", bad.error_type, bad.message) from None

    def _show_response(self, response: EndpointResponse, piece: bytes) -> None:
        if self.watcher:
            self.watcher.on_response(response, piece)

    def _finish(self, collector: ToolMessages | EndpointResponse) -> None:
        happened = ("", "")
        if isinstance(collector, ToolMessages):
            if not collector.messages:
                text = "The tool ended without a message; its caller gets an empty result."
                happened = ("DE104", text)
        else:
            if not collector.head_sent and not collector.headers:
                text = "The endpoint ended without a response; its caller gets an empty one."
                happened = ("DE405", text)
            elif collector.cut:
                happened = ("DE405", f"Dify ends the response here: {collector.cut}.")
            elif collector.status == 404 and collector.body.startswith(_NO_ROUTE):
                text = f"No endpoint of the plugin matches {self.invocation.target}."
                happened = ("DE401", text)
            collector.finish()
            self._show_response(collector, b"")
        if happened[0]:
            self.answers.notes.append(note(*happened))

    def _lose(self, lost: SessionMessage) -> None:
        """A message shared its line with a print. Dify loses it, and may wait for it for ever."""
        what = {StreamChunk: "a message", SessionEnd: "the end", SessionError: "the error"}.get(
            type(lost), "a call to Dify"
        )
        happened = f"Something was printed without a newline: on Dify {what} of this round is lost."
        self.answers.notes.append(note("DE102", happened))
        if isinstance(lost, SessionEnd | SessionError | Invoke):
            raise _Failed(
                "error",
                "LostMessage",
                f"{what} was lost behind a print without a newline; "
                f"on Dify the caller would wait {production.ROUND_SECONDS} s",
            )

    def _died(self, death: Death) -> _Failed:
        if death.overlong is not None:
            happened = (
                f"A line of stdout reached {death.overlong} bytes; Dify kills the plugin at "
                f"{SCANNER_BUFFER} and leaves the caller waiting {production.ROUND_SECONDS} s."
            )
            self.answers.notes.append(note("DE101", happened))
            message = "bufio.Scanner: token too long"
            return _Failed("crashed", "PluginDaemonInternalServerError", message)
        tail = death.stderr.strip()
        return _Failed("crashed", "PluginCrashed", f"the plugin {death.reason}", tail or None)

    def _settle(self, session: Session, result: RoundResult) -> None:
        """Let what the handler left running speak up, so that it can be told.

        An unknown request comes back with nothing but an end, after everything that other
        greenlets of the plugin had ready to say: it takes a millisecond, no waiting.
        """
        if result.status in ("crashed", "timeout"):
            return
        barrier = Session(str(uuid.uuid4()), self.answers)
        self.running.open(barrier.id, barrier)
        self.running.send(encode_request(barrier.id, {"user_id": "", "type": "", "action": ""}))
        deadline = time.perf_counter() + 1
        while (left := deadline - time.perf_counter()) > 0:
            try:
                event = barrier.events.get(timeout=left)
            except queue.Empty:
                break
            if isinstance(event, SessionEnd | _Dead):
                break
        self.running.close(barrier.id)

    def _keep(
        self,
        number: int,
        session: Session,
        collector: ToolMessages | EndpointResponse,
        result: RoundResult,
        started: float,
    ) -> None:
        mask = self.invocation.secrets.mask
        messages = (
            collector.messages if isinstance(collector, ToolMessages) else collector.document()
        )
        result.messages = mask(messages)
        result.error = mask(result.error)
        result.logs = mask(session.logs.documents())
        result.notes = [
            each.as_document() for each in _unique([*self.answers.notes, *session.late])
        ]
        self.book.finish(number, result, int((time.perf_counter() - started) * 1_000_000))


def _unique(notes: list[Note]) -> list[Note]:
    return list(dict.fromkeys(notes))
