"""What a plugin is made of."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin, write

_TOOLS = "  tools:\n  - provider/test.yaml\n"
_ENDPOINTS = "  endpoints:\n  - group/test.yaml\n"


def _plugins(folder: Path, text: str) -> Path:
    change(whole_plugin(folder), "manifest.yaml", _TOOLS + _ENDPOINTS, text)
    return folder


@pytest.mark.parametrize(
    ("text", "place"),
    [("  {}\n", "19:3"), ("  tools: []\n", "19:3"), ("  tools:\n", "19:3")],
)
def test_a_plugin_of_nothing_is_refused(tmp_path: Path, text: str, place: str) -> None:
    assert places(_plugins(tmp_path, text), "DE640") == [f"manifest.yaml:{place}"]


@pytest.mark.parametrize("kind", ["models", "agent_strategies", "datasources", "triggers"])
def test_most_kinds_stand_alone(tmp_path: Path, kind: str) -> None:
    folder = _plugins(tmp_path, f"{_TOOLS}  {kind}:\n  - other.yaml\n")
    (finding,) = found(folder, "DE640")
    assert str(finding) == (
        f"manifest.yaml:21:3: DE640 `tools` and `{kind}` cannot be in one plugin"
        " [daemon at installation, daemon at remote debugging]"
    )
    alone = _plugins(tmp_path / "alone", f"  {kind}:\n  - other.yaml\n  tools: []\n")
    assert places(alone, "DE640") == []


def test_tools_and_endpoints_go_together(tmp_path: Path) -> None:
    assert places(whole_plugin(tmp_path), "DE640") == []


def test_of_several_providers_one_is_taken(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    assert places(folder, "DE641") == []
    write(folder, "provider/other.yaml", (folder / "provider/test.yaml").read_text())
    change(folder, "manifest.yaml", _TOOLS, _TOOLS + "  - provider/other.yaml\n")
    assert places(folder, "DE641") == ["manifest.yaml:21:5"]


def test_endpoints_need_their_permission(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    change(
        folder, "manifest.yaml", "endpoint:\n      enabled: true", "endpoint:\n      enabled: false"
    )
    assert places(folder, "DE642") == ["manifest.yaml:14:16"]
    change(folder, "manifest.yaml", "    endpoint:\n      enabled: false\n", "")
    assert places(folder, "DE642") == ["manifest.yaml:19:3"]
    change(folder, "group/test.yaml", "- endpoints/endpoint0.yaml\n", "")
    assert places(folder, "DE642") == []


def test_tools_need_none(tmp_path: Path) -> None:
    folder = _plugins(tmp_path, _TOOLS)
    change(folder, "manifest.yaml", "    endpoint:\n      enabled: true\n", "")
    assert places(folder, "DE642") == []
