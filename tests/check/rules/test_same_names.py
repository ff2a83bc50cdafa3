"""Names that stand twice in one list."""

from pathlib import Path

from tests.check.checked import change, found, places, whole_plugin, write

_TOOL = "tools/remember.yaml"
_TEXT = "label: {en_US: X}, human_description: {en_US: X}, form: form"


def _parameters(folder: Path, *fields: str) -> Path:
    lines = [f"- {{{each}, {_TEXT}}}" for each in fields]
    text = "\n".join(["parameters:", *lines, ""])
    change(whole_plugin(folder), _TOOL, "parameters: []\n", text)
    return folder


def test_parameters_of_one_name_have_one_value(tmp_path: Path) -> None:
    folder = _parameters(tmp_path / "a", "name: x, type: string", "name: x, type: number")
    (finding,) = found(folder, "DE649")
    assert str(finding) == (
        f"{_TOOL}:12:10: DE649 the name `x` is there twice, first in line 11 [platform at run time]"
    )
    other = _parameters(tmp_path / "b", "name: x, type: string", "name: y, type: number")
    assert places(other, "DE649") == []


def test_settings_of_one_name_too(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    setting = "- {name: x, label: {en_US: X}, type: text-input}\n"
    change(folder, "group/test.yaml", "settings: []\n", f"settings:\n{setting}{setting}")
    assert places(folder, "DE649") == ["group/test.yaml:3:10"]


def test_options_of_one_value_cannot_be_told_apart(tmp_path: Path) -> None:
    option = "{{value: {}, label: {{en_US: X}}}}"
    same = f"options: [{option.format('a')}, {option.format('a')}]"
    folder = _parameters(tmp_path / "a", f"name: x, type: select, {same}")
    assert places(folder, "DE649") == [f"{_TOOL}:11:76"]
    other = f"options: [{option.format('a')}, {option.format('b')}]"
    folder = _parameters(tmp_path / "b", f"name: x, type: select, {other}")
    assert places(folder, "DE649") == []


def test_of_tools_of_one_name_the_last_answers(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    text = (folder / _TOOL).read_text()
    change(folder, "provider/test.yaml", f"- {_TOOL}\n", f"- {_TOOL}\n- tools/other.yaml\n")
    write(folder, "tools/other.yaml", text)
    assert places(folder, "DE649") == ["tools/other.yaml:3:9"]
    change(folder, "tools/other.yaml", "name: remember", "name: other")
    assert places(folder, "DE649") == []


def test_of_endpoints_of_one_route_the_first_answers(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    file = "endpoints/endpoint0.yaml"
    write(folder, "endpoints/other.yaml", (folder / file).read_text())
    change(folder, "group/test.yaml", f"- {file}\n", f"- {file}\n- endpoints/other.yaml\n")
    (finding,) = found(folder, "DE649")
    assert str(finding) == (
        "endpoints/other.yaml:1:7: DE649 `GET /k` is there twice, first in"
        " endpoints/endpoint0.yaml:1:7 [SDK at run time]"
    )
    change(folder, "endpoints/other.yaml", "GET", "POST")
    assert places(folder, "DE649") == []
