"""``rounds replay``: what an edit changes, and that nothing else is changed by asking."""

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from emulator.workspace.history import rewind_to, undo
from emulator.workspace.recorded_inputs import read_inputs
from emulator.workspace.snapshots import snapshots
from tests.support.dev import Dev
from tests.support.emulator import Emulator, Result
from tests.support.memory import Memory, memory_at
from tests.support.plugin import parameter, write_plugin
from tests.support.stored import stored
from tests.support.waiting import wait_until

ADD = """
import json, os
words = json.loads(storage.get("words")) if storage.exist("words") else []
words.append(tool_parameters["word"])
storage.set("words", json.dumps(words).encode())
yield self.create_text_message(f"{self.runtime.user_id} has {len(words)} words")
"""
READ = """
yield self.create_text_message(tool_parameters["file"].blob.decode() + tool_parameters["pin"])
yield self.create_text_message(tool_parameters["file"].filename)
"""
FAIL = 'storage.set("k", b"v")\nraise KeyError(tool_parameters["word"])\nyield'
PID = "import os\nyield self.create_text_message(str(os.getpid()))"
HANG = "while True:\n    pass\nyield"
DIE = "import os\nos._exit(1)\nyield"
ECHO = "return Response(r.get_data() + r.args['a'].encode(), headers={'X-A': r.headers['X-A']})"

ROUNDS = (
    ("run", "add", "word=first", "--user", "ada"),
    ("run", "add", "word=second", "--user", "ada"),
    ("run", "read", "file@given.txt", "pin=1234"),
    ("run", "fail", "word=it"),
    ("request", "POST", "/echo?a=1", "-d", "body ", "-H", "X-A: header"),
    ("run", "pid"),
    ("run", "die"),
)


