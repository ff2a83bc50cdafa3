"""A plugin that cannot load: exit 3, a message with the file and the cause, no SDK traceback."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import MakePlugin

SAY = {"say": "yield self.create_text_message('hi')"}


def append(name: str, text: str) -> Callable[[Path], None]:
    def change(plugin: Path) -> None:
        with (plugin / name).open("a") as file:
            file.write(text)

    return change


def write(name: str, text: str) -> Callable[[Path], None]:
    def change(plugin: Path) -> None:
        (plugin / name).write_text(text)

    return change


CASES = [
    (
        "a syntax error",
        append("tools/say.py", "def broken(:\n"),
        "tools/say.py:8:12: DE703 is not Python: invalid syntax",
    ),
    (
        "a package that is not installed",
        append("tools/say.py", "import not_a_package_of_anybody\n"),
        "tools/say.py:8: ModuleNotFoundError: No module named 'not_a_package_of_anybody'",
    ),
    (
        "an exception while a module loads",
        append("provider/test.py", "raise RuntimeError('not today')\n"),
        "provider/test.py:7: RuntimeError: not today",
    ),
    (
        "an exception in a module of the plugin's own",
        lambda plugin: (
            write("helper.py", "x = {}['y']\n")(plugin),
            append("tools/say.py", "import helper\n")(plugin),
        ),
        "helper.py:1: KeyError: 'y'",
    ),
    (
        "a file without a tool in it",
        write("tools/say.py", "x = 1\n"),
        "Missing subclass of Tool in",
    ),
    (
        "a main that ends at once",
        write("main.py", "import sys\nsys.exit('no thanks')\n"),
        "the plugin exited with code 1 before it was ready",
    ),
]


@pytest.mark.parametrize(
    ("change", "says"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_message_names_the_file_and_the_cause(
    make_plugin: MakePlugin, change: Callable[[Path], None], says: str
) -> None:
    emulator = make_plugin(tools=SAY)
    change(emulator.plugin)
    result = emulator("run", "say")
    assert result.code == 3
    assert says in result.err
    assert "Traceback" not in result.err
    assert len(result.err.splitlines()) <= 4
    assert result.out == b""


def test_the_whole_traceback_is_there_on_demand(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools=SAY)
    append("tools/say.py", "1 / 0\n")(emulator.plugin)
    result = emulator("run", "say", "--verbose")
    assert result.code == 3
    assert "Traceback (most recent call last)" in result.err
    assert "class_loader.py" in result.err


def test_a_failed_load_leaves_no_round(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools=SAY)
    append("tools/say.py", "1 / 0\n")(emulator.plugin)
    emulator("run", "say")
    (emulator.plugin / "tools/say.py").write_text(
        (emulator.plugin / "tools/say.py").read_text().replace("1 / 0\n", "")
    )
    assert emulator.ok("run", "say", "--json").json["round"] == 1
