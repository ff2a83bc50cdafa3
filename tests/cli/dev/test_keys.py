"""The keys of ``dev``, and how it leaves the terminal."""

import contextlib
import os
import re
import signal

import pytest

from tests.cli.dev.conftest import Call, OpenDev
from tests.conftest import MakePlugin
from tests.support.stored import stored
from tests.support.waiting import wait_until

CTRL_C, CTRL_D, CTRL_Z = "\x03", "\x04", "\x1a"
CTRL_S = "\x13"
"""Stops a terminal's output."""

COUNT = """
count = int(storage.get("count")) + 1 if storage.exist("count") else 1
storage.set("count", str(count).encode())
yield self.create_text_message(f"count is {count}")
"""
COUNTING = {"tools": {"count": COUNT}}


def test_r_runs_the_last_call_again(make_plugin: MakePlugin, open_dev: OpenDev) -> None:
    emulator = make_plugin(**COUNTING)
    terminal = open_dev(emulator)
    terminal.press("r")
    terminal.wait_for("nothing has been called yet")
    emulator.ok("run", "count", "--user", "ada")
    terminal.press("r")
    terminal.wait_for("#1 count: ok", "#2 count: ok", "(generation 1, rerun)", "count is 2\n")
    assert stored(emulator.state) == {"count": b"2"}


