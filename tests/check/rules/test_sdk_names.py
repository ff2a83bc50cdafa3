"""Imports of what the SDK does not have."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin


def _importing(folder: Path, line: str) -> Path:
    old = "from dify_plugin import Tool\n"
    change(whole_plugin(folder), "tools/remember.py", old, f"{old}{line}\n")
    return folder


def test_a_misspelled_name_is_told_where_it_stands(tmp_path: Path) -> None:
    folder = _importing(tmp_path, "from dify_plugin import Endpoint, ToolProvidr")
    assert places(folder, "DE716") == ["tools/remember.py:2:35"]
    (finding,) = found(folder)
    assert finding.advice == "Did you mean `ToolProvider`?"


@pytest.mark.parametrize(
    "line",
    [
        "from dify_plugin import ToolProvider as P, entities, OAICompatProvider",
        "from dify_plugin import something_of_a_version_to_come",
        "from other_plugin import ToolProvidr",
        "try:\n    from dify_plugin import ToolProvidr\nexcept ImportError:\n    pass",
    ],
)
def test_names_that_it_has_or_may_get_are_not(tmp_path: Path, line: str) -> None:
    assert found(_importing(tmp_path, line), "DE716") == []
