"""What a plugin gets when it asks something of Dify (D backwards_invocation/task.go:19-325)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emulator.dify.dify_error import DifyError
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
    notes: list[Note] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    """The first of the round's operations."""

    def answer(self, session_id: str, data: Any) -> BadSessionMessage | None:
        """Answer an invocation. What comes back ends the whole session, as on Dify."""
        problem = _envelope_problem(data)
        if problem:
            text = f"invoke dify failed: {problem}"
            return BadSessionMessage(session_id, "invoke_dify_error", text)
        kind, request_id = data["type"], data["backwards_request_id"]
        try:
            response = self._perform(kind, request_id, data["request"])
        except DifyError as error:
            self.send(encode_refusal(session_id, request_id, str(error)))
        except Exception as error:  # not the plugin's fault: the state file, or a bug of ours
            # The plugin gets an answer instead of waiting 250 s, and the round tells what failed.
            self.send(encode_refusal(session_id, request_id, str(error)))
            return BadSessionMessage(session_id, type(error).__name__, str(error))
        else:
            self.send(encode_response(session_id, request_id, response))
            self.send(encode_answer_end(session_id, request_id))
        return None

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
            response, outcome = answer(self.storage, request, self.round, place)
        except DifyError as error:
            self._remember(self.storage.record_refused(request, str(error), self.round, place))
            raise
        self._remember(outcome.operation)
        self.notes.extend(outcome.notes)
        if outcome.error is not None:
            raise DifyError(outcome.error)
        return response

    def _remember(self, operation: Operation) -> None:
        if len(self.operations) < _MOST_OPERATIONS:
            self.operations.append(operation)


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
