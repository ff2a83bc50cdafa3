"""``run``: one round of one tool, in a real process under the real SDK."""

import json
import signal
import sqlite3
import subprocess
from pathlib import Path

from tests.conftest import MakePlugin
from tests.support.emulator import SAMPLES, Emulator
from tests.support.plugin import parameter
from tests.support.waiting import is_running, wait_until

REMEMBER = """
storage.set("k", tool_parameters["value"].encode())
yield self.create_text_message("stored")
"""
RECALL = """
yield self.create_text_message(storage.get("k").decode())
"""


def test_what_one_process_stores_a_second_one_recalls(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(
        tools={"remember": REMEMBER, "recall": RECALL},
        parameters={"remember": [parameter("value")]},
    )
    assert emulator.ok("run", "remember", "value=blue").text == "stored\n"
    assert emulator.ok("run", "recall").text == "blue\n"


def test_the_sample_keeps_users_apart(tmp_path: Path) -> None:
    emulator = Emulator(SAMPLES / "memory", tmp_path)
    emulator.ok("run", "remember", "name=colour", "value=blue", "--user", "ada")
    told = emulator.ok("run", "recall", "name=colour", "--user", "bob").text
    assert "nothing called colour" in told
    told = emulator.ok("run", "recall", "name=colour", "--user", "ada").text
    assert told.startswith("blue\n")


def test_a_round_as_json_has_the_contracts_fields(make_plugin: MakePlugin) -> None:
    body = """
    print("from a print")
    yield self.create_text_message("a")
    yield self.create_blob_message(bytes(range(256)) * 100, meta={"mime_type": "image/png"})
    yield self.create_stream_variable_message("word", "one ")
    yield self.create_stream_variable_message("word", "two")
    storage.set("k", b"12345")
    yield self.create_json_message({"n": 5.0})
    """
    emulator = make_plugin(tools={"all": body})
    document = emulator.ok("run", "all", "--json", "--user", "u", "--conversation", "c").json
    assert {name: document[name] for name in ("round", "kind", "target", "workspace")} == {
        "round": 1,
        "kind": "tool",
        "target": "all",
        "workspace": "default",
    }
    assert (document["user_id"], document["conversation_id"]) == ("u", "c")
    assert (document["status"], document["error"]) == ("ok", None)
    kinds = [message["type"] for message in document["messages"]]
    assert kinds == ["text", "blob", "variable", "json"]
    blob, variable, number = document["messages"][1:]
    assert len(blob["message"]["blob"]["base64"]) == 4 * -(-25600 // 3)
    assert blob["meta"]["mime_type"] == "image/png"
    assert variable["message"]["variable_value"] == "one two"
    assert json.dumps(number["message"]["json_object"]) == '{"n": 5}'
    assert document["operations"] == [
        {
            "op": "set",
            "key": "k",
            "outcome": "ok",
            "message": None,
            "size_before": None,
            "size_after": 5,
        }
    ]
    assert [(log["source"], log["message"]) for log in document["logs"]] == [
        ("stdout", "from a print")
    ]
    assert document["started_at"].endswith("Z")
    assert document["duration_ms"] > 0
    assert (document["generation"], document["notes"]) == (1, [])


def test_an_exception_ends_the_round_with_its_words_and_exit_1(make_plugin: MakePlugin) -> None:
    body = """
    yield self.create_text_message("before")
    raise KeyError("missing")
    """
    emulator = make_plugin(tools={"fail": body})
    result = emulator("run", "fail")
    assert (result.code, result.text) == (1, "before\n")
    assert "KeyError: 'missing'" in result.err


def test_ids_of_the_session_reach_the_tool(make_plugin: MakePlugin) -> None:
    body = """
    s = self.session
    ids = [self.runtime.user_id, s.conversation_id, s.message_id, s.app_id]
    yield self.create_json_message({"ids": ids, "credentials": self.runtime.credentials})
    """
    emulator = make_plugin(tools={"ids": body})
    words = ["--user=u", "--conversation=c", "--message=m", "--app=a", "--credential=token=xyz"]
    told = json.loads(emulator.ok("run", "ids", *words).text)
    assert told == {"ids": ["u", "c", "m", "a"], "credentials": {"token": "xyz"}}
    told = json.loads(emulator.ok("run", "ids").text)
    assert told == {"ids": ["local-user", None, None, None], "credentials": {}}


def test_parameters_are_cast_as_dify_casts_them(make_plugin: MakePlugin) -> None:
    body = "yield self.create_json_message(tool_parameters)"
    declared = [
        parameter("count", "number"),
        parameter("size", "number"),
        parameter("yes", "boolean"),
        parameter("items", "array"),
        parameter("style", "select", form="form", default="plain", options=[
            {"value": "plain", "label": {"en_US": "Plain"}},
        ]),
        parameter("left_out", default="never filled in"),
    ]  # fmt: skip
    emulator = make_plugin(tools={"echo": body}, parameters={"echo": declared})
    result = emulator.ok("run", "echo", "count=5", "size:=5.0", "yes=no", "items:=[1,2]")
    assert json.loads(result.text) == {
        "count": 5,
        "size": 5,
        "yes": False,
        "items": [1, 2],
        "style": "plain",
    }
    assert "DE301" in result.err
    assert "DE302" in result.err


def test_a_file_parameter_is_served_over_http(make_plugin: MakePlugin, tmp_path: Path) -> None:
    body = """
    given = tool_parameters["file"]
    told = f"{given.filename} {given.mime_type} {given.type.value} {given.extension} {given.blob!r}"
    yield self.create_text_message(told)
    """
    declared = {"read": [parameter("file", "file")]}
    emulator = make_plugin(tools={"read": body}, parameters=declared)
    (tmp_path / "a b.txt").write_bytes(b"content\x00")
    told = emulator.ok("run", "read", f"file@{tmp_path / 'a b.txt'}").text
    assert told == "a b.txt text/plain document .txt b'content\\x00'\n"


def test_several_files_become_a_list(make_plugin: MakePlugin, tmp_path: Path) -> None:
    body = "yield self.create_text_message(str([f.blob for f in tool_parameters['files']]))"
    declared = {"read": [parameter("files", "files")]}
    emulator = make_plugin(tools={"read": body}, parameters=declared)
    for name in "ab":
        (tmp_path / name).write_text(name)
    words = [f"files@{tmp_path / name}" for name in "ab"]
    assert emulator.ok("run", "read", *words).text == "[b'a', b'b']\n"
    assert emulator.ok("run", "read", words[0]).text == "[b'a']\n"


def test_a_plugin_that_exits_ends_its_round_as_crashed(make_plugin: MakePlugin) -> None:
    body = """
    import os, sys
    sys.stderr.write("last words\\n")
    sys.stderr.flush()
    os._exit(7)
    yield
    """
    result = make_plugin(tools={"exit": body})("run", "exit", "--json")
    assert (result.code, result.json["status"]) == (1, "crashed")
    assert "exited with code 7" in result.json["error"]["message"]
    assert "last words" in result.json["error"]["traceback"]


def test_a_plugin_that_closes_its_pipes_ends_its_round_as_crashed(make_plugin: MakePlugin) -> None:
    body = """
    import os
    os.closerange(1, 100)  # SDK 0.10 keeps a second one for its stdout
    while True:
        pass
    yield
    """
    result = make_plugin(tools={"close": body})("run", "close", "--json")
    assert (result.code, result.json["status"]) == (1, "crashed")
    assert "closed its stdout" in result.json["error"]["message"]


def test_a_hanging_plugin_is_ended_at_the_timeout(make_plugin: MakePlugin) -> None:
    body = """
    while True:
        pass
    yield
    """
    result = make_plugin(tools={"hang": body})("run", "hang", "--timeout", "0.5", "--json")
    assert (result.code, result.json["status"]) == (1, "timeout")
    assert "killed by timeout" in result.json["error"]["message"]


def test_a_flood_on_stdout_is_kept_within_bounds(make_plugin: MakePlugin) -> None:
    body = """
    for number in range(200_000):
        print("noise", number)
    yield self.create_text_message("done")
    """
    document = make_plugin(tools={"flood": body}).ok("run", "flood", "--json").json
    assert document["messages"][0]["message"]["text"] == "done"
    assert len(document["logs"]) == 1001
    assert document["logs"][-1]["message"] == "199000 more lines were left out"


def test_a_line_too_long_for_dify_ends_the_round_at_once(make_plugin: MakePlugin) -> None:
    body = """
    storage.set("big", b"x" * 2_700_000)
    yield self.create_text_message("never")
    """
    result = make_plugin(tools={"big": body}, storage=100_000_000)("run", "big", "--json")
    assert (result.code, result.json["status"]) == (1, "crashed")
    assert [note["code"] for note in result.json["notes"]] == ["DE101"]
    assert "remote debugging" in result.json["notes"][0]["message"]
    assert result.json["operations"] == []


def test_a_print_without_a_newline_loses_the_message_behind_it(make_plugin: MakePlugin) -> None:
    body = """
    import sys
    sys.stdout.write("progress... ")
    yield self.create_text_message("lost")
    yield self.create_text_message("kept")
    """
    document = make_plugin(tools={"glue": body}).ok("run", "glue", "--json").json
    assert [message["message"]["text"] for message in document["messages"]] == ["kept"]
    assert [note["code"] for note in document["notes"]] == ["DE102"]


def test_a_lost_end_ends_the_round_at_once(make_plugin: MakePlugin) -> None:
    body = """
    import sys
    yield self.create_text_message("kept")
    sys.stdout.write("bye ")
    """
    result = make_plugin(tools={"glue": body})("run", "glue", "--json")
    assert (result.code, result.json["status"]) == (1, "error")
    assert result.json["error"]["type"] == "LostMessage"


def test_a_storage_call_after_the_end_is_refused_and_told(make_plugin: MakePlugin) -> None:
    body = """
    import time
    from threading import Thread

    def later():
        for _ in range(20):
            time.sleep(0)  # lets the handler end first
        storage.set("late", b"x")

    Thread(target=later).start()
    yield self.create_text_message("ended")
    """
    emulator = make_plugin(tools={"late": body})
    document = emulator.ok("run", "late", "--json").json
    assert [note["code"] for note in document["notes"]] == ["DE103"]
    assert "storage.set('late')" in document["notes"][0]["message"]
    assert emulator("storage", "get", "late").code == 1


def test_a_tool_without_a_message_is_told(make_plugin: MakePlugin) -> None:
    document = make_plugin(tools={"silent": "return\nyield"}).ok("run", "silent", "--json").json
    assert (document["messages"], document["notes"][0]["code"]) == ([], "DE104")


def test_storage_that_the_manifest_does_not_grant_is_denied(make_plugin: MakePlugin) -> None:
    result = make_plugin(tools={"recall": RECALL}, storage=None)("run", "recall", "--json")
    denied = "permission denied, you need to enable storage access in plugin manifest"
    assert result.json["error"]["message"] == denied
    assert [note["code"] for note in result.json["notes"]] == ["DE209"]


def test_nothing_is_written_into_the_plugins_folder(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools={"quiet": "yield self.create_text_message('x')"})
    before = sorted(emulator.plugin.rglob("*"))
    emulator.ok("run", "quiet")
    assert sorted(emulator.plugin.rglob("*")) == before


def test_a_credential_is_never_written_down(make_plugin: MakePlugin) -> None:
    body = """
    print("the secret is", self.runtime.credentials["token"])
    yield self.create_text_message("it is " + self.runtime.credentials["token"])
    raise ValueError(self.runtime.credentials["token"])
    """
    emulator = make_plugin(tools={"leak": body})
    result = emulator("run", "leak", "--json", "--credential", "token=hunter2hunter2")
    assert b"hunter2" not in result.out
    assert result.json["messages"][0]["message"]["text"] == "it is ${token}"
    for file in emulator.state.iterdir():
        assert b"hunter2" not in file.read_bytes()


def test_a_secret_parameter_is_kept_by_its_name_however_short(make_plugin: MakePlugin) -> None:
    declared = {"tell": [parameter("pin", "secret-input", form="form")]}
    body = "yield self.create_text_message('ok')"
    emulator = make_plugin(tools={"tell": body}, parameters=declared)
    emulator.ok("run", "tell", "pin=z9")
    connection = sqlite3.connect(emulator.state / "state.db")
    (inputs,) = connection.execute("SELECT inputs FROM rounds").fetchone()
    connection.close()
    assert json.loads(inputs)["call"]["parameters"] == {"pin": {"value": "${pin}"}}


def test_an_interrupt_ends_everything_with_130(make_plugin: MakePlugin, tmp_path: Path) -> None:
    body = """
    import os, time
    open(tool_parameters["file"], "w").write(str(os.getpid()))
    while True:
        time.sleep(1)
    yield
    """
    declared = {"wait": [parameter("file")]}
    emulator = make_plugin(tools={"wait": body}, parameters=declared)
    marker = tmp_path / "pid"
    process = subprocess.Popen(
        emulator.command("run", "wait", f"file={marker}"),
        env=emulator.environ(),
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: marker.exists() and marker.read_text())
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=20)
    assert (process.returncode, told) == (130, b"\nInterrupted.\n")
    assert not is_running(int(marker.read_text()))


def test_the_configured_seed_fills_a_workspace_that_was_never_used(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools={"recall": RECALL})
    (emulator.plugin / "seed.yaml").write_text("k: seeded\n")
    (emulator.plugin / "dify-emulator.yaml").write_text("seed: seed.yaml\n")
    assert emulator.ok("run", "recall").text == "seeded\n"
    emulator.ok("storage", "reset", "--yes")
    assert emulator("run", "recall").code == 1
    assert emulator.ok("run", "recall", "-w", "another").text == "seeded\n"


def test_object_store_rules_can_be_chosen(make_plugin: MakePlugin) -> None:
    body = """
    storage.set("a", b"1")
    storage.set("a/b", b"2")
    yield self.create_text_message(str(storage.exist("a/")))
    """
    emulator = make_plugin(tools={"both": body})
    assert emulator("run", "both").code == 1
    (emulator.plugin / "dify-emulator.yaml").write_text("storage_rules: object-store\n")
    assert emulator.ok("run", "both", "-w", "objects").text == "True\n"
