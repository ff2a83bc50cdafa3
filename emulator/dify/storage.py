"""The one door to storage: Dify's rules, whoever asks.

The order is that of D core/persistence/persistence.go: the value is written before the quota is
asked. Each operation is one transaction together with its history.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.dify.backends import Backend, LocalFiles, Objects
from emulator.dify.dify_error import DifyError
from emulator.dify.keys import check_length, check_traversal, place
from emulator.dify.notes import Note, note
from emulator.dify.production import (
    KEY_TOO_LONG,
    LOAD_FAILED,
    NAME_BYTES,
    OVER_QUOTA,
    STORAGE_MAXIMUM,
    TRAVERSAL,
)
from emulator.workspace.store import Operation, Store

StorageRules = Literal["local", "object-store"]
Op = Literal["set", "get", "delete", "exist"]


@dataclass(slots=True)
class Outcome:
    """What became of one operation."""

    op: Op
    key: str
    error: str | None = None
    """Dify's words; None if it succeeded."""
    value: bytes = b""
    """What ``get`` found."""
    found: bool = False
    """What ``exist`` says."""
    size_before: int | None = None
    size_after: int | None = None
    seen: int | None = None
    notes: list[Note] = field(default_factory=list)


class Storage:
    """A plugin's storage in one workspace, under Dify's rules."""

    def __init__(self, store: Store, limit: int | None, rules: StorageRules = "local") -> None:
        """``limit`` is the manifest's storage.size in bytes; None if it has no storage block."""
        self.store = store
        self.limit = STORAGE_MAXIMUM if limit is None else min(limit, STORAGE_MAXIMUM)
        self.backend: Backend = Objects(store) if rules == "object-store" else LocalFiles(store)

    def set(self, key: str, value: bytes, round: int | None = None) -> Outcome:
        """Store a value. Over the quota it is refused, and stored all the same."""
        return self._perform("set", key, round, lambda _: self.put(key, value))

    def get(self, key: str, round: int | None = None) -> Outcome:
        """Read a value. Every failure has the same text, as on Dify."""
        return self._perform("get", key, round, self._load)

    def delete(self, key: str, round: int | None = None) -> Outcome:
        """Remove a value, or a folder with all that is below it. A missing key is an error."""
        return self._perform("delete", key, round, self._delete)

    def exist(self, key: str, round: int | None = None) -> Outcome:
        """Whether there is something under this key: also true of a folder."""
        return self._perform("exist", key, round, self._exist)

    def record_refused(self, request: dict[str, Any], why: str, round: int | None) -> None:
        """Keep a request that was refused before it became an operation."""
        op, key = str(request.get("opt") or "?"), str(request.get("key") or "")
        with self.store.transaction():
            op = "delete" if op == "del" else op
            self.store.record(Operation(op, key, "error", why, round=round))

    def _perform(
        self, op: Op, key: str, round: int | None, act: Callable[[Outcome], None]
    ) -> Outcome:
        outcome = Outcome(op, key)
        with self.store.transaction():
            before = self.store.find(place(key))
            if before is not None:
                outcome.seen = before.operation
                outcome.size_before = None if before.is_folder else before.size
            try:
                act(outcome)
            except DifyError as error:
                outcome.error = _as_told(op, str(error))
                outcome.notes.extend(_explain(op, key, str(error)))
            after = self.store.find(place(key))
            if after is not None and not after.is_folder:
                outcome.size_after = after.size
            self.store.record(
                Operation(
                    op,
                    key,
                    "ok" if outcome.error is None else "error",
                    outcome.error or "",
                    outcome.size_before,
                    outcome.size_after,
                    outcome.seen,
                    round,
                )
            )
        _note_spelling(outcome)
        return outcome

    def put(self, key: str, value: bytes) -> None:
        """``Persistence.Save``, inside a transaction of the caller's. Raises DifyError."""
        check_traversal(key)
        check_length(key)
        path = place(key)
        old_size = self.backend.size(path) if self.backend.exists(path) else 0
        self.backend.save(path, value)
        growth = len(value) - old_size
        allocated = self.store.allocated or 0
        if allocated + growth > self.limit:
            raise DifyError(OVER_QUOTA)
        self.store.allocate(allocated + growth)

    def _load(self, outcome: Outcome) -> None:
        check_traversal(outcome.key)
        _, outcome.value = self.backend.load(place(outcome.key))

    def _delete(self, outcome: Outcome) -> None:
        check_traversal(outcome.key)
        path = place(outcome.key)
        size = self.backend.size(path)
        folder = outcome.size_before is None
        gone = self.backend.delete(path)
        allocated = self.store.allocated
        if allocated is not None:
            self.store.allocate(allocated - size)
        if folder:
            happened = f"delete({outcome.key!r}) removed a folder with {gone} values below it."
            outcome.notes.append(note("DE204", happened))

    def _exist(self, outcome: Outcome) -> None:
        check_traversal(outcome.key)
        outcome.found = self.backend.exists(place(outcome.key))


def _note_spelling(outcome: Outcome) -> None:
    key, path = outcome.key, place(outcome.key)
    refused = any(each.code == "DE205" for each in outcome.notes)
    if key != path and not refused:
        same = f"{path!r}" if path else "the folder that holds all of the plugin's keys"
        outcome.notes.append(note("DE201", f"The key {key!r} means {same}."))


def _as_told(op: Op, error: str) -> str:
    """The text that the plugin gets (D backwards_invocation/task.go:543-640)."""
    if op == "get":
        return LOAD_FAILED
    verb = {"set": "save", "delete": "delete", "exist": "exist"}[op]
    return f"{verb} data failed: {error}"


def _explain(op: Op, key: str, error: str) -> list[Note]:
    if error == TRAVERSAL:
        return [note("DE205", f"Dify refuses the key {key!r}: it holds '..' or a backslash.")]
    if error == OVER_QUOTA:
        return [note("DE203", f"set({key!r}) was over the quota, and stored its value first.")]
    if error.endswith(("is a directory", "not a directory")):
        return [note("DE207", f"{key!r} meets a key of which it is a folder, or the reverse.")]
    if error == KEY_TOO_LONG:
        return [note("DE206", f"The key {key[:40]!r}... has {len(key.encode())} bytes.")]
    if error.endswith("file name too long"):
        happened = f"A part of {key[:40]!r}... is over the {NAME_BYTES} bytes of a file name."
        return [note("DE206", happened)]
    if op == "get":
        return [note("DE202", f"get({key!r}) found nothing, and raised an exception for it.")]
    if op == "delete":
        return [note("DE208", f"delete({key!r}) found nothing, and raised an exception for it.")]
    return []
