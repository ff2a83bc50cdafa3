"""Keys that are no text."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin

_TOOL = "tools/remember.yaml"


@pytest.mark.parametrize(
    "name",
    ["manifest.yaml", "provider/test.yaml", "group/test.yaml", "endpoints/endpoint0.yaml"],
)
@pytest.mark.parametrize("key", ["1", "on", "~", "2026-01-01", "1.5"])
def test_a_files_fields_have_names_of_text(tmp_path: Path, name: str, key: str) -> None:
    folder = whole_plugin(tmp_path)
    text = (folder / name).read_text()
    (folder / name).write_text(f'"{key}": x\n{text}')
    assert places(folder, "DE636") == []
    (folder / name).write_text(f"{key}: x\n{text}")
    assert places(folder, "DE636") == [f"{name}:1:1"]


def test_a_tools_fields_are_taken_one_by_one(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, _TOOL, "identity:\n", "1: x\nidentity:\n")
    assert places(folder, "DE636") == []


@pytest.mark.parametrize(
    ("key", "places_of_it"),
    [
        ("1", [f"{_TOOL}:1:21"]),
        ("true", [f"{_TOOL}:1:21"]),
        ("~", [f"{_TOOL}:1:21"]),
        ("on", []),
        ("1:30", []),
        ('"1"', []),
    ],
)
def test_a_schema_becomes_json(tmp_path: Path, key: str, places_of_it: list[str]) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, _TOOL, "identity:\n", f"output_schema: {{a: {{{key}: x}}}}\nidentity:\n")
    assert places(folder, "DE636") == places_of_it


def test_the_daemon_minds_the_schema_and_the_sdk_the_file(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, _TOOL, "identity:\n", "output_schema: {a: {1: x}}\nidentity:\n")
    change(folder, "manifest.yaml", "version:", "1: x\nversion:")
    assert [str(each) for each in found(folder, "DE636")] == [
        "manifest.yaml:1:1: DE636 the key `1` is no text, but a whole number [SDK at load]",
        f"{_TOOL}:1:21: DE636 the key `1` is no text, but a whole number [daemon at installation]",
    ]
