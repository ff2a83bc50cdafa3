"""Versions in the manifest."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin


def _changed(folder: Path, old: str, new: str) -> Path:
    change(whole_plugin(folder), "manifest.yaml", old, new)
    return folder


@pytest.mark.parametrize("version", ["0.0.1-x", "0.0.1-beta_x", "0.0.1-abc", "0.0.1-_"])
def test_the_sdk_refuses_what_is_no_version_for_python(tmp_path: Path, version: str) -> None:
    folder = _changed(tmp_path, "version: 0.0.1", f"version: {version}")
    assert places(folder, "DE634") == ["manifest.yaml:1:10"]


@pytest.mark.parametrize("version", ["0.0.1-beta1", "0.0.1-rc_1", "0.0.1-1", "12.0.3", "0.0.1-b"])
def test_it_takes_what_is_one(tmp_path: Path, version: str) -> None:
    folder = _changed(tmp_path, "version: 0.0.1", f"version: {version}")
    assert found(folder, "DE634", "DE612") == []


def test_what_the_packager_refuses_is_not_told_twice(tmp_path: Path) -> None:
    folder = _changed(tmp_path, "version: 0.0.1", "version: '1.x'")
    assert [each.code for each in found(folder, "DE612", "DE634")] == ["DE612"]


@pytest.mark.parametrize(("version", "count"), [("'>=1.0'", 1), ("''", 1), ("'1.0'", 0), ("~", 0)])
def test_the_least_dify_is_a_version_too(tmp_path: Path, version: str, count: int) -> None:
    folder = _changed(tmp_path, "meta:\n", f"meta:\n  minimum_dify_version: {version}\n")
    assert places(folder, "DE634") == ["manifest.yaml:24:25"] * count


def test_the_version_of_the_manifests_form_need_not_be_one_for_python(tmp_path: Path) -> None:
    folder = _changed(tmp_path, "meta:\n  version: 0.0.1", "meta:\n  version: 0.0.1-x")
    assert places(folder, "DE634") == []


@pytest.mark.parametrize("version", ["'3.11'", "'3.13'", "'3.1'", "'3'"])
def test_dify_has_one_python(tmp_path: Path, version: str) -> None:
    folder = _changed(tmp_path, "'3.12'", version)
    assert places(folder, "DE638") == ["manifest.yaml:30:14"]


@pytest.mark.parametrize("version", ["'3.12'", "'3.12.4'", "3.12"])
def test_that_python_can_be_named(tmp_path: Path, version: str) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, "manifest.yaml", "version: '3.12'", f"version:  {version}")
    assert places(folder, "DE638") == []
