"""``new``: what it takes, asks for and refuses."""

import os
from pathlib import Path

import pytest
import yaml

from emulator.cli.size_words import read_size
from emulator.errors import UsageError
from tests.support.command import MODULE, run_command
from tests.support.terminal import Terminal

ADA = ("--author", "ada")


def manifest_of(folder: Path) -> dict[str, object]:
    manifest: dict[str, object] = yaml.safe_load((folder / "manifest.yaml").read_text())
    return manifest


def test_without_options_it_is_a_tool(tmp_path: Path) -> None:
    result = run_command("new", "my-plugin", *ADA, folder=tmp_path)
    assert (result.code, result.err) == (0, "")
    assert "cd my-plugin && dify-emulator run word_count" in result.text
    assert [path.name for path in tmp_path.iterdir()] == ["my-plugin"]


def test_every_option_is_heard(tmp_path: Path) -> None:
    words = ["--template", "memory", "--author", "ada", "--storage-size", "512KB", "--python"]
    words += ["3.11", "--language", "pt_BR", "--language", "ja_JP"]
    assert run_command("new", "notes", *words, folder=tmp_path).code == 0
    manifest = manifest_of(tmp_path / "notes")
    assert manifest["author"] == "ada"
    assert manifest["label"] == {"en_US": "Notes", "ja_JP": "Notes", "pt_BR": "Notes"}
    assert manifest["resource"] == {
        "memory": 268435456,
        "permission": {"storage": {"enabled": True, "size": 512_000}},
    }
    assert ">=3.11" in (tmp_path / "notes" / "pyproject.toml").read_text()


class TestAuthor:
    def test_is_taken_from_git(self, tmp_path: Path) -> None:
        (tmp_path / ".gitconfig").write_text("[user]\n name = Ada Lovelace\n")
        environment = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
        assert run_command("new", "p", folder=tmp_path, environment=environment).code == 0
        assert manifest_of(tmp_path / "p")["author"] == "ada-lovelace"

    def test_else_from_the_system(self, tmp_path: Path) -> None:
        environment = {"HOME": str(tmp_path), "LOGNAME": "Grace", "GIT_CONFIG_SYSTEM": os.devnull}
        environment["XDG_CONFIG_HOME"] = str(tmp_path)
        assert run_command("new", "p", folder=tmp_path, environment=environment).code == 0
        assert manifest_of(tmp_path / "p")["author"] == "grace"

    def test_without_one_it_is_asked_for(self, tmp_path: Path) -> None:
        environment = {"HOME": str(tmp_path), "LOGNAME": "日本", "GIT_CONFIG_SYSTEM": os.devnull}
        environment["XDG_CONFIG_HOME"] = str(tmp_path)
        result = run_command("new", "p", folder=tmp_path, environment=environment)
        assert result.code == 2
        assert "A plugin has an author.\nName one with --author." in result.err


class TestRefused:
    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["My-Plugin", *ADA], "^[a-z0-9_-]{1,128}$).\nWrite 'my-plugin', for example."),
            (["../p", *ADA], "cannot be the plugin's name"),
            (["p", "--author", "Ada"], "^[a-z0-9_-]{1,64}$).\nWrite 'ada', for example."),
            (["p", "--author", ""], "cannot be the author"),
            (["p", *ADA, "--template", "tools"], "'tools' is not one of"),
            (["p", *ADA, "--python", "3.10"], "'3.10' is not one of"),
            (["p", *ADA, "--language", "de_DE"], "'de_DE' is not one of"),
            (["p", *ADA, "--template", "memory", "--storage-size", "1"], "1024 (1 KiB) to"),
            (["p", *ADA, "--template", "memory", "--storage-size", "a lot"], "is not a size"),
            (["p", *ADA, "--storage-size", "1MiB"], "is for memory and extension."),
            (["p\udcff", *ADA], "is not UTF-8"),
        ],
    )
    def test_with_the_rule_and_nothing_is_made(
        self, tmp_path: Path, words: list[str], told: str
    ) -> None:
        result = run_command("new", *words, folder=tmp_path)
        assert (result.code, result.out) == (2, b"")
        assert told in result.err
        assert list(tmp_path.iterdir()) == []

    def test_what_is_there_already(self, tmp_path: Path) -> None:
        assert run_command("new", "p", *ADA, folder=tmp_path).code == 0
        before = (tmp_path / "p" / "manifest.yaml").read_text()
        result = run_command("new", "p", "--author", "bob", folder=tmp_path)
        assert (result.code, result.out) == (2, b"")
        assert "nothing is overwritten" in result.err
        assert (tmp_path / "p" / "manifest.yaml").read_text() == before


def open_new(folder: Path, *words: str) -> Terminal:
    environment = {**os.environ, "NO_COLOR": "1"}
    return Terminal([*MODULE, "new", *words], environment, folder=folder)


class TestOnATerminal:
    def test_what_is_missing_is_asked_for(self, tmp_path: Path) -> None:
        with open_new(tmp_path, "notes") as terminal:
            terminal.wait_for("Template (", "[tool]: ")
            terminal.press("memory\n")
            terminal.wait_for("Author")
            terminal.press("Ada\n")
            terminal.wait_for("^[a-z0-9_-]{1,64}$", "Author")  # and again
            terminal.press("ada\n")
            terminal.wait_for("Storage size [1MiB]: ")
            terminal.press("2KiB\n")
            terminal.wait_for("Languages", "[en_US]: ")
            terminal.press("zh_Hans, ja_JP\n")
            terminal.wait_for("Oldest Python", "[3.12]: ")
            terminal.press("\n")
            terminal.wait_for("Made notes/", "README.md tells more.")
        manifest = manifest_of(tmp_path / "notes")
        assert manifest["author"] == "ada"
        assert set(manifest["label"]) == {"en_US", "zh_Hans", "ja_JP"}  # type: ignore[call-overload]
        assert "'size': 2048" in str(manifest["resource"])

    def test_what_is_given_is_not(self, tmp_path: Path) -> None:
        given = ("--template", "tool", *ADA, "--language", "en_US", "--python", "3.12")
        with open_new(tmp_path, "p", *given) as terminal:
            terminal.wait_for("Made p/")
            assert "[" not in terminal.screen()

    def test_ctrl_c_makes_nothing(self, tmp_path: Path) -> None:
        with open_new(tmp_path, "p") as terminal:
            terminal.wait_for("Template (")
            terminal.press("\x03")
            terminal.wait_for("Interrupted.")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "size"),
    [("4096", 4096), ("1MiB", 1 << 20), ("512KB", 512_000), ("1 gib", 1 << 30), ("7B", 7)],
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "MiB", "-1", "1.5MiB", "1 parsec", "\u0661", "9" * 30])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a size"):
        read_size(text)
