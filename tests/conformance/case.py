"""What all tables share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest


@dataclass(frozen=True, slots=True)
class Case:
    """One row: what it says, as a sentence, and the source that decides it."""

    says: str
    source: str


C = TypeVar("C", bound=Case)


def rows(kind: Callable[..., C], source: str, table: Mapping[str, tuple[Any, ...]]) -> list[C]:
    """The rows of a table that has one source, by what each says."""
    return [kind(says, source, *rest) for says, rest in table.items()]


def each(cases: Sequence[Case]) -> pytest.MarkDecorator:
    """Run a test once for each row, under the row's own sentence."""
    return pytest.mark.parametrize("case", cases, ids=[case.says for case in cases])
