"""What a field may be chosen from."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin

_TOOL = "tools/remember.yaml"


def _with(folder: Path, kind: str, scope: str) -> Path:
    lines = ["parameters:", "- name: x", "  label: {en_US: X}", "  human_description: {en_US: X}"]
    lines += ["  form: form", f"  type: {kind}", f"  scope: {scope}", ""]
    change(whole_plugin(folder), _TOOL, "parameters: []\n", "\n".join(lines))
    return folder


@pytest.mark.parametrize(
    ("kind", "scope"),
    [
        ("app-selector", "all"),
        ("app-selector", "workflow&nothing"),
        ("model-selector", "llm & vision"),
        ("any", "array[file]"),
        ("string", "~"),
    ],
)
def test_a_scope_of_its_type_is_right(tmp_path: Path, kind: str, scope: str) -> None:
    assert places(_with(tmp_path, kind, scope), "DE644") == []


@pytest.mark.parametrize(
    ("kind", "scope"),
    [("app-selector", "llm"), ("model-selector", "all"), ("any", "''"), ("string", "all")],
)
def test_another_is_refused(tmp_path: Path, kind: str, scope: str) -> None:
    folder = _with(tmp_path, kind, scope)
    assert places(folder, "DE644") == [f"{_TOOL}:16:10"]
    assert [str(each) for each in found(folder, "DE644")[0].by] == ["daemon at remote debugging"]


def test_settings_have_scopes_too(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    setting = "settings:\n- {name: x, label: {en_US: X}, type: text-input, scope: all}\n"
    change(folder, "group/test.yaml", "settings: []\n", setting)
    assert places(folder, "DE644") == ["group/test.yaml:2:57"]
