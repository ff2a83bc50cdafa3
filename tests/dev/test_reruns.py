"""The last call is made again on new code, from the memory that is wanted."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.dev.served import TOOL, Served, saying, served, write_saying
from tests.support.dev import Event
from tests.support.plugin import parameter, write_plugin, write_yaml
from tests.support.stored import stored
from tests.support.waiting import wait_until

COUNT = """
count = int(storage.get("count")) if storage.exist("count") else 0
storage.set("count", str(count + 1).encode())
yield self.create_text_message(f"VERSION: {count}")
"""


def write_counting(folder: Path, **options: Any) -> Path:
    return write_plugin(folder, tools={"say": COUNT}, **options)


def save_version(plugin: Served, version: str) -> None:
    """Of the counting tool."""
    path = plugin.folder / TOOL
    before, _, after = path.read_text().partition(': {count}"')
    path.write_text(f'{before[: before.rindex(chr(34)) + 1]}{version}: {{count}}"{after}')


def rounds(plugin: Served, why: str) -> list[Event]:
    return [event for event in plugin.dev.events("round") if event["why"] == why]


def rerun_number(plugin: Served, number: int) -> Event:
    """Wait for a rerun; gives its event."""
    wait_until(lambda: len(rounds(plugin, "rerun")) >= number, 60)
    return rounds(plugin, "rerun")[number - 1]


def text_of(event: Event) -> str:
    return "".join(message["message"]["text"] for message in event["messages"])


def test_the_last_call_is_made_again_on_new_code(tmp_path: Path) -> None:
    body = "yield self.create_text_message(f'one {tool_parameters} {self.runtime.user_id}')"
    folder = write_plugin(
        tmp_path / "plugin", tools={"say": body}, parameters={"say": [parameter("word")]}
    )
    with served(folder) as plugin:
        plugin.command.ok("run", "say", "word=first")
        plugin.command.ok("run", "say", "word=last", "--user", "ada", "--conversation", "c")
        path = folder / TOOL
        path.write_text(path.read_text().replace("one", "two"))
        event = rerun_number(plugin, 1)
        assert text_of(event) == "two {'word': 'last'} ada"
        assert (event["generation"], event["conversation_id"], event["round"]) == (2, "c", 3)
        assert (event["why"], event["stale"], event["status"]) == ("rerun", False, "ok")


def test_a_request_is_made_again_too(tmp_path: Path) -> None:
    body = "return Response(b'one ' + r.get_data() + r.query_string)"
    with served(write_plugin(tmp_path / "plugin", endpoints={"POST /": body})) as plugin:
        assert plugin.dev.request("POST", "/?a=1", content=b"body ").text == "one body a=1"
        path = plugin.folder / "endpoints" / "endpoint0.py"
        path.write_text(path.read_text().replace("one", "two"))
        event = rerun_number(plugin, 1)
        assert (event["kind"], event["target"]) == ("endpoint", "POST /")
        assert event["messages"][0]["message"]["body"] == "two body a=1"


def test_nothing_is_made_again_before_there_was_a_call(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        for _ in range(3):
            plugin.next_change()
        assert plugin.dev.events("round") == []


def test_each_change_makes_the_call_once(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        plugin.said()
        for number, text in enumerate(["two", "six", "red"], 1):
            plugin.save(text)
            assert text_of(rerun_number(plugin, number)) == text
        plugin.said()
        assert len(rounds(plugin, "rerun")) == 3


@pytest.mark.parametrize("said_by", ["option", "configuration"])
def test_no_call_is_made_again_where_that_is_not_wanted(tmp_path: Path, said_by: str) -> None:
    folder = write_saying(tmp_path / "plugin")
    if said_by == "configuration":
        write_yaml(folder / "dify-emulator.yaml", {"rerun": "none"})
    options = ["--rerun", "none"] if said_by == "option" else []
    with served(folder, *options) as plugin:
        plugin.said()
        plugin.next_change()
        plugin.next_change()
        plugin.said()
        wait_until(lambda: len(rounds(plugin, "command")) == 2)
        assert rounds(plugin, "rerun") == []


def test_an_option_beats_the_configuration(tmp_path: Path) -> None:
    folder = write_saying(tmp_path / "plugin")
    write_yaml(folder / "dify-emulator.yaml", {"rerun": "none"})
    with served(folder, "--rerun", "last") as plugin:
        plugin.said()
        plugin.save("two")
        assert text_of(rerun_number(plugin, 1)) == "two"


def test_reruns_go_on_from_the_present_memory(tmp_path: Path) -> None:
    with served(write_counting(tmp_path / "plugin"), "--memory", "keep") as plugin:
        assert plugin.said() == "VERSION: 0"
        for number, version in enumerate(["one", "two", "six"], 1):
            save_version(plugin, version)
            assert text_of(rerun_number(plugin, number)) == f"{version}: {number}"
        assert stored(plugin.dev.state)["count"] == b"4"


def test_reruns_start_from_the_same_memory_when_it_is_rewound(tmp_path: Path) -> None:
    with served(write_counting(tmp_path / "plugin"), "--memory", "rewind") as plugin:
        plugin.command.ok("storage", "set", "count", "10")
        plugin.command.ok("storage", "set", "other", "kept")
        assert plugin.said() == "VERSION: 10"
        for number, version in enumerate(["one", "two", "six"], 1):
            save_version(plugin, version)
            assert text_of(rerun_number(plugin, number)) == f"{version}: 10"
        assert stored(plugin.dev.state) == {"count": b"11", "other": b"kept"}
        assert plugin.said() == "six: 11"  # a call of its own begins a series of its own
        save_version(plugin, "red")
        assert text_of(rerun_number(plugin, 4)) == "red: 11"
        assert [event["key"] for event in plugin.dev.events("storage")] == ["count", "other"]


def test_a_call_that_failed_is_made_again_and_so_mended(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        plugin.save("?", "def fail():\n    raise ValueError('not yet')")
        path = plugin.folder / TOOL
        path.write_text(path.read_text().replace("yield", "fail()\n        yield"))
        wait_until(lambda: plugin.call()["status"] == "error")
        path.write_text(path.read_text().replace("raise ValueError('not yet')", "pass"))
        wait_until(lambda: rounds(plugin, "rerun")[-1:] and is_ok(rounds(plugin, "rerun")[-1]))


def is_ok(event: Event) -> bool:
    return bool(event["status"] == "ok")


def test_a_call_that_the_new_code_does_not_have_is_told_and_made_when_it_is_back(
    tmp_path: Path,
) -> None:
    folder = write_saying(tmp_path / "plugin", tools={"say": "", "other": ""})
    (folder / "tools" / "other.py").write_text(saying("other"))
    with served(folder) as plugin:
        assert plugin.said() == "one"
        write_plugin(folder, tools={"other": ""})
        (folder / "tools" / "other.py").write_text(saying("other"))
        event = plugin.dev.wait_for("refused")
        assert "say" in event["error"]["message"]
        write_plugin(folder, tools={"say": "", "other": ""})
        (folder / "tools" / "other.py").write_text(saying("other"))
        plugin.save("two")
        wait_until(lambda: rounds(plugin, "rerun")[-1:], 60)
        wait_until(lambda: text_of(rounds(plugin, "rerun")[-1]) == "two")


def test_code_that_does_not_load_makes_no_call_and_going_back_none_either(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        plugin.said()
        before = (plugin.folder / TOOL).read_text()
        plugin.write(TOOL, "1 / 0\n")
        plugin.broken()
        plugin.write(TOOL, before)
        plugin.dev.wait_for("mended")
        plugin.said()
        wait_until(lambda: len(rounds(plugin, "command")) == 2)
        assert rounds(plugin, "rerun") == []


def test_a_call_that_hangs_does_not_keep_others_from_being_made(tmp_path: Path) -> None:
    body = "import time\nstorage.set('begun', b'1')\nwhile not storage.exist('go'):\n"
    body += "    time.sleep(0.005)\nyield self.create_text_message('one')"
    folder = write_saying(tmp_path / "plugin", tools={"say": "", "hangs": body})
    with served(folder) as plugin, ThreadPoolExecutor() as pool:
        hanging = pool.submit(plugin.call, "hangs")
        plugin.wait_for_key("begun")
        plugin.save("two")
        plugin.loaded(2)  # the hanging call is made again there, and hangs there too
        plugin.says("two")
        plugin.command.ok("storage", "set", "go", "1")
        assert hanging.result(60)["generation"] == 1
        assert rerun_number(plugin, 1)["target"] == "hangs"
