"""Fields of which values are chosen."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin

_TOOL = "tools/remember.yaml"
_OPTIONS = "options: [{value: a, label: {en_US: A}}, {value: b, label: {en_US: B}}]"


def _parameter(folder: Path, kind: str, *more: str) -> Path:
    lines = ["parameters:", "- name: x", "  label: {en_US: X}", "  human_description: {en_US: X}"]
    lines += ["  form: form", f"  type: {kind}", *(f"  {each}" for each in more)]
    change(whole_plugin(folder), _TOOL, "parameters: []\n", "\n".join([*lines, ""]))
    return folder


def _credential(folder: Path, more: str) -> Path:
    field = f"x: {{label: {{en_US: X}}, type: select, {more}}}"
    text = f"credentials_for_provider:\n  {field}\nextra:\n"
    change(whole_plugin(folder), "provider/test.yaml", "extra:\n", text)
    return folder


def test_a_choice_has_options(tmp_path: Path) -> None:
    assert places(_parameter(tmp_path / "a", "select"), "DE647") == [f"{_TOOL}:15:9"]
    assert places(_parameter(tmp_path / "b", "select", "options: []"), "DE647") == [f"{_TOOL}:15:9"]
    assert places(_parameter(tmp_path / "c", "select", _OPTIONS), "DE647") == []
    assert places(_parameter(tmp_path / "d", "dynamic-select"), "DE647") == []
    assert places(_parameter(tmp_path / "e", "string"), "DE647") == []


def test_so_has_a_credential(tmp_path: Path) -> None:
    assert places(_credential(tmp_path / "a", "required: true"), "DE647") == [
        "provider/test.yaml:12:32"
    ]
    assert places(_credential(tmp_path / "b", _OPTIONS), "DE647") == []


@pytest.mark.parametrize("default", ["c", "[a, c]"])
def test_a_default_is_one_of_the_options(tmp_path: Path, default: str) -> None:
    column = 12 if default == "c" else 16
    folder = _parameter(tmp_path, "select", f"default: {default}", _OPTIONS)
    assert places(folder, "DE648") == [f"{_TOOL}:16:{column}"]


@pytest.mark.parametrize("default", ["a", "[a, b]", "~", "''"])
def test_one_of_them_or_none_is_right(tmp_path: Path, default: str) -> None:
    folder = _parameter(tmp_path, "select", f"default: {default}", _OPTIONS)
    assert places(folder, "DE648") == []


def test_text_may_have_any_default(tmp_path: Path) -> None:
    assert places(_parameter(tmp_path, "string", "default: c", _OPTIONS), "DE648") == []


@pytest.mark.parametrize("kind", ["select", "dynamic-select"])
def test_a_single_choice_has_no_list_for_a_default(tmp_path: Path, kind: str) -> None:
    folder = _parameter(tmp_path / "a", kind, "default: [a]", _OPTIONS)
    assert places(folder, "DE645") == [f"{_TOOL}:16:12"]
    folder = _parameter(tmp_path / "b", kind, "default: [a]", "multiple: false", _OPTIONS)
    assert places(folder, "DE645") == [f"{_TOOL}:16:12"]
    folder = _parameter(tmp_path / "c", kind, "default: [a]", "multiple: true", _OPTIONS)
    assert found(folder, "DE645", "DE646") == []


def test_several_choices_have_a_list(tmp_path: Path) -> None:
    folder = _parameter(tmp_path, "select", "default: a", "multiple: true", _OPTIONS)
    (finding,) = found(folder, "DE645", "DE646")
    assert (finding.code, str(finding.place)) == ("DE646", f"{_TOOL}:16:12")
    assert finding.advice == "Write [a]."


@pytest.mark.parametrize("kind", ["string", "checkbox", "files"])
def test_multiple_is_for_choices(tmp_path: Path, kind: str) -> None:
    folder = _parameter(tmp_path / "a", kind, "multiple: true")
    assert places(folder, "DE646") == [f"{_TOOL}:16:13"]
    assert places(_parameter(tmp_path / "b", kind, "multiple: false"), "DE646") == []
