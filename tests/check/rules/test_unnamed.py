"""Declarations that nobody names."""

from pathlib import Path

from tests.check.checked import change, found, places, whole_plugin, write


def test_a_tool_that_no_provider_names_is_told(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    text = (folder / "tools/remember.yaml").read_text()
    write(folder, "tools/forget.yaml", text.replace("name: remember", "name: forget"))
    assert places(folder, "DE615") == ["tools/forget.yaml:1:1"]
    (finding,) = found(folder)
    assert finding.advice == "List `tools/forget.yaml` there, or remove the file."
    named = "- tools/remember.yaml"
    change(folder, "provider/test.yaml", named, f"{named}\n- tools/forget.yaml")
    assert found(folder, "DE615") == []


def test_other_files_beside_tools_are_left_alone(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    write(folder, "tools/data.yaml", "identity:\n  name: not a tool\n")
    write(folder, "tools/list.yaml", "- extra\n")
    write(folder, "tools/broken.yaml", "a: [\n")
    assert found(folder) == []
