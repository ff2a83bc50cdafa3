"""What Dify starts."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin, write


def _starts(folder: Path, name: str) -> Path:
    change(whole_plugin(folder), "manifest.yaml", "entrypoint: main", f"entrypoint: {name}")
    return folder


@pytest.mark.parametrize("name", ["src.app", "maim", "main.run", "a" * 256])
def test_a_module_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    assert places(_starts(tmp_path, name), "DE639") == ["manifest.yaml:31:17"]


def test_a_file_is_no_module(tmp_path: Path) -> None:
    (finding,) = found(_starts(tmp_path, "main.py"), "DE639")
    assert (str(finding.place), finding.advice) == ("manifest.yaml:31:17", "Write main.")


@pytest.mark.parametrize("file", ["src/app.py", "src/app/__main__.py"])
def test_a_module_of_a_package_can_start_it(tmp_path: Path, file: str) -> None:
    folder = _starts(tmp_path, "src.app")
    write(folder, file, "")
    assert places(folder, "DE639") == []
