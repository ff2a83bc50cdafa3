"""The one door to storage: Dify's rules, whoever asks.

The order is that of D core/persistence/persistence.go: the value is written before the quota is
asked. Each operation is one transaction together with its history.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.dify.backends import Backend, LocalFiles, Objects
from emulator.dify.dify_error import DifyError
from emulator.dify.keys import check_length, check_traversal, path_of
from emulator.dify.notes import Note, note
from emulator.dify.production import LOAD_FAILED, OVER_QUOTA, STORAGE_MAXIMUM
from emulator.plugin.storage_keys import KEY_TOO_LONG, NAME_BYTES, TRAVERSAL
from emulator.workspace.recording import Operation
from emulator.workspace.store import Store

StorageRules = Literal["local", "object-store"]
Op = Literal["set", "get", "delete", "exist"]


CONFLICTS = ("is a directory", "not a directory")
"""How errors end where a key is a folder of another."""


@dataclass(slots=True)
class Outcome:
    """What became of one operation."""

    operation: Operation
    value: bytes = b""
    """What ``get`` found."""
    found: bool = False
    """What ``exist`` says."""
    notes: list[Note] = field(default_factory=list)

    @property
    def op(self) -> str:
        return self.operation.op

    @property
    def key(self) -> str:
        return self.operation.key

    @property
    def error(self) -> str | None:
        """Dify's words; None if it succeeded."""
        return self.operation.message or None


class Storage:
    """A plugin's storage in one workspace, under Dify's rules."""

    def __init__(self, store: Store, limit: int | None, rules: StorageRules = "local") -> None:
        """``limit`` is the manifest's storage.size in bytes; None if it has no storage block."""
        self.store = store
        self.limit = STORAGE_MAXIMUM if limit is None else min(limit, STORAGE_MAXIMUM)
        self.backend: Backend = Objects(store) if rules == "object-store" else LocalFiles(store)

    def set(
        self, key: str, value: bytes, round: int | None = None, place: str | None = None
    ) -> Outcome:
        """Store a value. Over the quota it is refused, and stored all the same."""
        operation = Operation("set", key, "ok", round=round, place=place)
        outcome = self._change(operation, lambda _: self.put(key, value))
        if outcome.error is None and is_pickle(value):
            happened = f"The value of {key!r} is a pickle."
            outcome.notes.append(note("DE212", happened))
        return outcome

    def get(self, key: str, round: int | None = None, place: str | None = None) -> Outcome:
        """Read a value. Every failure has the same text, as on Dify."""
        return self._look(Operation("get", key, "ok", round=round, place=place), self._load)

    def delete(self, key: str, round: int | None = None, place: str | None = None) -> Outcome:
        """Remove a value, or a folder with all that is below it. A missing key is an error."""
        return self._change(Operation("delete", key, "ok", round=round, place=place), self._delete)

    def exist(self, key: str, round: int | None = None, place: str | None = None) -> Outcome:
        """Whether there is something under this key: also true of a folder."""
        return self._look(Operation("exist", key, "ok", round=round, place=place), self._exist)

    def record_refused(
        self, request: dict[str, Any], why: str, round: int | None, place: str | None = None
    ) -> Operation:
        """Keep a request that was refused before it became an operation."""
        op, key = str(request.get("opt") or "?"), str(request.get("key") or "")
        op = "delete" if op == "del" else op
        operation = Operation(op, key, "error", why, round=round, place=place)
        with self.store.transaction():
            self.store.record(operation)
        return operation

    def _change(self, operation: Operation, act: Callable[[Outcome], None]) -> Outcome:
        outcome = Outcome(operation)
        with self.store.transaction():
            self._perform(outcome, act)
            after = self.store.find(path_of(operation.key))
            if after is not None and not after.is_folder:
                operation.size_after = after.size
            self.store.record(operation)
        return outcome

    def _look(self, operation: Operation, act: Callable[[Outcome], None]) -> Outcome:
        outcome = Outcome(operation)
        with self.store.reading():
            self._perform(outcome, act)
        operation.size_after = operation.size_before
        if operation.round is not None:
            self.store.record_read(operation, path_of(operation.key))
        return outcome

    def _perform(self, outcome: Outcome, act: Callable[[Outcome], None]) -> None:
        operation = outcome.operation
        before = self.store.find(path_of(operation.key))
        if before is not None:
            operation.seen = before.operation
            operation.size_before = None if before.is_folder else before.size
        try:
            act(outcome)
        except DifyError as error:
            operation.outcome = "error"
            operation.message = as_told(outcome.op, str(error))
            outcome.notes.extend(_explain(operation, str(error)))
        _note_spelling(outcome)

    def put(self, key: str, value: bytes) -> None:
        """``Persistence.Save``, inside a transaction of the caller's. Raises DifyError."""
        check_traversal(key)
        check_length(key)
        path = path_of(key)
        old_size = self.backend.size(path) if self.backend.exists(path) else 0
        self.backend.save(path, value)
        growth = len(value) - old_size
        allocated = self.store.allocated or 0
        if allocated + growth > self.limit:
            raise DifyError(OVER_QUOTA)
        self.store.allocate(allocated + growth)

    def _load(self, outcome: Outcome) -> None:
        check_traversal(outcome.key)
        _, outcome.value = self.backend.load(path_of(outcome.key))

    def _delete(self, outcome: Outcome) -> None:
        check_traversal(outcome.key)
        path = path_of(outcome.key)
        size = self.backend.size(path)
        folder = outcome.operation.size_before is None
        gone = self.backend.delete(path)
        allocated = self.store.allocated
        if allocated is not None:
            self.store.allocate(allocated - size)
        if folder:
            values = "1 value" if gone == 1 else f"{gone} values"
            happened = f"delete({outcome.key!r}) removed a folder with {values} below it."
            outcome.notes.append(note("DE204", happened))

    def _exist(self, outcome: Outcome) -> None:
        check_traversal(outcome.key)
        outcome.found = self.backend.exists(path_of(outcome.key))


