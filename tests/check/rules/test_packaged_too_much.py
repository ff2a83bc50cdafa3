"""What should not get into the package."""

from pathlib import Path

import pytest

from tests.check.checked import found, places, whole_plugin, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return whole_plugin(tmp_path)


def test_the_state_is_told_before_it_is_there(folder: Path) -> None:
    write(folder, ".difyignore", ".venv/\n")
    [finding] = found(folder, "DE805")
    assert str(finding.place) == ".difyignore:1:1"
    assert finding.advice == "Add the line `.dify-emulator/` to .difyignore."
    assert "would get into the package once it is there" in finding.message
    write(folder, ".dify-emulator/state.db", "x")
    [finding] = found(folder, "DE805")
    assert finding.message.endswith("gets into the package")


def test_without_an_ignore_file_the_manifest_is_shown(folder: Path) -> None:
    (folder / ".difyignore").unlink()
    [finding] = found(folder, "DE805")
    assert str(finding.place) == "manifest.yaml:1:1"
    assert finding.advice == "Write a .difyignore with the line `.dify-emulator/`."


@pytest.mark.parametrize("line", [".dify-emulator", ".dify-emulator/", ".dify*", ".*/", "*.db"])
def test_a_line_that_keeps_the_state_out_is_enough(folder: Path, line: str) -> None:
    write(folder, ".difyignore", f"{line}\n")
    assert found(folder, "DE805") == []


@pytest.mark.parametrize(
    ("file", "shown", "line"),
    [
        (".git/config", "`.git`,", ".git/"),
        ("deep/node_modules/a/b.js", "`deep/node_modules`,", "node_modules/"),
        ("env/pyvenv.cfg", "`env`,", "/env/"),
        ("tools/__pycache__/a.pyc", "`tools/__pycache__`,", "__pycache__/"),
        ("old.difypkg", "`old.difypkg`,", "*.difypkg"),
    ],
)
def test_what_tools_made_is_told(folder: Path, file: str, shown: str, line: str) -> None:
    write(folder, ".difyignore", ".dify-emulator/\n")
    write(folder, file, "x")
    [finding] = found(folder)
    assert (finding.code, str(finding.place)) == ("DE806", ".difyignore:1:1")
    assert finding.message.startswith(shown)
    write(folder, ".difyignore", f".dify-emulator/\n{line}\n")
    assert found(folder) == []


def test_a_kind_of_folder_is_told_once(folder: Path) -> None:
    write(folder, ".difyignore", ".dify-emulator/\n")
    for name in ("a", "b"):
        write(folder, f"{name}/__pycache__/x.pyc", "x")
    assert len(found(folder, "DE806")) == 1


def test_secrets_are_told_by_their_names_and_not_shown(folder: Path) -> None:
    write(folder, ".difyignore", ".dify-emulator/\n")
    write(folder, ".env", "INSTALL_METHOD=remote\nREMOTE_INSTALL_KEY=abc-def\nEMPTY_KEY=\n")
    [finding] = found(folder, "DE807")
    assert str(finding.place) == ".difyignore:1:1"
    assert finding.message == "`.env` gets into the package, and with it `REMOTE_INSTALL_KEY`"
    assert finding.advice == "Add the line `.env` to .difyignore."


def test_a_private_key_is_told(folder: Path) -> None:
    write(folder, "keys/mine.private.pem", "x")
    assert places(folder, "DE807") == [".difyignore:1:1"]


@pytest.mark.parametrize("text", ["INSTALL_METHOD=remote\n", "# API_KEY=x\n", "API_KEY= # none\n"])
def test_an_environment_without_secrets_may_be_packaged(folder: Path, text: str) -> None:
    write(folder, ".difyignore", ".dify-emulator/\n")
    write(folder, ".env", text)
    assert found(folder) == []


def test_secrets_that_are_kept_out_are_none(folder: Path) -> None:
    write(folder, ".env", "REMOTE_INSTALL_KEY=abc\n")
    assert found(folder) == []


def test_credentials_of_the_configuration_are_told(folder: Path) -> None:
    write(folder, "dify-emulator.yaml", "credentials:\n  key: abc\n")
    assert places(folder, "DE807") == [".difyignore:1:1"]
    write(folder, "dify-emulator.yaml", "credentials:\n  key: ${KEY}\nworkspace: mine\n")
    assert found(folder) == []
