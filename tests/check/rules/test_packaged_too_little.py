"""Files that the plugin needs, kept out of the package."""

from pathlib import Path

import pytest

from emulator.check.findings import AT_INSTALLATION, AT_LOAD
from tests.check.checked import change, found, whole_plugin, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return whole_plugin(tmp_path)


def ignore(folder: Path, *lines: str) -> None:
    write(folder, ".difyignore", "".join(f"{line}\n" for line in (".dify-emulator/", *lines)))


def test_a_line_is_told_with_what_it_keeps_out(folder: Path) -> None:
    ignore(folder, "# tests", "tools/")
    [finding] = found(folder)
    assert (finding.code, str(finding.place)) == ("DE810", ".difyignore:3:1")
    assert finding.message.startswith("`tools/` keeps tools/remember.py and 1 more out of")
    assert finding.by == (AT_LOAD, AT_INSTALLATION)


@pytest.mark.parametrize("line", ["main.py", "manifest.yaml", "_assets/", "/group", "test.*"])
def test_everything_that_is_needed_is_looked_for(folder: Path, line: str) -> None:
    ignore(folder, line)
    assert [each.code for each in found(folder)] == ["DE810"]


def test_a_module_that_is_imported_is_needed(folder: Path) -> None:
    write(folder, "lib/notes.py", "X = 1\n")
    ignore(folder, "lib/")
    assert found(folder) == []
    change(folder, "tools/remember.py", "from dify_plugin", "import lib.notes\nfrom dify_plugin")
    write(folder, "lib/__init__.py", "")
    [finding] = found(folder, "DE810")
    assert finding.message.startswith("`lib/` keeps lib/__init__.py and 1 more out of")


def test_what_nobody_needs_may_be_kept_out(folder: Path) -> None:
    write(folder, "tests/test_it.py", "x = 1\n")
    ignore(folder, "tests/", "*.md~", "LICENSE")
    assert found(folder) == []
