"""Sources that the SDK does not find, or that are not Python."""

import sys
from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin, write

TOOL = "tools/remember.yaml"
SOURCE = f"{TOOL}:13:13"


def named(tmp_path: Path, source: str) -> Path:
    """A whole plugin whose tool names its source so."""
    folder = whole_plugin(tmp_path)
    change(folder, TOOL, "source: tools/remember.py", f"source: '{source}'")
    return folder


@pytest.mark.parametrize(
    ("source", "right"),
    [
        ("tools/remembr.py", "tools/remember.py"),
        ("tools/Remember.py", "tools/remember.py"),
        ("/tools/remember.py", "tools/remember.py"),
        ("tools\\remember.py", "tools/remember.py"),
        ("tools.remember", "tools/remember.py"),
        ("tools/../tools/remember.py", "tools/remember.py"),
        ("endpoints/remember.py", "tools/remember.py"),
        ("tools", None),
    ],
)
def test_a_source_that_is_not_there_is_told_with_the_one_that_is_meant(
    tmp_path: Path, source: str, right: str | None
) -> None:
    folder = named(tmp_path, source)
    [finding] = found(folder, "DE701")
    assert str(finding.place) == SOURCE
    assert right is None or repr(right) in finding.advice


@pytest.mark.parametrize(
    "source", ["tools/remember.py", "tools/remember", "tools.remember.py", "tools/remember.txt"]
)
def test_whatever_python_finds_a_module_by_is_a_source(tmp_path: Path, source: str) -> None:
    assert found(named(tmp_path, source), "DE701", "DE702") == []


@pytest.mark.parametrize("source", ["tools/re-member.py", "tools/1.py", "tools/re member.py"])
def test_a_source_need_be_no_identifier(tmp_path: Path, source: str) -> None:
    folder = named(tmp_path, source)
    (folder / "tools/remember.py").rename(folder / source)
    assert found(folder, "DE701") == []


def test_a_source_with_a_dot_in_its_name_is_a_module_in_a_package(tmp_path: Path) -> None:
    folder = named(tmp_path, "tools/re.member.py")
    (folder / "tools/remember.py").rename(folder / "tools/re.member.py")
    assert places(folder, "DE701") == [SOURCE]


def test_a_module_hides_a_folder_of_its_name(tmp_path: Path) -> None:
    folder = named(tmp_path, "tools/remember/more.py")
    write(folder, "tools/remember/more.py", (folder / "tools/remember.py").read_text())
    assert places(folder, "DE701") == [SOURCE]
    (folder / "tools/remember.py").unlink()
    assert found(folder, "DE701") == []


def test_a_package_is_a_source(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    (folder / "tools/remember").mkdir()
    (folder / "tools/remember.py").rename(folder / "tools/remember/__init__.py")
    assert found(folder, "DE701") == []


def test_what_lies_behind_a_link_is_taken_to_be_there(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path / "plugin")
    (folder / "tools/remember.py").rename(tmp_path / "elsewhere.py")
    assert places(folder, "DE701") == [SOURCE]
    (tmp_path / "more").mkdir()
    (folder / "linked").symlink_to(tmp_path / "more")
    change(folder, TOOL, "source: tools/remember.py", "source: linked/remember.py")
    assert found(folder, "DE701") == []


@pytest.mark.parametrize("source", ["./tools/remember.py", "tools//remember.py"])
def test_what_only_newer_sdks_find_is_a_warning(tmp_path: Path, source: str) -> None:
    folder = named(tmp_path, source)
    [finding] = found(folder, "DE701", "DE702")
    assert (str(finding.place), finding.code, finding.is_error) == (SOURCE, "DE702", False)


def test_a_source_that_is_not_python_is_told_where_it_breaks(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    write(folder, "tools/remember.py", "class Remember:\n    é = = 1\n")
    assert places(folder, "DE703") == ["tools/remember.py:2:9"]
    assert found(folder, "DE704") == []


def test_tabs_among_spaces_are_not_python(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    write(folder, "tools/remember.py", "if True:\n        x = 1\n\ty = 2\n")
    assert places(folder, "DE703") == ["tools/remember.py:3:1"]


def test_only_what_is_loaded_with_the_plugin_has_to_be_python(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    write(folder, "tools/helpers.py", "def (\n")
    assert found(folder, "DE703") == []
    change(folder, "tools/remember.py", "from dify", "import tools.helpers\nfrom dify")
    assert places(folder, "DE703") == ["tools/helpers.py:1:5"]


@pytest.mark.parametrize(
    "newest", ["type Key = str", "def first[T](x: T) -> T: ...", "x = f'{'a' + {'b': 1}['b']}'"]
)
def test_the_python_of_dify_is_python_on_an_older_one(tmp_path: Path, newest: str) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, "tools/remember.py", "from dify", f"{newest}\nfrom dify")
    assert found(folder, "DE703") == []


@pytest.mark.skipif(sys.version_info < (3, 13), reason="refused by every older Python")
def test_what_is_newer_than_the_python_of_dify_is_refused(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, "tools/remember.py", "from dify", "class A[T = int]: ...\nfrom dify")
    assert len(places(folder, "DE703")) == 1
