"""``rounds list`` and ``rounds show``, each as a process."""

import re
from pathlib import Path
from typing import Any

import pytest

from emulator.dify.calls import EndpointCall, GivenFile, ToolCall, write_call
from emulator.dify.endpoint_request import IncomingRequest
from tests.conftest import MakePlugin
from tests.support.emulator import Emulator
from tests.support.memory import Memory, memory_at
from tests.support.plugin import parameter, write_plugin

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"

KEEP = """
print("about to keep")
yield self.create_text_message("kept\\n\\x1b[31m")
yield self.create_json_message({"a": 1})
storage.exist("other")
storage.set("k", b'{"value": "%s"}' % tool_parameters["value"].encode())
raise KeyError("lost")
"""
ANSWER = "return Response(r.get_data() + storage.get('k'), 418, {'X-Name': values['name']})"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Emulator, list[dict[str, Any]]]:
    """A plugin, and the documents of the rounds that were run: a tool's, an endpoint's."""
    folder = tmp_path_factory.mktemp("ran")
    plugin = write_plugin(
        folder / "plugin",
        tools={"keep": KEEP},
        parameters={"keep": [parameter("value")]},
        endpoints={"POST /<string:name>": ANSWER},
    )
    emulator = Emulator(plugin, folder / "state")
    first = emulator("run", "keep", "value=new", "--user", "ada", "--conversation", "c-1", "--json")
    words = ("-H", "X-A: 1", "-d", "body\n", "--json")
    second = emulator.ok("request", "POST", "/ada?b=2", *words)
    return emulator, [first.json, second.json]


@pytest.fixture
def emulator(make_plugin: MakePlugin) -> Emulator:
    return make_plugin(tools={"say": "yield self.create_text_message('hi')"})


@pytest.fixture
def memory(emulator: Emulator) -> Memory:
    return memory_at(emulator.state)


def page(emulator: Emulator, number: int) -> list[str]:
    """What ``rounds show`` prints, without times."""
    shown = emulator.ok("rounds", "show", str(number))
    assert shown.err == ""
    return re.sub(r"\d+ ms", "N ms", re.sub(TIME, "TIME", shown.text)).splitlines()


def part(shown: list[str], title: str) -> list[str]:
    """The lines of one part of a page."""
    rest = shown[shown.index(title) + 1 :]
    ends = [number for number, line in enumerate(rest) if line and not line.startswith("  ")]
    return rest[: ends[0] if ends else None]


def place(plugin: Path, file: str, call: str) -> str:
    lines = (plugin / file).read_text().splitlines()
    (number,) = (i for i, line in enumerate(lines, 1) if call in line)
    return f"{file}:{number}"


