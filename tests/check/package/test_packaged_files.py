"""The files of a package."""

import time
from pathlib import Path

import pytest

from emulator.check.package import packaged_files
from emulator.check.package.ignore_file import read_ignore_file
from emulator.check.package.packaged_files import PackagedFiles
from tests.check.checked import write


def packaged(folder: Path) -> list[str]:
    package = PackagedFiles(folder, read_ignore_file(folder))
    return sorted(each.name for each in package.files)


def test_what_no_line_keeps_out_is_packaged(tmp_path: Path) -> None:
    for name in ("main.py", "tools/a.py", "tools/b.txt", "venv/lib/c.py"):
        write(tmp_path, name, "x")
    write(tmp_path, ".difyignore", "venv/\n*.txt\n")
    assert packaged(tmp_path) == [".difyignore", "main.py", "tools/a.py"]


def test_an_ignore_file_holds_for_all_folders_and_those_in_them_for_none(tmp_path: Path) -> None:
    write(tmp_path, "tools/.gitignore", "*\n")
    write(tmp_path, "tools/a.py", "x")
    assert packaged(tmp_path) == ["tools/.gitignore", "tools/a.py"]


def test_links_to_files_are_packaged_and_counted_by_what_they_lead_to(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "four")
    (tmp_path / "b.txt").symlink_to("a.txt")
    (tmp_path / "folder").mkdir()
    (tmp_path / "c").symlink_to("folder")
    (tmp_path / "d").symlink_to("nothing")
    package = PackagedFiles(tmp_path, read_ignore_file(tmp_path))
    assert {each.name: each.size for each in package.files} == {"a.txt": 4, "b.txt": 4}
    assert sorted(package.unreadable) == ["c", "d"]


def test_a_folder_that_is_kept_out_is_not_looked_into(tmp_path: Path) -> None:
    write(tmp_path, ".difyignore", "deep/\n")
    inside = tmp_path / "deep"
    inside.mkdir()
    (inside / "here").symlink_to("nothing")
    package = PackagedFiles(tmp_path, read_ignore_file(tmp_path))
    assert (package.folders, package.unreadable) == ([], [])


def test_more_files_than_are_worth_it_are_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packaged_files, "MOST", 3)
    for number in range(3):
        write(tmp_path, f"{number}", "x")
    assert PackagedFiles(tmp_path, read_ignore_file(tmp_path)).is_whole
    write(tmp_path, "deep/4", "x")
    package = PackagedFiles(tmp_path, read_ignore_file(tmp_path))
    assert not package.is_whole
    assert sorted(each.name for each in package.files) == ["0", "1", "2"]


def test_a_thousand_files_take_a_moment(tmp_path: Path) -> None:
    for number in range(1000):
        (tmp_path / f"{number}.py").touch()
    write(tmp_path, ".difyignore", "*.pyc\nbuild/\n**/x/*.log\n")
    before = time.perf_counter()
    assert len(packaged(tmp_path)) == 1001
    assert time.perf_counter() - before < 0.5
