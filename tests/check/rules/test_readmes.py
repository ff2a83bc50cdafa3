"""The texts that Dify shows of a plugin."""

from pathlib import Path

import pytest

from tests.check.checked import found, places, whole_plugin, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return whole_plugin(tmp_path)


def test_a_readme_is_missing(folder: Path) -> None:
    (folder / "README.md").rename(folder / "readme.md")
    [finding] = found(folder, "DE811")
    assert str(finding.place) == "manifest.yaml:1:1"
    assert finding.advice == "Rename readme.md to it."


def test_a_readme_is_kept_out(folder: Path) -> None:
    write(folder, ".difyignore", ".dify-emulator/\n*.md\n")
    assert places(folder, "DE811") == [".difyignore:2:1"]


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("README_zh.md", "readme/README_zh_Hans.md"),
        ("README.ja.md", "readme/README_ja_JP.md"),
        ("README_pt_BR.md", "readme/README_pt_BR.md"),
        ("readme/README-zh-Hans.md", "readme/README_zh_Hans.md"),
    ],
)
def test_a_translation_under_another_name(folder: Path, name: str, right: str) -> None:
    write(folder, name, "x")
    [finding] = found(folder, "DE812")
    assert str(finding.place) == f"{name}:1:1"
    assert finding.advice == f"Name it {right}."


@pytest.mark.parametrize("name", ["readme/README_zh_Hans.md", "README.dev.md", "docs/README_ja.md"])
def test_other_texts_are_left_alone(folder: Path, name: str) -> None:
    write(folder, name, "x")
    assert found(folder) == []
