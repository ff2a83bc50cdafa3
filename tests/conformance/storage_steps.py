"""Storage cases as lists of calls with what they give."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tests.conformance.case import Case
from tests.conformance.system import Answer, Rules, StorageSystem, Store

NOT_FOUND = "load data failed, please check if the key is correct or you have not set it"
OVER_QUOTA = "save data failed: allocated size is greater than max storage size"
TRAVERSAL = "invalid key: path traversal attempt detected"
TOO_LONG = "save data failed: key length must be less than 256 characters"
NO_SUCH = "no such file or directory"

Value = bytes | int
"""The bytes themselves, or how many of them."""

_UNSAID: Literal["unsaid"] = "unsaid"
Count = int | None | Literal["unsaid"]
"""Dify's count of bytes after a call; None as long as it has no row."""


@dataclass(frozen=True, slots=True)
class Do:
    """One call, what it gives, and what Dify counts after it."""

    call: str
    key: str
    act: Callable[[Store], Answer]
    gives: Answer
    count: Count = _UNSAID

    def __repr__(self) -> str:
        return f"{self.call}({self.key!r})"


@dataclass(frozen=True, slots=True)
class Story(Case):
    """A row whose calls are made one after the other on an empty store."""

    does: Sequence[Do] = ()
    limit: int | None = 1 << 20
    maximum: int | None = None
    rules: Rules = field(default="local")


def put(key: str, value: Value = b"v", error: str | None = None, count: Count = _UNSAID) -> Do:
    """``set``. In an error ``ROOT`` stands for the plugin's folder."""
    return Do("set", key, lambda store: store.set(key, _bytes(value)), Answer(error), count)


def read(key: str, value: Value | None = b"v", count: Count = _UNSAID) -> Do:
    """``get``; None: it raises, always in the same words."""
    gives = Answer(NOT_FOUND) if value is None else Answer(value=_bytes(value))
    return Do("get", key, lambda store: store.get(key), gives, count)


def drop(key: str, error: str | None = None, count: Count = _UNSAID) -> Do:
    """``delete``."""
    return Do("delete", key, lambda store: store.delete(key), Answer(error), count)


def there(key: str, found: bool = True, error: str | None = None, count: Count = _UNSAID) -> Do:
    """``exist``."""
    gives = Answer(error) if error else Answer(found=found)
    return Do("exist", key, lambda store: store.exist(key), gives, count)


def gone(key: str, count: Count = _UNSAID) -> Do:
    """``exist`` says no."""
    return there(key, found=False, count=count)


def play(story: Story, storage: StorageSystem) -> Store:
    """Make the calls of a story, each held against what it should give."""
    store = storage.fresh(limit=story.limit, maximum=story.maximum, rules=story.rules)
    for number, do in enumerate(story.does, 1):
        answer = do.act(store)
        gives = do.gives
        if gives.error:
            gives = Answer(gives.error.replace("ROOT", store.root))
        assert answer == gives, f"call {number}, {do}"
        if do.count != _UNSAID:
            assert store.allocated == do.count, f"the count after call {number}, {do}"
    return store


def _bytes(value: Value) -> bytes:
    return b"x" * value if isinstance(value, int) else value