def _note_spelling(outcome: Outcome) -> None:
    key, path = outcome.key, path_of(outcome.key)
    refused = any(each.code == "DE205" for each in outcome.notes)
    if key != path and not refused:
        same = f"{path!r}" if path else "the folder that holds all of the plugin's keys"
        outcome.notes.append(note("DE201", f"The key {key!r} means {same}."))


def as_told(op: str, error: str) -> str:
    """The text that the plugin gets (D backwards_invocation/task.go:543-640)."""
    if op == "get":
        return LOAD_FAILED
    verb = {"set": "save", "delete": "delete", "exist": "exist"}[op]
    return f"{verb} data failed: {error}"


def _explain(operation: Operation, error: str) -> list[Note]:
    key = operation.key
    if error == TRAVERSAL:
        return [note("DE205", f"Dify refuses the key {key!r}: it holds '..' or a backslash.")]
    if error == OVER_QUOTA:
        happened = f"set({key!r}) was refused for the quota, and has stored its value all the same."
        return [note("DE203", happened)]
    # A plugin may well expect it: of a round it is told when that has ended.
    if error.endswith(CONFLICTS) and operation.round is None:
        return [note("DE207", f"{key!r} meets a key of which it is a folder, or the reverse.")]
    if error == KEY_TOO_LONG:
        happened = f"Dify refuses the key {key[:40]!r}...: it has {len(key.encode())} bytes."
        return [note("DE206", happened)]
    if error.endswith("file name too long"):
        happened = f"A part of {key[:40]!r}... is over the {NAME_BYTES} bytes of a file name."
        return [note("DE206", happened)]
    return []


def is_pickle(value: bytes) -> bool:
    """Whether these are protocol 2 or later of pickle, from its first opcode to its last."""
    return (
        value[:1] == b"\x80" and value[1:2] in (b"\2", b"\3", b"\4", b"\5") and value[-1:] == b"."
    )