def write(folder: Path) -> Path:
    kinds = {"word": parameter("word"), "file": parameter("file", "file")}
    kinds["pin"] = parameter("pin", "secret-input")
    return write_plugin(
        folder,
        tools={"add": ADD, "read": READ, "fail": FAIL, "pid": PID, "die": DIE, "hang": HANG},
        parameters={
            "add": [kinds["word"]],
            "fail": [kinds["word"]],
            "read": [kinds["file"], kinds["pin"]],
        },
        endpoints={"POST /echo": ECHO},
    )


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a plugin and its state, in which the rounds have been run."""
    folder = tmp_path_factory.mktemp("recorded")
    given = folder / "given.txt"
    given.write_text("as it was, ")
    emulator = Emulator(write(folder / "plugin"), folder / "state")
    with Dev(emulator.plugin, state=emulator.state):
        for words in ROUNDS:
            emulator(*(word.replace("@given.txt", f"@{given}") for word in words))
    given.unlink()
    return folder


@pytest.fixture
def emulator(recorded: Path, tmp_path: Path) -> Emulator:
    """A copy of it."""
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", recorded, copy], check=True)
    return Emulator(copy / "plugin", copy / "state", environment=(("PIN", "1234"),))


def edit(emulator: Emulator, name: str, old: str, new: str) -> None:
    file = emulator.plugin / name
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def lines(result: Result) -> list[str]:
    return result.text.splitlines()


def test_without_an_edit_everything_is_the_same(emulator: Emulator) -> None:
    before = stored(emulator.state)
    result = emulator.ok("rounds", "replay", "1", "2", "3", "4", "5", "--from", "1^", "--check")
    assert lines(result) == [f"round {n} -> {n + 7}: same" for n in (1, 2, 3, 4, 5)]
    assert result.err == (
        "Memory is again as it was before the replay. What round 12 left: storage rewind 12\n"
    )
    assert stored(emulator.state) == before
    memory = memory_at(emulator.state)
    assert list(snapshots(memory.store)) == []
    rewind_to(memory.store, "1^")
    assert memory.values() == {}
    rewind_to(memory.store, "12")
    assert memory.values() == before


def test_what_an_edit_changes_is_told(emulator: Emulator) -> None:
    edit(emulator, "tools/add.py", ' words"', ' WORDS"')
    edit(emulator, "tools/add.py", 'append(tool_parameters["word"])', 'append("other")')
    edit(emulator, "tools/fail.py", "KeyError", "ValueError")
    edit(emulator, "endpoints/endpoint0.py", "headers=", "status=201, headers=")
    given = ("1", "4", "5", "2", "--from", "start")
    result = emulator.ok("rounds", "replay", *given)
    assert lines(result) == [
        *("round 1 -> 8: differs", "  message 1", "    - ada has 1 words", "    + ada has 1 WORDS"),
        *("  memory words", '    ~ [0]: "first" -> "other"'),
        *("round 4 -> 9: differs", "  error", "    - KeyError: 'it'", "    + ValueError: it"),
        *("round 5 -> 10: differs", "  response status", "    ~ 200 -> 201"),
        *(
            "round 2 -> 11: differs",
            "  message 1",
            "    - ada has 2 words",
            "    + ada has 2 WORDS",
        ),
        *("  memory words", '    ~ [0]: "first" -> "other"', '    ~ [1]: "second" -> "other"'),
    ]
    checked = emulator("rounds", "replay", "5", "3", "--check", "--json")
    assert checked.code == 1
    assert checked.json == [
        {
            "round": 5,
            "replayed_as": 12,
            "same": False,
            "differences": [{"what": "response", "of": "status", "lines": ["~ 200 -> 201"]}],
            "refused": None,
        },
        {"round": 3, "replayed_as": 13, "same": True, "differences": [], "refused": None},
    ]


def test_it_runs_on_the_present_memory_and_can_be_undone(emulator: Emulator) -> None:
    before = stored(emulator.state)
    result = emulator.ok("rounds", "replay", "1")
    assert lines(result) == [
        *("round 1 -> 8: differs", "  message 1", "    - ada has 1 words", "    + ada has 3 words"),
        *("  memory words", '    + [1]: "second"', '    + [2]: "first"'),
    ]
    assert json.loads(stored(emulator.state)["words"]) == ["first", "second", "first"]
    undo(memory_at(emulator.state).store)
    assert stored(emulator.state) == before


def test_one_process_makes_all_calls_until_one_ends_it_or_does_not_end(emulator: Emulator) -> None:
    memory = memory_at(emulator.state)
    inputs = inputs_of(memory, 6)
    # A round without an end can be replayed as well.
    memory.begin(inputs={**inputs, "call": {**inputs["call"], "tool": "hang"}})
    numbers = ("6", "6", "7", "6", "8", "6")
    result = emulator.ok("rounds", "replay", *numbers, "--timeout", "0.5", "--json").json
    first, second, died, third, hung, fourth = (replay["differences"] for replay in result)
    assert first == second
    assert (died, hung[0]["lines"]) == ([], ["~ crashed -> timeout"])
    assert len({json.dumps(each) for each in (first, third, fourth)}) == 3


def test_what_the_present_code_does_not_take_is_told_and_the_rest_is_run(
    emulator: Emulator,
) -> None:
    edit(emulator, "tools/fail.yaml", "name: word", "name: sentence")
    edit(emulator, "provider/test.yaml", "- tools/die.yaml\n", "")
    result = emulator("rounds", "replay", "4", "7", "1", "--from", "1^")
    assert (result.code, lines(result)) == (
        1,
        [
            "round 4: cannot be run: fail has no parameter 'word'.",
            "  It takes: sentence.",
            "round 7: cannot be run: tests/plugin has no tool 'die' of provider 'test'.",
            "  It has: add, fail, hang, pid, read.",
            "round 1 -> 8: same",
        ],
    )


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        pytest.param(["99"], 1, "There is no round 99.", id="no such round"),
        pytest.param(["1", "--from", "99"], 1, "There is no round 99.", id="no such point"),
        pytest.param(["0"], 2, "Invalid value for 'N...'", id="no number of a round"),
        pytest.param([], 2, "Missing argument 'N...'", id="nothing"),
        pytest.param(["1", "8"], 2, "different workspaces: default, other.", id="two workspaces"),
        pytest.param(["9"], 1, "Round 9 was one of tests/another", id="another plugin"),
        pytest.param(["10"], 1, "What round 10 was called with is not kept", id="another shape"),
    ],
)
def test_what_cannot_be_replayed_is_refused_before_anything_is_run(
    emulator: Emulator, words: list[str], code: int, told: str
) -> None:
    memory_at(emulator.state, "other").round()
    memory_at(emulator.state, plugin="tests/another").round()
    memory: Memory = memory_at(emulator.state)
    memory.round(inputs={"method": "GET"})
    before = memory.values()
    result = emulator("rounds", "replay", *words)
    assert (result.code, result.out) == (code, b"")
    assert told in result.err
    assert memory.values() == before
    assert emulator("rounds", "show", "11").code == 1


def test_a_secret_is_taken_from_the_environment_or_asked_for(emulator: Emulator) -> None:
    without = Emulator(emulator.plugin, emulator.state)
    result = without("rounds", "replay", "3")
    assert (result.code, result.out) == (2, b"")
    assert "the secret 'pin'" in result.err
    assert "set the environment variable PIN" in result.err
    (emulator.plugin / "dify-emulator.yaml").write_text("credentials: {pin: '12345'}\n")
    assert lines(without.ok("rounds", "replay", "3")) == ["round 3 -> 8: same"]
    assert b"1234" not in (emulator.state / "state.db").read_bytes()


def test_code_that_does_not_load_ends_it_with_3_and_memory_is_put_back(
    emulator: Emulator,
) -> None:
    before = stored(emulator.state)
    edit(emulator, "tools/add.py", "class", "raise RuntimeError\nclass")
    result = emulator("rounds", "replay", "1", "--from", "start", "--json")
    assert (result.code, result.out) == (3, b"")
    assert result.err.startswith(
        "Memory is again as it was before the replay.\nError: tools/add.py"
    )
    assert stored(emulator.state) == before


def test_an_interrupt_puts_memory_back(emulator: Emulator, tmp_path: Path) -> None:
    before = stored(emulator.state)
    marker = tmp_path / "waits"
    edit(emulator, "tools/add.py", "words.append", f"open({str(marker)!r}, 'w'); import time; "
         "storage.set('words', b'halfway'); time.sleep(60); words.append")  # fmt: skip
    process = subprocess.Popen(
        emulator.command("rounds", "replay", "1", "--from", "start"),
        env=emulator.environ(),
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: marker.exists() and stored(emulator.state).get("words") == b"halfway")
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=20)
    assert (process.returncode, told.decode().splitlines()) == (
        130,
        ["Memory is again as it was before the replay.", "", "Interrupted."],
    )
    assert stored(emulator.state) == before


def inputs_of(memory: Memory, number: int) -> dict[str, Any]:
    return read_inputs(memory.store.file, number, "tests/plugin").inputs


def test_the_workspace_is_that_of_the_round_unless_one_is_named(emulator: Emulator) -> None:
    default, staging = stored(emulator.state), memory_at(emulator.state, "staging")
    staging.begin(inputs=inputs_of(staging, 1))
    emulator.ok("rounds", "replay", "8")
    assert staging.values() == {"words": b'["first"]'}
    emulator.ok("rounds", "replay", "8", "-w", "other")
    assert stored(emulator.state, "other") == staging.values()
    assert stored(emulator.state) == default


def test_a_running_dev_makes_the_calls_and_its_last_call_stays_its_own(emulator: Emulator) -> None:
    with Dev(emulator.plugin, state=emulator.state) as dev:
        emulator.ok("run", "pid")
        result = emulator.ok("rounds", "replay", "3", "1", "2", "--from", "1^")
        assert lines(result) == [f"round {n} -> {m}: same" for n, m in ((3, 9), (1, 10), (2, 11))]
        pid = emulator.ok("rounds", "replay", "8", "--check")
        assert lines(pid) == ["round 8 -> 12: same"]
        edit(emulator, "tools/pid.py", "import os", "import os  # edited")
        rerun = dev.wait_for("round", lambda event: event["why"] == "rerun")
        assert rerun["target"] == "pid"
        edit(emulator, "tools/add.py", "class", "raise RuntimeError\nclass")
        assert emulator("rounds", "replay", "1").code == 3
