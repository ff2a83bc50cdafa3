"""Modules that stand before others of their name."""

from pathlib import Path

import pytest

from tests.check.checked import found, whole_plugin, write


@pytest.mark.parametrize(
    "file", ["yaml.py", "queue.py", "json/__init__.py", "dify_plugin/__init__.py"]
)
def test_a_module_that_the_sdk_imports_is_warned_of(tmp_path: Path, file: str) -> None:
    folder = whole_plugin(tmp_path)
    write(folder, file, "")
    [finding] = found(folder, "DE713")
    assert (str(finding.place), finding.is_error) == (f"{file}:1:1", False)


@pytest.mark.parametrize("file", ["utils.py", "tools/json.py", "json/more.py", "os.py", "this.py"])
def test_other_names_take_nothing(tmp_path: Path, file: str) -> None:
    folder = whole_plugin(tmp_path)
    write(folder, file, "")
    assert found(folder, "DE713") == []
