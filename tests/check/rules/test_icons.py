"""Icons that Dify does not find."""

import shutil
from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin, write

IDENTITY = "identity: {author: tests, name: test, label: {en_US: T}, icon: "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return whole_plugin(tmp_path)


def who(folder: Path) -> list[str]:
    return [", ".join(map(str, each.by)) for each in found(folder, "DE801")]


def provider(folder: Path, kind: str, text: str) -> None:
    """A further provider, of which only the icons matter here."""
    change(folder, "manifest.yaml", "plugins:\n", f"plugins:\n  {kind}:\n  - provider/x.yaml\n")
    write(folder, "provider/x.yaml", text)


def test_the_icon_of_the_manifest(folder: Path) -> None:
    change(folder, "manifest.yaml", "icon: icon.svg", "icon: ikon.svg")
    [finding] = found(folder, "DE801")
    assert str(finding.place) == "manifest.yaml:8:7"
    assert finding.advice == "Did you mean 'icon.svg'?"
    assert who(folder) == ["packager at packaging, daemon at remote debugging"]


def test_the_name_counts_from_the_folder_of_icons(folder: Path) -> None:
    change(folder, "manifest.yaml", "icon: icon.svg", "icon: _assets/icon.svg")
    [finding] = found(folder, "DE801")
    assert finding.advice == "Write 'icon.svg': names count from `_assets`."


def test_an_icon_in_a_folder_of_its_own_is_not_sent_for_debugging(folder: Path) -> None:
    write(folder, "_assets/small/icon.svg", "<svg/>")
    change(folder, "manifest.yaml", "icon: icon.svg", "icon: small/icon.svg")
    assert places(folder, "DE801") == ["manifest.yaml:8:7"]
    assert who(folder) == ["daemon at remote debugging"]


def test_the_dark_icon_of_a_tool_provider_is_missed_at_installation(folder: Path) -> None:
    change(folder, "provider/test.yaml", "icon: icon.svg", "icon: icon.svg\n  icon_dark: d.svg")
    assert places(folder, "DE801") == ["provider/test.yaml:9:14"]
    assert who(folder) == ["daemon at installation, daemon at remote debugging"]


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("triggers", "packager at packaging, daemon at remote debugging"),
        ("datasources", "packager at packaging, daemon at remote debugging"),
        ("agent_strategies", "daemon at installation, daemon at remote debugging"),
    ],
)
def test_the_icon_of_each_kind_of_provider(folder: Path, kind: str, by: str) -> None:
    provider(folder, kind, IDENTITY + "x.svg}\n")
    assert places(folder, "DE801") == [f"provider/x.yaml:1:{len(IDENTITY) + 1}"]
    assert who(folder) == [by]


def test_the_icon_of_a_datasource(folder: Path) -> None:
    provider(folder, "datasources", IDENTITY + "icon.svg}\ndatasources: [datasources/d.yaml]\n")
    write(folder, "datasources/d.yaml", IDENTITY + "x.svg}\n")
    assert places(folder, "DE801") == [f"datasources/d.yaml:1:{len(IDENTITY) + 1}"]
    assert who(folder) == ["daemon at installation, daemon at remote debugging"]


def test_the_icons_of_a_model_provider_by_language(folder: Path) -> None:
    icons = "icon_small: {en_US: icon.svg, zh_Hans: x.svg}\nicon_large_dark: {en_US: y.svg}\n"
    provider(folder, "models", icons)
    assert places(folder, "DE801") == ["provider/x.yaml:1:40", "provider/x.yaml:2:26"]
    assert who(folder) == [
        "packager at packaging, daemon at remote debugging",
        "daemon at installation, daemon at remote debugging",
    ]


def test_of_two_providers_one_is_packaged_and_one_debugged(folder: Path) -> None:
    change(folder, "manifest.yaml", "- provider/test.yaml", "- provider/test.yaml\n  - second.yaml")
    text = (folder / "provider" / "test.yaml").read_text()
    write(folder, "second.yaml", text.replace("icon: icon.svg", "icon: x.svg"))
    change(folder, "provider/test.yaml", "icon: icon.svg", "icon: x.svg")
    assert who(folder) == ["daemon at remote debugging", "packager at packaging"]


def test_a_folder_for_icons_has_to_be_there(folder: Path) -> None:
    assert places(folder, "DE802") == []
    shutil.rmtree(folder / "_assets")
    assert places(folder, "DE802") == ["manifest.yaml:8:7"]
    assert places(folder, "DE801") == []
