"""A round from request to result, and what is kept of it."""

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from emulator.dify import production
from emulator.dify.answers import Answers
from emulator.dify.endpoint_response import EndpointResponse
from emulator.dify.finished import Examine, Finished, failure_of
from emulator.dify.invocation import Invocation
from emulator.dify.late_calls import LateCalls, OnLate
from emulator.dify.notes import Note, few_of_each, note
from emulator.dify.session import Ended, ResponsePiece, Session, ToolPiece
from emulator.dify.tool_messages import ToolMessages
from emulator.runtime.running import PluginLog, RunningPlugin
from emulator.wire.writer import encode_request
from emulator.workspace.rounds import RoundBook, RoundResult, RoundStart

_NO_ROUTE = b"Failed to dispatch endpoint request: "  # S core/plugin_registration.py


class Watcher(Protocol):
    """Whoever wants to see a round while it happens. Called from the thread that runs it."""

    def on_tool_message(self, message: dict[str, Any]) -> None: ...

    def on_response(self, response: EndpointResponse, piece: bytes) -> None:
        """Status, headers or a piece of the body have come."""

    def on_log(self, log: PluginLog) -> None: ...


@dataclass(slots=True)
class Round:
    """What runs a round."""

    running: RunningPlugin
    answers: Answers
    book: RoundBook
    invocation: Invocation
    generation: int = 1
    code: str | None = None
    """A digest of the plugin's code."""
    timeout: float = production.ROUND_SECONDS
    """Seconds of the plugin's own time: none pass while a debugger waits for commands."""
    watcher: Watcher | None = None
    settles: bool = True
    """Whether to wait, at the end, for what the handler left running to speak up."""
    on_late: OnLate | None = None
    examine: Examine = lambda _: []
    """Finds notes in what the round did to memory."""
    silenced: frozenset[str] = frozenset()
    """Codes of notes that nobody wants to see."""
    _hung_up: threading.Event = field(default_factory=threading.Event)
    _session: Session | None = None

    def run(self) -> int:
        """Run the round to its end; gives its number. What happened is in the round book."""
        invocation = self.invocation
        number = self.answers.round = self.book.begin(
            RoundStart(
                scope=self.answers.storage.store.scope,
                kind=invocation.kind,
                target=invocation.target,
                user_id=invocation.caller.user_id,
                conversation_id=invocation.caller.conversation_id,
                inputs=invocation.inputs,
                generation=self.generation,
                code=self.code,
                files=invocation.files,
            )
        )
        self.answers.notes.extend(invocation.notes)
        collector = ToolMessages() if invocation.kind == "tool" else EndpointResponse()
        mask = invocation.secrets.mask
        late = LateCalls(self.running.send, self.book, number, mask, self.silenced, self.on_late)
        session = self._session = Session(self.answers, collector, late)
        started = self.running.stopwatch.now()
        self.running.open(session.id, session)
        try:
            if self._hung_up.is_set():
                self.hang_up()
            self.running.send(self._request(session.id))
            ended = self._watch(session, started + self.timeout)
            self.running.close(session.id, late)
            if self.settles and ended.status in ("ok", "error"):
                self._settle(late)
        except BaseException:
            # Nobody waits for this session any more: an interrupt, or whoever watched has failed.
            session.end("crashed", "Interrupted", "the round was interrupted")
            self.running.close(session.id, late)
            self._keep(number, session, Ended("crashed", _INTERRUPTED), started)
            raise
        self._note_result(session, ended)
        self._keep(number, session, ended, started)
        return number

    def hang_up(self) -> None:
        """The caller has gone; Dify ends the session with it (D stream.go:210-242).

        From any thread, at any time.
        """
        self._hung_up.set()
        if self._session is not None:
            text = "the client closed the connection, and Dify ends the session with it"
            self._session.end("error", "ClientDisconnected", text)

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

    def _watch(self, session: Session, deadline: float) -> Ended:
        while True:
            try:
                left = deadline - self.running.stopwatch.now()
                event = session.events.get(timeout=max(0, left))
            except queue.Empty:
                if self.running.stopwatch.now() < deadline:
                    continue  # a debugger has had the time
                session.end(
                    "timeout",
                    "PluginDaemonInternalServerError",
                    production.KILLED_BY_TIMEOUT,
                    appended=False,
                )
                continue  # to the end that this has put into the queue
            match event:
                case Ended():
                    if event.http:
                        self._show(session, event.http)
                    return event
                case ToolPiece(message) if self.watcher:
                    self.watcher.on_tool_message(message)
                case ResponsePiece(piece):
                    self._show(session, piece)
                case PluginLog() if self.watcher:
                    self.watcher.on_log(event)

    def _show(self, session: Session, piece: bytes) -> None:
        if self.watcher and isinstance(session.collector, EndpointResponse):
            self.watcher.on_response(session.collector, piece)

    def _settle(self, late: LateCalls) -> None:
        """Let what the handler left running speak up, so that it can be told.

        An unknown request comes back with nothing but an end, after everything that other
        greenlets of the plugin had ready to say: it takes a millisecond, no waiting.
        """
        barrier = Session(self.answers, ToolMessages(), late)
        self.running.open(barrier.id, barrier)
        self.running.send(encode_request(barrier.id, {"user_id": "", "type": "", "action": ""}))
        deadline = time.perf_counter() + 1
        while (left := deadline - time.perf_counter()) > 0:
            try:
                if isinstance(barrier.events.get(timeout=left), Ended):
                    break
            except queue.Empty:
                break
        self.running.close(barrier.id, late)

    def _note_result(self, session: Session, ended: Ended) -> None:
        if ended.status == "timeout":
            happened = f"The round had not ended after {self.timeout:g} s."
            self._note("DE107", happened)
        if ended.status != "ok":
            return
        if isinstance(session.collector, ToolMessages):
            if not session.collector.messages:
                happened = "The tool ended without a message; its caller gets an empty result."
                self._note("DE104", happened)
            return
        response = session.collector
        if response.cut:
            self._note("DE405", f"Dify ends the response before its end: {response.cut}.")
        elif response.empty:
            happened = "The endpoint ended without a response; its caller gets an empty one."
            self._note("DE405", happened)
        elif response.status == 404 and response.body.startswith(_NO_ROUTE):
            self._note("DE401", f"No endpoint of the plugin matches {self.invocation.target}.")
        elif response.status >= 400 and self.invocation.empty_body:
            happened = "A plugin on SDK 0.10.1 or later gets b'0\\r\\n\\r\\n' for an empty body."
            self._note("DE403", happened)

    def _note(self, code: str, happened: str) -> None:
        self.answers.notes.append(note(code, happened))

    def _keep(self, number: int, session: Session, ended: Ended, started: float) -> None:
        self.answers.finish()
        notes = [*self.answers.notes, *session.late.take()]
        finished = Finished(
            number,
            self.invocation,
            self.code,
            self.answers.storage,
            self.answers.operations,
            failure_of(ended, session.collector),
            self.running.read_code,
        )
        try:
            notes += self.examine(finished)
        finally:  # a rule that fails is a bug of ours, and no reason to lose a round
            self._write(number, session, ended, started, notes)

    def _write(
        self, number: int, session: Session, ended: Ended, started: float, found: list[Note]
    ) -> None:
        mask = self.invocation.secrets.mask
        notes = few_of_each(
            [each for each in dict.fromkeys(found) if each.code not in self.silenced]
        )
        result = RoundResult(
            status=ended.status,
            messages=mask(session.collector.documents()),
            error=mask(ended.error),
            notes=mask([each.as_document() for each in notes]),
            logs=mask(session.logs.documents()),
        )
        took = self.running.stopwatch.now() - started
        self.book.finish(number, result, int(took * 1_000_000), self.answers.storage.store)


@dataclass(slots=True)
class RunningCall:
    """A call that is being made. Whoever made it may hang up."""

    _round: Round | None = None
    _hung_up: bool = False

    def begins(self, round: Round) -> None:
        self._round = round
        if self._hung_up:
            round.hang_up()

    def hang_up(self) -> None:
        """End the round, if it has begun or when it begins."""
        self._hung_up = True
        if self._round is not None:
            self._round.hang_up()


_INTERRUPTED = {"type": "Interrupted", "message": "the round was interrupted", "traceback": None}
