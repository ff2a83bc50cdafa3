"""What a round did to memory, sorted for the rules that look at it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from emulator.dify.dify_error import DifyError
from emulator.dify.keys import check_traversal
from emulator.dify.production import LOAD_FAILED, NO_SUCH_OBJECT, OVER_QUOTA
from emulator.dify.storage import CONFLICTS, as_told
from emulator.workspace.recording import Operation
from emulator.workspace.store import Store

_OVER_QUOTA = as_told("set", OVER_QUOTA)
_NO_FILE = "no such file or directory"


@dataclass(slots=True)
class MemoryUse:
    """Operations in their order."""

    gets: list[Operation] = field(default_factory=list)
    """Those that found a value."""
    sets: list[Operation] = field(default_factory=list)
    """Those that stored their value, even if they were refused for the quota."""
    deletes: list[Operation] = field(default_factory=list)
    """Those that removed something."""
    refused: list[Operation] = field(default_factory=list)
    """Calls for which nothing was there, or a folder where a value should be, or the reverse."""
    over_quota: bool = False
    _allocated: int | None = None

    def allocated(self, store: Store) -> int:
        """Dify's count of the bytes used, asked once."""
        if self._allocated is None:
            with store.reading():
                self._allocated = store.allocated or 0
        return self._allocated


def memory_use(operations: Iterable[Operation]) -> MemoryUse:
    """What the operations of a round come to."""
    use = MemoryUse()
    for operation in operations:
        op = operation.op
        if operation.outcome == "ok":
            if op == "get":
                use.gets.append(operation)
            elif op == "set":
                use.sets.append(operation)
            elif op == "delete":
                use.deletes.append(operation)
        elif operation.message == _OVER_QUOTA:
            use.sets.append(operation)
            use.over_quota = True
        elif is_missing(operation) or is_conflict(operation):
            use.refused.append(operation)
    return use


def is_change(operation: Operation) -> bool:
    """Whether a call stored or removed something."""
    if operation.op not in ("set", "delete"):
        return False
    return operation.outcome == "ok" or operation.message == _OVER_QUOTA


def is_missing(operation: Operation) -> bool:
    """Whether a call failed because nothing was there."""
    if operation.op == "get":  # which fails in the same words for whatever reason
        failed = operation.message == LOAD_FAILED and operation.seen is None
        return failed and not _is_refused(operation.key)
    if operation.op == "delete":
        return operation.message.endswith((_NO_FILE, NO_SUCH_OBJECT))
    return False


def is_conflict(operation: Operation) -> bool:
    """Whether a call failed because its key is a folder of another, or the reverse."""
    if operation.op == "get":
        is_folder = operation.seen is not None and operation.size_before is None
        return is_folder and operation.message == LOAD_FAILED
    return operation.message.endswith(CONFLICTS)


def _is_refused(key: str) -> bool:
    try:
        check_traversal(key)
    except DifyError:
        return True
    return False
