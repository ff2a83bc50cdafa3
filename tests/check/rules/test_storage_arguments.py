"""Arguments that the storage's methods do not take."""

from pathlib import Path

import pytest

from tests.check.rules.tool_code import found_at, told, tool


@pytest.mark.parametrize(
    ("call", "column", "message"),
    [
        ("get('k', None)", 39, "`storage.get` takes 1 argument and is given 2: TypeError"),
        ("set('k', b'v', 60)", 45, "`storage.set` takes 2 arguments and is given 3: TypeError"),
        ("set('k', value=b'v')", 39, "`storage.set` has no argument `value`: TypeError"),
        ("get('k', default=None)", 39, "`storage.get` has no argument `default`: TypeError"),
        ("set('k')", 9, "`storage.set` is not given its `val`: TypeError"),
        ("get()", 9, "`storage.get` is not given its `key`: TypeError"),
        ("get('k', key='k')", 39, "`storage.get` is given `key` twice: TypeError"),
    ],
)
def test_wrong_arguments(tmp_path: Path, call: str, column: int, message: str) -> None:
    folder = tool(tmp_path, f"self.session.storage.{call}")
    assert found_at(folder, "DE752") == [f"6:{column}"]
    [finding] = told(folder)
    assert finding.message == message


@pytest.mark.parametrize(
    "call",
    [
        "set('k', b'v')",
        "set('k', val=b'v')",
        "set(key='k', val=b'v')",
        "set(*self.pair)",
        "get(**self.how)",
    ],
)
def test_right_ones_and_those_that_cannot_be_told(tmp_path: Path, call: str) -> None:
    assert told(tool(tmp_path, f"self.session.storage.{call}")) == []


def test_the_right_name_is_told(tmp_path: Path) -> None:
    folder = tool(tmp_path, "self.session.storage.set('k', value=b'v')")
    assert told(folder)[0].advice == "Write `val=`."
