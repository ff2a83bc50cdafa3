"""What all tables share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Case:
    """One row: what it says, as a sentence, and the source that decides it."""

    says: str
    source: str


def each(cases: Sequence[Case]) -> pytest.MarkDecorator:
    """Run a test once for each row, under the row's own sentence."""
    return pytest.mark.parametrize("case", cases, ids=[case.says for case in cases])


def pairs(rows: dict[str, Any], name: str) -> pytest.MarkDecorator:
    """The same for a table so small that a row is a sentence and one value."""
    return pytest.mark.parametrize(name, rows.values(), ids=list(rows))
