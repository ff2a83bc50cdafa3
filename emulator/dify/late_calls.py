"""What a plugin still asks of Dify after its round has ended, and what it gets.

D local_runtime/io.go:49-52 forgets the session: the call is dropped unexecuted, and the plugin
waits 250 s for an answer. Here it is refused, and told, at once.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emulator.dify.notes import Note, note
from emulator.wire.messages import Invoke, SessionMessage
from emulator.wire.writer import encode_refusal
from emulator.workspace.rounds import RoundBook

OnLate = Callable[[int, Note], None]


@dataclass(slots=True)
class LateCalls:
    """Hears a session once it is over. Holds little, for it outlives its round."""

    send: Callable[[bytes], None]
    book: RoundBook
    round: int
    mask: Callable[[str], str]
    """Takes secrets out of a text."""
    silenced: frozenset[str] = frozenset()
    on_late: OnLate | None = None
    """Told of notes that come when the round is already kept."""
    _notes: list[Note] = field(default_factory=list)
    _kept: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def on_late_message(self, message: SessionMessage) -> None:
        if not isinstance(message, Invoke):
            return
        refused = self._refuse(message.session_id, message.data)
        with self._lock:
            if not self._kept:
                self._notes.append(refused)
                return
        if refused.code in self.silenced:
            return
        self.book.add_note(self.round, refused.as_document())
        if self.on_late is not None:
            self.on_late(self.round, refused)

    def take(self) -> list[Note]:
        """The notes so far, which the round keeps; later ones are added to it."""
        with self._lock:
            self._kept = True
            return self._notes

    def _refuse(self, session_id: str, data: Any) -> Note:
        kind = data.get("type") if isinstance(data, dict) else None
        request = data.get("request") if isinstance(data, dict) else None
        what = f"A {kind} call"
        if kind == "storage" and isinstance(request, dict):
            what = self.mask(f"storage.{request.get('opt')}({request.get('key')!r})")
        happened = f"{what} came after the round had ended and was not executed."
        late = note("DE103", happened)
        if isinstance(data, dict) and isinstance(data.get("backwards_request_id"), str):
            text = f"{happened} {late.advice}"
            self.send(encode_refusal(session_id, data["backwards_request_id"], text))
        return late