class TestList:
    def test_they_are_listed_the_latest_first(self, emulator: Emulator, memory: Memory) -> None:
        assert emulator.ok("rounds", "list").out == b""
        memory.round(("get", "k"), ("set", "k", b""), ("set", "a/b", b""), ("set", "k", b"1"))
        memory.round(
            ("exist", "k"),
            ("get", "k"),
            ("get", "nobody"),
            kind="endpoint",
            target="GET /\x1b[31m",
            user_id="",
            generation=12,
        )
        failed = memory.begin(user_id="キー")
        memory.finish(failed, status="error")
        memory.begin()
        shown = emulator.ok("rounds", "list")
        assert re.sub(TIME, "TIME", shown.text).splitlines() == [
            "round  time                 status   gen  read  written  call",
            "    4  TIME  no end     1     0        0  remember by ada",
            "    3  TIME  error      1     0        0  remember by キー, 12 ms",
            "    2  TIME  ok        12     1        0  GET /\\x1b[31m, 12 ms",
            "    1  TIME  ok         1     0        2  remember by ada, 12 ms",
        ]

    def test_as_json_it_has_documents_without_messages(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        assert emulator.ok("rounds", "list", "--json").json == []
        memory.round(("get", "k"), ("set", "k", b""), ("get", "k"), conversation_id="c-1")
        memory.begin()
        unfinished, finished = emulator.ok("rounds", "list", "--json").json
        assert (unfinished["status"], unfinished["duration_ms"]) == ("crashed", None)
        assert finished.pop("keys_read") == finished.pop("keys_written") == 1
        document = emulator.ok("rounds", "show", "1", "--json").json
        assert finished == {name: document[name] for name in finished}
        left_out = {"messages", "error", "operations", "notes", "logs"}
        assert document.keys() - finished.keys() == left_out

    def test_they_are_those_of_one_plugin_and_workspace(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        memory_at(emulator.state, "trial").round()
        memory_at(emulator.state, plugin="some/other").round()
        number = memory.round()
        rows = emulator.ok("rounds", "list", "--json").json
        assert [(row["round"], row["workspace"]) for row in rows] == [(number, "default")]
        rows = emulator.ok("rounds", "list", "--json", "-w", "trial").json
        assert [(row["round"], row["workspace"]) for row in rows] == [(1, "trial")]

    def test_what_the_limit_has_dropped_is_not_listed(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        for _ in range(4):
            memory.round(("set", "k", b""))
        memory.keep_only(2)
        assert [row["round"] for row in emulator.ok("rounds", "list", "--json").json] == [4, 3]
        result = emulator("rounds", "show", "2")
        assert (result.code, result.out) == (1, b"")
        assert "Round 2 is no longer in history." in result.err


class TestShow:
    def test_as_json_it_is_what_the_round_gave(
        self, ran: tuple[Emulator, list[dict[str, Any]]]
    ) -> None:
        emulator, documents = ran
        for number, document in enumerate(documents, 1):
            assert emulator.ok("rounds", "show", str(number), "--json").json == document

    def test_a_tools_round_is_shown_with_all_that_is_known(
        self, ran: tuple[Emulator, list[dict[str, Any]]]
    ) -> None:
        emulator, _ = ran
        shown = page(emulator, 1)
        assert shown[0] == "round 1: keep by ada: error, N ms"
        assert shown[1] == "  TIME, workspace default, generation 1, conversation c-1"
        assert part(shown, "called with")[0] == "  value=new"
        messages = ["  kept", "  \\x1b[31m", "  {", '    "a": 1', "  }"]
        assert part(shown, "messages") == messages
        at = [place(emulator.plugin, "tools/keep.py", each) for each in ("exist(", "set(")]
        assert part(shown, "operations") == [
            f"  . exist other  at {at[0]}",
            f"  + k 16 B  at {at[1]}",
        ]
        assert part(shown, "memory") == ["  + k 16 B", '      + value: "new"']
        assert part(shown, "error") == ["  KeyError: 'lost'"]
        assert part(shown, "log") == ["  stdout: about to keep"]

    def test_an_endpoints_round_shows_request_and_response(
        self, ran: tuple[Emulator, list[dict[str, Any]]]
    ) -> None:
        emulator, _ = ran
        shown = page(emulator, 2)
        assert shown[0] == "round 2: POST /ada: ok, N ms"
        request = ["  POST /ada?b=2", "  Host: localhost", "  X-A: 1", "", "  body"]
        assert part(shown, "called with") == request
        response = part(shown, "response")
        assert response[0] == "  HTTP 418"
        assert "  X-Name: ada" in response
        assert response[-3:] == ["", "  body", '  {"value": "new"}']
        at = place(emulator.plugin, "endpoints/endpoint0.py", "storage.get")
        assert part(shown, "operations") == [f"  . get k 16 B  at {at}"]
        assert "memory" not in shown

    def test_blame_names_the_place_of_the_call(
        self, ran: tuple[Emulator, list[dict[str, Any]]]
    ) -> None:
        emulator, _ = ran
        (row,) = emulator.ok("storage", "blame", "k", "--json").json
        at = place(emulator.plugin, "tools/keep.py", "set(")
        writer = row["last"]
        assert (writer["place"], writer["round"], writer["user_id"]) == (at, 1, "ada")

    def test_what_it_was_called_with_is_in_the_words_of_run(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        call = ToolCall(
            "remember",
            {
                "plain": "a b",
                "lines": "a\n\x1b[31m",
                "list": [1, "x", None],
                "file": GivenFile(Path("/a/b c.png")),
                "files": [GivenFile(Path("/1")), GivenFile(Path("/2"))],
                "brace": "${:}HOME}",
            },
            "ada",
            provider="memory",
            app="app-1",
            credentials={"token": "${token}"},
        )
        memory.round(inputs={"call": write_call(call), "secrets": ["token"]})
        assert part(page(emulator, 1), "called with") == [
            "  plain=a b",
            '  lines:="a\\n\\u001b[31m"',
            '  list:=[1, "x", null]',
            "  file@/a/b c.png",
            "  files@/1",
            "  files@/2",
            "  brace=${HOME}",
            "  --provider memory",
            "  --app app-1",
            "  --credential token=${token}",
        ]

    def test_bytes_that_are_no_text_are_told_by_their_size(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        request = IncomingRequest("PUT", b"/%C3%BC", None, [], b"\xff\x00")
        call = EndpointCall(request, {"title": "Letters", "many": 3})
        number = memory.begin(kind="endpoint", target="PUT /", inputs={"call": write_call(call)})
        body = {"status": 200, "headers": {}, "body": {"base64": "AAEC"}}
        memory.finish(number, messages=[{"type": "response", "message": body, "meta": None}])
        shown = page(emulator, number)
        assert part(shown, "called with") == [
            "  --setting title=Letters",
            "  --setting many:=3",
            "  PUT /%C3%BC",
            "  Host: localhost",
            "",
            "  [2 B]",
        ]
        assert part(shown, "response") == ["  HTTP 200", "", "  [3 B]"]

    def test_what_went_wrong_and_what_was_said_is_shown(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        number = memory.begin()
        memory.make(("get", "no\nbody"), ("set", "../out", b""), round=number)
        step = {"label": "thinking", "status": "success", "data": {}}
        memory.finish(
            number,
            messages=[{"type": "log", "message": step, "meta": None}],
            error={"type": "KeyError", "message": "'x'", "traceback": "Traceback:\n  here\n"},
            notes=[{"code": "DE202", "message": "get found nothing."}],
            logs=[{"source": "stderr", "message": "told\x1b[31m"}],
        )
        shown = page(emulator, number)
        assert "messages" not in shown
        refused = part(shown, "operations")
        assert refused[0].startswith("  ! get no\\nbody: load data failed")
        assert refused[1].startswith("  ! set ../out: save data failed")
        assert part(shown, "error") == ["  KeyError: 'x'", "  Traceback:", "    here"]
        assert part(shown, "notes") == ["  DE202 get found nothing."]
        assert part(shown, "log") == ["  thinking: success", "  stderr: told\\x1b[31m"]

    def test_a_round_without_an_end_is_shown_as_far_as_it_came(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        number = memory.begin()
        memory.make(("set", "k", b"1"), round=number)
        memory.make(("set", "k", b"by somebody else"))
        shown = page(emulator, number)
        assert shown[0] == "round 1: remember by ada: crashed, no end"
        assert part(shown, "memory") == ["  + k 1 B", "      + 1"]

    def test_a_round_of_another_workspace_is_shown(self, emulator: Emulator) -> None:
        number = memory_at(emulator.state, "trial").round()
        assert page(emulator, number)[1] == "  TIME, workspace trial, generation 1"

    @pytest.mark.parametrize("words", [["1"], ["1", "--json"]])
    def test_a_round_of_another_plugin_is_not(self, emulator: Emulator, words: list[str]) -> None:
        memory_at(emulator.state, plugin="some/other").round()
        result = emulator("rounds", "show", *words)
        assert (result.code, result.out) == (1, b"")
        assert result.err == "Error: Round 1 was one of some/other, not of tests/plugin.\n"

    @pytest.mark.parametrize(("number", "code"), [("7", 1), ("9" * 30, 1), ("0", 2), ("x", 2)])
    def test_a_round_that_never_was_is_an_error(
        self, emulator: Emulator, number: str, code: int
    ) -> None:
        result = emulator("rounds", "show", number)
        assert (result.code, result.out) == (code, b"")
        assert number in result.err
