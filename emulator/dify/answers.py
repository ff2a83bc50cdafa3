"""What a plugin gets when it asks something of Dify (D backwards_invocation/task.go:19-325)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from emulator.dify.dify_error import DifyError
from emulator.dify.faults import AcceptedCall, FaultInjector
from emulator.dify.go_text import as_s, json_kind
from emulator.dify.notes import Note, note
from emulator.dify.permissions import refusal
from emulator.dify.storage import Storage
from emulator.dify.storage_requests import answer
from emulator.plugin.manifest import Permission
from emulator.wire.messages import BadSessionMessage
from emulator.wire.writer import encode_answer_end, encode_refusal, encode_response
from emulator.workspace.recording import Operation

_MOST_OPERATIONS = 10_000
"""Of a round, that are looked at when it has ended."""

_ENVELOPE: tuple[tuple[str, type, str], ...] = (
    ("type", str, "type"),
    ("backwards_request_id", str, "request_id"),
    ("request", dict, "request"),
)


@dataclass(slots=True)
class Answers:
    """Answers the invocations of one round, and keeps the notes that they give cause for."""

    send: Callable[[bytes], None]
    permission: Permission
    storage: Storage
    round: int | None = None
    place_of: Callable[[str], str | None] = lambda _: None
    """Where in the plugin's code a call comes from, by the call's id."""
    faults: FaultInjector | None = None
    """What storage calls are to suffer."""
    notes: list[Note] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    """The first of the round's operations."""

    def answer(self, session_id: str, data: Any, fail: Callable[[BadSessionMessage], None]) -> None:
        """Answer an invocation. ``fail`` ends the whole session, as on Dify."""
        problem = _envelope_problem(data)
        if problem:
            text = f"invoke dify failed: {problem}"
            fail(BadSessionMessage(session_id, "invoke_dify_error", text))
        elif self.faults is None or data["type"] != "storage":
            self._send(self._answer_to(session_id, data, fail))
        else:
            perform = partial(self._answer_to, session_id, data, fail)
            drop = partial(self._drop, session_id, data)
            self.faults.serve(AcceptedCall(perform, self._send, drop))

    def finish(self) -> None:
        """The round is over, and about to be kept."""
        if self.faults is not None:
            self.faults.finish()

    def _answer_to(
        self, session_id: str, data: dict[str, Any], fail: Callable[[BadSessionMessage], None]
    ) -> Sequence[bytes]:
        request_id = data["backwards_request_id"]
        try:
            response = self._perform(data["type"], request_id, data["request"])
        except DifyError as error:
            return (encode_refusal(session_id, request_id, str(error)),)
        except Exception as error:  # not the plugin's fault: the state file, or a bug of ours
            # The plugin gets an answer instead of waiting 250 s, and the round tells what failed.
            fail(BadSessionMessage(session_id, type(error).__name__, str(error)))
            return (encode_refusal(session_id, request_id, str(error)),)
        answer = encode_response(session_id, request_id, response)
        return (answer, encode_answer_end(session_id, request_id))

    def _send(self, lines: Sequence[bytes]) -> None:
        for line in lines:
            self.send(line)

    def _drop(self, session_id: str, data: dict[str, Any]) -> None:
        """Dify would let the plugin wait 250 s; here it is told."""
        what = f"storage.{data['request'].get('opt')}({data['request'].get('key')!r})"
        happened = (
            f"{what} was under way when the round ended: Dify performs it, and drops its answer."
        )
        dropped = note("DE103", happened)
        self.notes.append(dropped)
        text = f"{happened} {dropped.advice}"
        self.send(encode_refusal(session_id, data["backwards_request_id"], text))

    def _perform(self, kind: str, request_id: str, request: dict[str, Any]) -> dict[str, Any]:
        if kind == "storage":
            return self._perform_storage(request, self.place_of(request_id))
        if refused := refusal(kind, self.permission):
            raise DifyError(refused)
        happened = f"The plugin asked Dify for {kind!r}, which the emulator cannot answer yet."
        self.notes.append(note("DE501", happened))
        raise DifyError(f"dify-emulator cannot answer {kind!r} yet")

    def _perform_storage(self, request: dict[str, Any], place: str | None) -> dict[str, Any]:
        try:
            if refused := refusal("storage", self.permission):
                happened = "The manifest does not grant storage, so Dify refuses every call."
                self.notes.append(note("DE209", happened))
                raise DifyError(refused)
            if self.faults is not None:
                self.faults.strike(request)
            response, outcome = answer(self.storage, request, self.round, place)
        except DifyError as error:
            self._remember(self.storage.record_refused(request, error.recorded, self.round, place))
            raise
        self._remember(outcome.operation)
        self.notes.extend(outcome.notes)
        if outcome.error is not None:
            raise DifyError(outcome.error)
        return response

    def _remember(self, operation: Operation) -> None:
        if len(self.operations) < _MOST_OPERATIONS:
            self.operations.append(operation)
        if self.faults is not None:
            self.faults.has_performed(operation)


def _envelope_problem(data: Any) -> str | None:
    if data is None:
        return "invoke request is empty"
    if not isinstance(data, dict):
        kind = json_kind(data)
        why = f"json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"
        return f"unmarshal invoke request failed: {why}"
    for name, kinds, word in _ENVELOPE:
        if not isinstance(data.get(name), kinds):
            return f"invoke request missing {word}: {as_s(data)}"
    return None
