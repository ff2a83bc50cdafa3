"""The SDK's version against Python's, and against what is declared. All was tried with uv."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin, write

PROJECT = """\
[project]
name = "test"
version = "0.0.1"
requires-python = "{python}"
dependencies = ["{sdk}"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return whole_plugin(tmp_path)


def project(folder: Path, python: str, sdk: str, more: str = "") -> None:
    (folder / "requirements.txt").unlink(missing_ok=True)
    write(folder, "pyproject.toml", PROJECT.format(python=python, sdk=sdk) + more)


def test_the_official_scaffold_cannot_be_installed(folder: Path) -> None:
    project(folder, ">=3.11", "dify-plugin>=0.9.0,<0.10.0")
    [finding] = found(folder)
    assert (finding.code, str(finding.place)) == ("DE824", "pyproject.toml:4:1")
    assert finding.advice == 'Write requires-python = ">=3.12".'


@pytest.mark.parametrize(
    ("python", "sdk"),
    [
        ("~=3.11", "dify_plugin~=0.9.0"),
        (">3.11", "dify_plugin==0.10.2"),
        ("<4", "dify_plugin>=0.8"),
        ("==3.11.*", "dify_plugin==0.9.*"),
        (">=3.10", "dify_plugin>=0.2.0,<0.3.0"),
        (">=3.11", "dify_plugin (>0.9)"),
    ],
)
def test_a_python_is_allowed_on_which_the_sdk_does_not_run(
    folder: Path, python: str, sdk: str
) -> None:
    project(folder, python, sdk)
    assert places(folder, "DE824") == ["pyproject.toml:4:1"]


@pytest.mark.parametrize(
    ("python", "sdk"),
    [
        (">=3.12", "dify_plugin>=0.9.0"),
        (">=3.11,!=3.11.*", "dify_plugin>=0.9.0"),
        (">=3.11", "dify_plugin>=0.5.0"),
        (">=3.11", "dify_plugin>=0.5.0,<0.8"),
        (">=3.11", "dify_plugin>=0.9.0; python_version >= '3.12'"),
        (">=3.11", "dify_plugin>=0.9.0b1"),
        (">=3.10", "dify_plugin"),
    ],
)
def test_a_resolution_that_is_found_or_unknown_is_left_alone(
    folder: Path, python: str, sdk: str
) -> None:
    project(folder, python, sdk)
    assert found(folder) == []


@pytest.mark.parametrize("setting", ["environments", "override-dependencies"])
def test_settings_of_uv_may_lead_to_another_end(folder: Path, setting: str) -> None:
    project(folder, ">=3.11", "dify_plugin>=0.9.0", f"[tool.uv]\n{setting} = []\n")
    assert found(folder) == []


def test_nothing_is_resolved_where_there_is_a_lock(folder: Path) -> None:
    project(folder, ">=3.11", "dify_plugin>=0.9.0")
    write(folder, "uv.lock", "")
    assert found(folder) == []


@pytest.mark.parametrize("python", [">=3.13", ">=3.11,<3.12", "==3.12"])
def test_the_python_of_dify_is_not_allowed(folder: Path, python: str) -> None:
    project(folder, python, "dify_plugin<0.8")
    assert places(folder, "DE825") == ["pyproject.toml:4:1"]


@pytest.mark.parametrize("python", ["==3.12.*", "~=3.12.1", "<=3.12.4,>=3.12"])
def test_the_python_of_dify_is_allowed(folder: Path, python: str) -> None:
    project(folder, python, "dify_plugin<0.8")
    assert found(folder) == []


def test_two_files_ask_for_two_versions(folder: Path) -> None:
    project(folder, ">=3.12", "dify_plugin>=0.9.0")
    write(folder, "requirements.txt", "requests\n dify-plugin>=0.5\n")
    assert places(folder, "DE826") == ["requirements.txt:2:2"]
    write(folder, "requirements.txt", "dify-plugin >= 0.9.0\n")
    assert found(folder) == []


@pytest.mark.parametrize(
    ("kind", "sdk", "is_too_old"),
    [
        ("triggers", "<0.6", True),
        ("triggers", "~=0.5.1", True),
        ("triggers", "==0.5.*", True),
        ("triggers", "<=0.5.1", True),
        ("triggers", "<0.6.1", False),
        ("triggers", "~=0.5", False),
        ("triggers", "==0.6.0", False),
        ("triggers", "==0.6.0b14", False),
        ("datasources", ">=0.3,<0.5", True),
        ("datasources", "<0.6", False),
        ("tools", "<0.5", False),
    ],
)
def test_the_sdk_is_too_old(folder: Path, kind: str, sdk: str, is_too_old: bool) -> None:
    change(folder, "manifest.yaml", "plugins:\n  tools:", f"plugins:\n  {kind}:")
    write(folder, "requirements.txt", f"dify_plugin{sdk}\n")
    assert places(folder, "DE827") == (["requirements.txt:1:1"] if is_too_old else [])
