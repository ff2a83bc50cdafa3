"""What Dify installs a plugin from. What uv says of each pyproject.toml here was tried."""

from pathlib import Path

import pytest

from tests.check.checked import found, places, whole_plugin, write

PROJECT = '[project]\nname = "test"\nversion = "0.0.1"\nrequires-python = ">=3.12"\n'
SDK = 'dependencies = ["dify_plugin>=0.9.0"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return whole_plugin(tmp_path)


def test_neither_file_is_there(folder: Path) -> None:
    (folder / "requirements.txt").unlink()
    assert places(folder, "DE820") == ["manifest.yaml:1:1"]
    write(folder, "pyproject.toml", PROJECT + SDK)
    assert found(folder) == []


def test_the_only_file_is_kept_out(folder: Path) -> None:
    write(folder, ".difyignore", ".dify-emulator/\n*.txt\n")
    assert places(folder, "DE820") == [".difyignore:2:1"]


def test_the_packager_makes_a_file_from_a_lock(folder: Path) -> None:
    (folder / "requirements.txt").unlink()
    write(folder, ".difyignore", ".dify-emulator/\npyproject.toml\nuv.lock\n")
    write(folder, "pyproject.toml", PROJECT + SDK)
    assert places(folder, "DE820") == [".difyignore:2:1"]
    write(folder, "uv.lock", "")
    assert found(folder) == []


@pytest.mark.parametrize("text", ["", "# dify_plugin\n"])
def test_requirements_ask_for_nothing(folder: Path, text: str) -> None:
    write(folder, "requirements.txt", text)
    assert places(folder, "DE821") == ["requirements.txt:1:1"]


def test_a_pyproject_without_a_project_hides_the_requirements(folder: Path) -> None:
    write(folder, "pyproject.toml", "[tool.ruff]\nline-length = 100\n")
    [finding] = found(folder, "DE821")
    assert str(finding.place) == "pyproject.toml:1:1"
    assert finding.message.endswith("it does not read requirements.txt beside it")
    write(folder, "pyproject.toml", "# ours\n" + PROJECT)
    assert places(folder, "DE821") == ["pyproject.toml:2:1"]


@pytest.mark.parametrize(
    "text",
    ['dynamic = ["dependencies"]\n', 'dependencies = []\n[tool.uv]\ndefault-groups = ["sdk"]\n'],
)
def test_a_pyproject_may_bring_it_by_other_ways(folder: Path, text: str) -> None:
    write(folder, "pyproject.toml", PROJECT + text)
    assert found(folder) == []


def test_requirements_ask_for_something_else(folder: Path) -> None:
    write(folder, "requirements.txt", "requests==2.32\n")
    assert places(folder, "DE822") == ["requirements.txt:1:1"]


@pytest.mark.parametrize(
    "line",
    [
        "Dify.Plugin",
        "dify-plugin[all]>=0.9 ; python_version > '3'",
        "dify_plugin == 0.9.0 \\\n    --hash=sha256:12",
        "dify_plugin @ https://example.org/sdk.whl",
        "-r more.txt",
        "git+https://example.org/sdk",
        "./sdk",
    ],
)
def test_the_sdk_may_be_asked_for_in_many_ways(folder: Path, line: str) -> None:
    write(folder, "requirements.txt", f"requests\n{line}\n")
    assert found(folder) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (PROJECT + "dependencies = [\n", "5:1"),
        (PROJECT + "x = = 1\n", "5:5"),
        ('[project]\nversion = "0.0.1"\n' + SDK, "1:1"),
        ('[project]\nname = "test"\n' + SDK, "1:1"),
        (PROJECT.replace('"test"', '"my test"') + SDK, "2:1"),
        (PROJECT.replace('"test"', '"test-"') + SDK, "2:1"),
        (PROJECT.replace("0.0.1", "new") + SDK, "3:1"),
        (PROJECT + 'dependencies = "dify_plugin"\n', "5:1"),
        (PROJECT.replace(">=", "") + SDK, "4:1"),
    ],
)
def test_uv_refuses_the_pyproject(folder: Path, text: str, place: str) -> None:
    write(folder, "pyproject.toml", text)
    assert places(folder, "DE823") == [f"pyproject.toml:{place}"]


def test_a_pyproject_has_to_be_utf_8(folder: Path) -> None:
    (folder / "pyproject.toml").write_bytes((PROJECT + "# \xe9\n" + SDK).encode("latin-1"))
    assert places(folder, "DE823") == ["pyproject.toml:5:1"]


def test_a_version_may_come_from_elsewhere(folder: Path) -> None:
    text = PROJECT.replace('version = "0.0.1"', 'dynamic = ["version"]') + SDK
    write(folder, "pyproject.toml", text)
    assert found(folder) == []


def test_a_broken_pyproject_that_is_kept_out_does_no_harm(folder: Path) -> None:
    write(folder, "pyproject.toml", "[")
    write(folder, ".difyignore", ".dify-emulator/\npyproject.toml\n")
    assert found(folder) == []
