"""Keys that stand twice."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin

_TOOL = "tools/remember.yaml"


def _changed(folder: Path, name: str, old: str, new: str) -> Path:
    change(whole_plugin(folder), name, old, new)
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        (_TOOL, "parameters: []\n", "parameters: []\nparameters: []\n", "11:1"),
        (_TOOL, "parameters: []\n", 'parameters: []\n"parameters": []\n', "11:1"),
        (_TOOL, "  name: remember\n", "  name: remember\n  name: other\n", "4:3"),
        (_TOOL, "parameters: []\n", "output_schema: {a: [{b: 1, b: 2}]}\n", "10:28"),
        ("manifest.yaml", "  arch:\n", "  version: 0.0.2\n  arch:\n", "25:3"),
        ("endpoints/endpoint0.yaml", "method: GET\n", "method: GET\nmethod: GET\n", "3:1"),
    ],
)
def test_a_key_twice_is_refused_by_go(
    tmp_path: Path, name: str, old: str, new: str, place: str
) -> None:
    folder = _changed(tmp_path, name, old, new)
    assert places(folder, "DE603") == [f"{name}:{place}"]
    assert places(folder, "DE630") == []


def test_the_line_of_the_first_is_told(tmp_path: Path) -> None:
    folder = _changed(tmp_path, _TOOL, "  llm: remember\n", "  llm: remember\n  llm: other\n")
    (finding,) = found(folder, "DE603")
    assert str(finding) == (
        f"{_TOOL}:10:3: DE603 `llm` stands twice in `description`, first in line 9"
        " [packager at packaging]"
    )


def test_merging_twice_is_a_key_twice(tmp_path: Path) -> None:
    folder = _changed(tmp_path, _TOOL, "identity:\n", "identity:\n  <<: {}\n  <<: {}\n")
    assert places(folder, "DE603") == [f"{_TOOL}:3:3"]


def test_what_is_merged_may_be_there_already(tmp_path: Path) -> None:
    merged = "identity:\n  <<: {name: other, author: other}\n"
    assert places(_changed(tmp_path / "a", _TOOL, "identity:\n", merged), "DE603") == []
    twice = "identity:\n  <<: {x: other, x: other}\n"
    assert places(_changed(tmp_path / "b", _TOOL, "identity:\n", twice), "DE603") == [
        f"{_TOOL}:2:18"
    ]


def test_an_alias_is_another_key_than_its_anchor(tmp_path: Path) -> None:
    aliased = "identity:\n  &k x: y\n  *k : z\n"
    assert places(_changed(tmp_path, _TOOL, "identity:\n", aliased), "DE603") == []


def test_where_go_does_not_look_it_is_a_warning(tmp_path: Path) -> None:
    extra = "extra:\n  python: {source: other.py}\n"
    folder = _changed(tmp_path / "a", _TOOL, "extra:\n", extra)
    assert places(folder, "DE603") == []
    assert places(folder, "DE630") == [f"{_TOOL}:13:3"]
    credential = "{type: text-input, label: {en_US: A}}"
    credentials = f"credentials_for_provider:\n  a: {credential}\n  a: {credential}\nextra:\n"
    folder = _changed(tmp_path / "b", "provider/test.yaml", "extra:\n", credentials)
    assert places(folder, "DE603") == []
    assert places(folder, "DE630") == ["provider/test.yaml:13:3"]


def test_what_nobody_reads_may_be_there_twice(tmp_path: Path) -> None:
    folder = _changed(tmp_path, _TOOL, "identity:\n", "x: {a: 1, a: 2}\nidentity:\n")
    assert places(folder, "DE603") + places(folder, "DE630") == []
    change(folder, _TOOL, "  python:\n", "  help: a\n  help: b\n  python:\n")
    assert places(folder, "DE603") + places(folder, "DE630") == []
