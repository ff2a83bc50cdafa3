"""``run --times N --parallel K``: one call many times at once, summed up."""

import json
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from emulator.cli.many import Calls
from emulator.cli.many_summary import show_summary, summarize
from emulator.cli.output import Output
from tests.conftest import MakePlugin
from tests.support.emulator import SAMPLES, Emulator
from tests.support.plugin import parameter
from tests.support.stored import stored
from tests.support.waiting import is_running, wait_until

TURNS = """
import os
turn = int(storage.get("turns")) + 1 if storage.exist("turns") else 1
storage.set("turns", str(turn).encode())
if turn == 2:
    raise KeyError("second")
if turn == 4:
    os._exit(3)
print("turn", turn)
yield self.create_json_message({"pid": os.getpid(), "turn": turn})
"""


def test_lost_updates_are_found_by_key_and_place(tmp_path: Path) -> None:
    emulator = Emulator(SAMPLES / "leaky", tmp_path)
    emulator.ok("storage", "set", "counter", "1")
    words = ("counter", "pause=0.05", "--times", "20", "--parallel", "10")
    result = emulator("run", *words, "--json")
    assert result.code == 1
    summary = result.json["summary"]
    assert summary["statuses"] == {"ok": 20, "error": 0, "timeout": 0, "crashed": 0}
    (lost,) = summary["lost_updates"]
    assert lost["key"] == "counter"
    assert lost["places"] == [f"tools/counter.py:{line}" for line in (14, 18, 18)]
    assert lost["count"] == len(lost["rounds"])
    kept = int(stored(tmp_path, plugin="dify-emulator/leaky")["counter"])
    assert 1 + 20 - kept == lost["count"] > 0
    assert "DE213" not in [note["code"] for note in summary["notes"]]


def test_a_plugin_that_writes_the_same_again_loses_nothing(tmp_path: Path) -> None:
    emulator = Emulator(SAMPLES / "memory", tmp_path)
    words = ("remember", "name=colour", "value=blue", "--times", "20", "--parallel", "10")
    result = emulator.ok("run", *words)
    lines = result.text.splitlines()
    assert lines[0] == "20 calls, 10 at once: 20 ok"
    assert lines[1].startswith("median ")
    assert lines[2:] == ["rounds 1 to 20"]


def test_calls_share_a_process_until_it_dies(make_plugin: MakePlugin) -> None:
    result = make_plugin(tools={"take": TURNS})("run", "take", "--times", "6", "--json")
    assert result.code == 1
    rounds, summary = result.json["rounds"], result.json["summary"]
    assert [each["round"] for each in rounds] == [1, 2, 3, 4, 5, 6]
    statuses = ["ok", "error", "ok", "crashed", "ok", "ok"]
    assert [each["status"] for each in rounds] == statuses
    assert (summary["calls"], summary["parallel"]) == (6, 1)
    assert (summary["first_round"], summary["last_round"]) == (1, 6)
    assert summary["statuses"] == {"ok": 4, "error": 1, "timeout": 0, "crashed": 1}
    assert [(each["type"], each["count"], each["rounds"]) for each in summary["errors"]] == [
        ("KeyError", 1, [2]),
        ("PluginCrashed", 1, [4]),
    ]
    assert [(each["code"], each["rounds"]) for each in summary["notes"]] == [("DE106", [4])]
    said = [each["messages"][0]["message"]["json_object"] for each in rounds if each["messages"]]
    pids = [each["pid"] for each in said]
    assert pids[0] == pids[1] != pids[2] == pids[3]
    times = sorted(each["duration_ms"] for each in rounds)
    assert summary["duration_ms"]["max"] == summary["duration_ms"]["p95"] == times[-1]
    assert summary["duration_ms"]["median"] == (times[2] + times[3]) / 2


def finished(number: int, **more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "status": "ok",
        "error": None,
        "notes": [],
        "operations": [],
        "duration_ms": 10.0,
    }
    return {"round": number, **empty, **more}


def test_a_summary_tells_what_is_alike_once(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    died = {"status": "error", "error": {"type": "E", "message": "a\nb", "traceback": None}}
    key = {"op": "set", "key": "k"}
    lost = "Round {} read 'k' (a.py:1), wrote it (a.py:2); then round {} did (b.py:3)."
    notes = [{"code": "DE213", "message": lost.format(2, 1)}, {"code": "DE104", "message": "None."}]
    other = [{"code": "DE213", "message": lost.format(6, 5)}]
    documents = [
        *(finished(number, **died) for number in range(1, 5)),
        finished(5, operations=[key], notes=notes, duration_ms=20.0),
        finished(6, operations=[key], notes=other, status="timeout", duration_ms=40.0),
    ]
    summary = summarize(documents, 3)
    (found,) = summary["lost_updates"]
    assert (found["key"], found["places"]) == ("k", ["a.py:1", "a.py:2", "b.py:3"])
    show_summary(summary, Output())
    assert capsysbinary.readouterr().out.decode().splitlines() == [
        "6 calls, 3 at once: 1 ok, 4 failed, 1 timed out",
        "median 10 ms, 95 % within 40 ms, longest 40 ms",
        "errors:",
        r"     4  E: a\nb (round 1, 2, 3, ...)",
        "lost updates:",
        "     2  A round read 'k' (a.py:1), wrote it (a.py:2); then another round did (b.py:3)."
        " (round 5, 6)",
        "notes:",
        "     1  DE104 None. (round 5)",
        "rounds 1 to 6",
    ]


def test_no_call_begins_once_nobody_wants_results() -> None:
    begun: list[int] = []
    may_end = threading.Semaphore(0)

    def call() -> dict[str, Any]:
        begun.append(1)
        may_end.acquire()
        return {}

    calls = Calls(5, 1)
    results = calls.make(call)
    may_end.release()
    next(results)
    results.close()
    may_end.release()
    calls.join()
    assert len(begun) <= 2


def test_an_interrupt_ends_all_calls_with_130(make_plugin: MakePlugin, tmp_path: Path) -> None:
    body = """
    import os, time
    open(os.path.join(tool_parameters["folder"], str(id(self))), "w").write(str(os.getpid()))
    while True:
        time.sleep(1)
    yield
    """
    emulator = make_plugin(tools={"wait": body}, parameters={"wait": [parameter("folder")]})
    (markers := tmp_path / "markers").mkdir()
    words = ("wait", f"folder={markers}", "--times", "9", "--parallel", "3")
    process = subprocess.Popen(
        emulator.command("run", *words),
        env=emulator.environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: len([path for path in markers.iterdir() if path.read_text()]) == 3)
    process.send_signal(signal.SIGINT)
    out, told = process.communicate(timeout=20)
    assert (process.returncode, out, told) == (130, b"", b"\nInterrupted.\n")
    assert len(list(markers.iterdir())) == 3
    assert not any(is_running(int(path.read_text())) for path in markers.iterdir())
    listed = json.loads(emulator.ok("rounds", "list", "--json").out)
    assert [each["status"] for each in listed] == ["crashed"] * 3
