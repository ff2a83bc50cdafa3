"""The command line as a whole: how it is called, where state lives, what it must not import."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import emulator
from emulator.cli.main import cli
from tests.conftest import MakePlugin
from tests.support.command import MODULE, SCRIPT, run_command
from tests.support.plugin import write_plugin

TOOLS = {"say": "yield self.create_text_message('hi')"}
CONTRACT = {"run", "request", "storage list", "storage get", "storage set", "storage delete"}
CONTRACT |= {"storage reset", "storage seed", "storage export", "storage usage"}
CONTRACT |= {"storage history", "storage blame", "storage diff", "storage rewind", "storage undo"}
CONTRACT |= {"snapshot save", "snapshot restore", "snapshot list", "snapshot delete"}
CONTRACT |= {"rounds list", "rounds show", "rounds replay", "new", "check"}


def commands(group: click.Group, *before: str) -> Iterator[str]:
    """The words of every command, groups too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield " ".join((*before, name))
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    return write_plugin(tmp_path / "plugin", tools=TOOLS)


@pytest.mark.parametrize("program", [MODULE, SCRIPT], ids=["python -m emulator", "dify-emulator"])
class TestCalled:
    def test_it_tells_its_version(self, tmp_path: Path, program: list[str]) -> None:
        result = run_command("--version", folder=tmp_path, program=program)
        assert (result.code, result.err) == (0, "")
        assert result.text == f"dify-emulator, version {emulator.__version__}\n"

    def test_it_works_in_the_plugins_folder(self, plugin: Path, program: list[str]) -> None:
        words = ["storage", "set", "k", "v"]
        assert run_command(*words, folder=plugin, program=program).code == 0
        result = run_command("storage", "get", "k", folder=plugin, program=program)
        assert (result.code, result.out) == (0, b"v")

    def test_it_ends_with_the_exit_code(self, plugin: Path, program: list[str]) -> None:
        assert run_command("storage", "get", "k", folder=plugin, program=program).code == 1
        assert run_command("nonsense", folder=plugin, program=program).code == 2
        assert run_command("storage", "list", folder=plugin.parent, program=program).code == 3


def test_there_is_every_command_of_the_contract() -> None:
    assert set(commands(cli)) >= CONTRACT


@pytest.mark.parametrize("words", ["", *commands(cli)])
def test_every_command_has_help(tmp_path: Path, words: str) -> None:
    result = run_command(*words.split(), "--help", folder=tmp_path)
    assert (result.code, result.err) == (0, "")
    usage, _, about = result.text.partition("\n")
    assert usage.startswith(f"Usage: dify-emulator {words}".rstrip())
    assert "--help" in about
    assert max(map(len, result.text.splitlines())) <= 100
    assert run_command(*words.split(), "-h", folder=tmp_path).out == result.out


@pytest.mark.parametrize("words", ["", "storage"])
def test_without_a_command_help_goes_to_stderr(tmp_path: Path, words: str) -> None:
    result = run_command(*words.split(), folder=tmp_path)
    assert (result.code, result.out) == (2, b"")
    assert "Commands:" in result.err


def test_help_needs_neither_plugin_nor_state(tmp_path: Path) -> None:
    run_command("storage", "list", "--help", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


class TestState:
    def test_it_lives_in_the_plugins_folder_out_of_gits_sight(self, plugin: Path) -> None:
        words = ["storage", "set", "k", "v", "-p", "plugin"]
        assert run_command(*words, folder=plugin.parent).code == 0
        state = plugin / ".dify-emulator"
        assert (state / "state.db").is_file()
        assert (state / ".gitignore").read_text() == "*\n"
        assert not (plugin.parent / ".dify-emulator").exists()

    def test_the_environment_names_another_folder(self, plugin: Path, tmp_path: Path) -> None:
        environment = {"DIFY_EMULATOR_STATE_DIR": str(tmp_path / "a" / "b")}
        words = ["storage", "set", "k", "v"]
        assert run_command(*words, folder=plugin, environment=environment).code == 0
        assert (tmp_path / "a" / "b" / "state.db").is_file()
        assert not (plugin / ".dify-emulator").exists()
        get = ["storage", "get", "k"]
        assert run_command(*get, folder=plugin, environment=environment).out == b"v"
        assert run_command(*get, folder=plugin).code == 1

    def test_the_option_beats_the_environment(self, plugin: Path, tmp_path: Path) -> None:
        environment = {"DIFY_EMULATOR_STATE_DIR": str(tmp_path / "environment")}
        words = ["storage", "set", "k", "v", "--state-dir", "option"]
        assert run_command(*words, folder=plugin, environment=environment).code == 0
        assert (plugin / "option" / "state.db").is_file()
        assert not (tmp_path / "environment").exists()

    def test_an_empty_variable_is_as_none(self, plugin: Path) -> None:
        environment = {"DIFY_EMULATOR_STATE_DIR": ""}
        words = ["storage", "set", "k", "v"]
        assert run_command(*words, folder=plugin, environment=environment).code == 0
        assert (plugin / ".dify-emulator" / "state.db").is_file()


HEAVY = {"dify_plugin", "gevent", "starlette", "uvicorn", "pydantic", "sqlite_utils", "rich"}
LISTED = """\
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
from emulator.cli.main import main
main()
"""


@pytest.mark.parametrize(
    "words",
    [
        "storage list",
        "storage list --json --prefix k",
        "storage get k",
        "storage set k @seed.yaml",
        "storage delete k",
        "storage reset --yes",
        "storage seed seed.yaml",
        "storage seed --replace seed.yaml",
        "storage export",
        "storage usage",
        "storage history",
        "storage blame --json",
        "storage diff start",
        "storage rewind start",
        "storage undo",
        "snapshot save a",
        "snapshot list",
        "rounds list",
        "storage --help",
        "--version",
    ],
)
def test_a_command_that_runs_no_plugin_imports_nothing_heavy(plugin: Path, words: str) -> None:
    (plugin / "seed.yaml").write_text("a: 1\n")
    (plugin / "dify-emulator.yaml").write_text("user: ada\n")
    # Making the state file takes sqlite_utils, once.
    assert run_command("storage", "set", "k", "v", folder=plugin).code == 0
    program = [sys.executable, "-c", LISTED]
    result = run_command(*words.split(), folder=plugin, program=program)
    assert result.code == 0
    imported = {name.partition(".")[0] for name in result.err.splitlines()[-1].split()}
    assert "emulator" in imported
    assert imported & HEAVY == set()


@pytest.mark.parametrize("words", ["run say --json", "request GET /a"])
def test_the_host_never_imports_the_sdk(make_plugin: MakePlugin, words: str) -> None:
    on_path = make_plugin(tools=TOOLS, endpoints={"GET /a": "return Response('hi')"}).plugin
    program = [sys.executable, "-c", LISTED]
    result = run_command(*words.split(), folder=on_path, program=program)
    assert result.code == 0, result.err
    imported = {name.partition(".")[0] for name in result.err.splitlines()[-1].split()}
    assert "pydantic" in imported
    assert imported & {"dify_plugin", "gevent", "starlette", "uvicorn"} == set()


def test_a_reader_that_goes_away_gets_no_traceback(plugin: Path) -> None:
    (plugin / "big").write_bytes(b"line\n" * 200_000)
    assert run_command("storage", "set", "k", "@big", folder=plugin).code == 0
    process = subprocess.Popen(
        [*MODULE, "storage", "get", "k"],
        cwd=plugin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline() == b"line\n"
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=20) in (0, 1)
