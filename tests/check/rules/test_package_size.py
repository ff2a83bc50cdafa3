"""How large a package may be."""

from pathlib import Path

from emulator.check.package.ignore_file import read_ignore_file
from emulator.check.package.packaged_files import PackagedFiles
from emulator.check.rules.package_size import LARGEST
from tests.check.checked import found, whole_plugin


def grow(folder: Path, size: int) -> None:
    """Bring the package to a size with two files that take no place on the disk."""
    package = PackagedFiles(folder, read_ignore_file(folder))
    for name, share in (("a.bin", 1000), ("b.bin", size - package.size - 1000)):
        with (folder / name).open("wb") as file:
            file.truncate(share)


def test_a_package_may_be_as_large_as_that(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    grow(folder, LARGEST)
    assert found(folder) == []


def test_one_byte_more_is_too_much(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    grow(folder, LARGEST + 1)
    [finding] = found(folder, "DE808")
    assert str(finding.place) == ".difyignore:1:1"
    assert finding.message == "the package would hold 52428801 bytes; 52428800 are allowed"
    assert "The largest files: b.bin (" in finding.advice
    assert "a.bin (1000), " in finding.advice
    assert finding.advice.count("(") == 5


def test_what_is_kept_out_does_not_count(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    grow(folder, LARGEST + 1)
    with (folder / ".difyignore").open("a") as file:
        file.write("b.bin\n")
    assert found(folder) == []
