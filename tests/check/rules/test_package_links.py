"""Links that the packager cannot follow."""

from pathlib import Path

import pytest

from tests.check.checked import found, whole_plugin, write


@pytest.mark.parametrize("target", ["tools", "nothing"])
def test_a_link_to_a_folder_or_to_nothing(tmp_path: Path, target: str) -> None:
    folder = whole_plugin(tmp_path)
    (folder / "link").symlink_to(target)
    [finding] = found(folder, "DE809")
    assert str(finding.place) == ".difyignore:1:1"
    assert finding.message.startswith("`link` is a link to a folder or to nothing")


def test_all_of_them_are_one_finding(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    for name in ("b", "a", "c"):
        (folder / name).symlink_to("tools")
    [finding] = found(folder, "DE809")
    assert finding.message.startswith("`a` is")
    assert finding.message.endswith(", and 2 more")


def test_a_link_to_a_file_is_packaged_as_the_file(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    (folder / "link.py").symlink_to("main.py")
    assert found(folder, "DE809") == []


def test_a_link_that_is_kept_out_does_no_harm(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    write(folder, ".difyignore", ".dify-emulator/\n.venv/\n")
    (folder / ".venv").symlink_to("nothing")
    assert len(found(folder, "DE809")) == 1  # a line for folders is none for links
    write(folder, ".difyignore", ".dify-emulator/\n.venv\n")
    assert found(folder) == []
