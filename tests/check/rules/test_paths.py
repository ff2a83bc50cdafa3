"""Paths of declarations."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin


@pytest.mark.parametrize(
    "path", ["./provider/test.yaml", "provider//test.yaml", "tools/../provider/test.yaml"]
)
def test_a_package_knows_a_file_by_one_path(tmp_path: Path, path: str) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, "manifest.yaml", "provider/test.yaml", path)
    (finding,) = found(folder, "DE643")
    assert (str(finding.place), finding.advice) == (
        "manifest.yaml:20:5",
        "Write provider/test.yaml.",
    )


def test_tools_and_endpoints_are_named_so_too(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    assert places(folder, "DE643") == []
    change(folder, "provider/test.yaml", "tools/remember.yaml", "./tools/remember.yaml")
    change(folder, "group/test.yaml", "endpoints/endpoint0.yaml", "./endpoints/endpoint0.yaml")
    assert places(folder, "DE643") == ["group/test.yaml:3:3", "provider/test.yaml:10:3"]


def test_what_lies_outside_is_not_in_the_package(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path / "plugin")
    whole_plugin(tmp_path / "other")
    change(folder, "manifest.yaml", "provider/test.yaml", "../other/provider/test.yaml")
    (finding,) = found(folder, "DE643")
    assert str(finding.by[0]) == "daemon at installation"
    absolute = str(tmp_path / "other" / "provider" / "test.yaml")
    change(folder, "manifest.yaml", "../other/provider/test.yaml", absolute)
    (finding,) = found(folder, "DE643")
    assert (str(finding.by[0]), finding.advice) == (
        "packager at packaging",
        "Put the file into the plugin's folder.",
    )


def test_a_file_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, "manifest.yaml", "provider/test.yaml", "./provider/tset.yaml")
    assert [each.code for each in found(folder, "DE601", "DE643")] == ["DE601"]