def test_m_switches_between_keeping_the_memory_and_rewinding_it(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(**COUNTING)
    terminal = open_dev(emulator)
    emulator.ok("storage", "set", "count", "5")
    emulator.ok("run", "count")
    terminal.press("r")
    terminal.wait_for("#2 count", "count is 7\n")
    terminal.press("m")
    terminal.wait_for("memory: rewind")
    terminal.press("r")
    terminal.wait_for("#3 count", "count is 6\n", "~ count 1 B -> 1 B\n")
    terminal.press("r")
    terminal.wait_for("#4 count", "count is 6\n")
    terminal.press("m")
    terminal.wait_for("memory: keep")
    terminal.press("r")
    terminal.wait_for("#5 count", "count is 7\n")


def test_u_undoes_one_round_after_the_other(make_plugin: MakePlugin, open_dev: OpenDev) -> None:
    emulator = make_plugin(**COUNTING)
    terminal = open_dev(emulator)
    for number in (1, 2, 3):
        emulator.ok("run", "count")
        terminal.wait_for(f"count is {number}\n")
    for number in (3, 2):
        terminal.press("u")
        terminal.wait_for(f"undone: round #{number}", "1 key")
        assert stored(emulator.state) == {"count": str(number - 1).encode()}
    terminal.press("u")
    terminal.wait_for("undone: round #1")
    assert stored(emulator.state) == {}
    terminal.press("u")
    terminal.wait_for("there is nothing to undo")


def test_s_shows_what_is_stored_and_h_what_keys_there_are(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(tools={**COUNTING["tools"], "fill": """
    for number in range(30):
        storage.set(f"k{number:02}", b"x" * 1024)
    yield self.create_text_message("filled")
    """})  # fmt: skip
    terminal = open_dev(emulator)
    emulator.ok("storage", "set", "a", "12345")
    emulator.ok("run", "count")
    terminal.wait_for("#1 count")
    terminal.press("s")
    shown = terminal.wait_for("6 B of 1.0 MiB", "  count\n")
    assert re.search(r"  5 B .*  a\n +1 B +#1  count\n", shown)
    emulator.ok("run", "fill")
    terminal.wait_for("#2 fill", "+ k")
    emulator.ok("run", "count")
    terminal.wait_for("#3 count", "count is 2\n")
    terminal.press("s")
    assert terminal.wait_for("30.0 KiB of", "12 more").count(" k") == 18
    terminal.press("h")
    helped = terminal.wait_for("quit\n")
    keys = re.findall(r"^  (\S)  ", helped, re.MULTILINE)
    assert keys == list("rmuschq")


def test_c_clears_the_screen_and_other_keys_do_nothing(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    terminal = open_dev(make_plugin(**COUNTING))
    terminal.press("c")
    terminal.wait_for("\x1b[2J", "dify-emulator ", "q quit\n")
    before = terminal.screen()
    terminal.press("\x1b[A\x1b[B\x1b[C\x1b[D xyü\n")
    terminal.press("h")
    terminal.wait_for("r  run the last call again")
    assert terminal.screen()[len(before) :].startswith("  r  run the last call again")


@pytest.mark.parametrize(
    ("end", "code"),
    [("q", 0), (CTRL_D, 0), (CTRL_C, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_the_terminal_is_left_as_it_was(
    make_plugin: MakePlugin, open_dev: OpenDev, end: str | signal.Signals, code: int
) -> None:
    terminal = open_dev(make_plugin(**COUNTING))
    assert terminal.attributes() != terminal.before
    if isinstance(end, str):
        terminal.press(end)
    else:
        os.kill(terminal.pid, end)
    assert terminal.code() == code
    assert terminal.attributes() == terminal.before


def test_a_second_interrupt_is_an_order_and_leaves_the_terminal_as_it_was(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(**COUNTING)
    terminal = open_dev(emulator)
    terminal.press(CTRL_S)
    # When the second one has run, dev stands in the middle of showing the first, and hears nothing.
    emulator.ok("run", "count")
    emulator.ok("run", "count")

    def has_been_interrupted_enough() -> bool:
        with contextlib.suppress(ProcessLookupError):
            os.kill(terminal.pid, signal.SIGINT)
        return terminal.has_ended()

    wait_until(has_been_interrupted_enough)
    assert terminal.code() == 130
    assert terminal.attributes() == terminal.before


def test_a_damaged_state_file_is_told_and_leaves_keys_and_terminal_alone(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(**COUNTING)
    terminal = open_dev(emulator)
    emulator.ok("run", "count")
    terminal.wait_for("#1 count")
    for file in emulator.state.glob("state.db*"):
        with file.open("r+b") as opened:  # in place: dev has it open
            opened.write(b"garbage" * (file.stat().st_size // 7))
    assert emulator("run", "count").code == 4
    terminal.press("r")
    terminal.wait_for("state.db", "It was left untouched")
    terminal.press("su")
    terminal.wait_for("state.db", "state.db")
    terminal.press("q")
    assert terminal.code() == 0
    assert "Traceback" not in terminal.screen()
    assert terminal.attributes() == terminal.before


def test_dev_in_the_background_neither_stops_nor_reads(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(**COUNTING)
    terminal = open_dev(emulator, background=True)
    assert terminal.attributes() == terminal.before
    terminal.press("s")
    emulator.ok("run", "count")
    terminal.wait_for("#1 count")
    assert "workspace default: " not in terminal.screen()
    assert "q quit" not in terminal.screen()
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.code() == 143
    assert not terminal.has_stopped()


def test_dev_that_was_sent_to_the_background_leaves_the_keys_to_the_shell(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    emulator = make_plugin(**COUNTING)
    terminal = open_dev(emulator)
    terminal.into_background()
    terminal.press("s")  # to the shell, which does not read it
    call(emulator, "run", "count")
    terminal.wait_for("#1 count")
    assert not terminal.has_stopped()
    assert "workspace default: " not in terminal.screen()
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.code() == 143


def test_keys_work_again_after_ctrl_z_and_fg(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    emulator = make_plugin(**COUNTING)
    terminal = open_dev(emulator)
    terminal.press(CTRL_Z)
    wait_until(terminal.has_stopped)
    terminal.restore()  # as a shell does
    running = call(emulator, "run", "count")
    terminal.into_foreground()
    assert running.result().code == 0
    terminal.press("s")
    terminal.wait_for("workspace default: ", "  count\n")
    terminal.press("q")
    assert terminal.code() == 0
    assert terminal.attributes() == terminal.before
