"""``storage history``, ``blame``, ``diff``, ``rewind`` and ``undo``, each as a process."""

import re
import subprocess
from datetime import datetime

import pytest

from emulator.dify.filling import seed
from tests.conftest import MakePlugin
from tests.support.emulator import Emulator
from tests.support.memory import Memory, memory_at

TOOLS = {"say": "yield self.create_text_message('hi')"}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
ODD = "k\n\x1b[31m/キー🜚"
SHOWN = "k\\n\\x1b[31m/キー🜚"


@pytest.fixture
def emulator(make_plugin: MakePlugin) -> Emulator:
    return make_plugin(tools=TOOLS)


@pytest.fixture
def memory(emulator: Emulator) -> Memory:
    return memory_at(emulator.state)


def lines(emulator: Emulator, *words: str) -> list[str]:
    """What a command prints, without times."""
    shown = emulator.ok("storage", *words)
    assert shown.err == ""
    return re.sub(TIME, "TIME", shown.text).splitlines()


class TestHistory:
    def test_it_shows_every_version_of_a_key_and_who_made_it(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        place = "store.py:31 < tools/remember.py:14"
        memory.round(("set", "k", b"x" * 2048), conversation_id="c-1", generation=3, place=place)
        memory.round(("delete", "k"), kind="endpoint", target="DELETE /k", user_id="")
        memory.make(("set", "k", b"1"), ("set", "other", b""))
        emulator.ok("storage", "rewind", "1")
        by_ada = f"remember by ada, conversation c-1, generation 3, at {place}"
        assert lines(emulator, "history", "k") == [
            "   2.0 KiB  TIME          -  rewind",
            "       1 B  TIME          -  set",
            "   deleted  TIME    round 2  DELETE /k, generation 1",
            f"   2.0 KiB  TIME    round 1  {by_ada}",
        ]

    def test_without_a_key_it_shows_all_with_their_names(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        assert lines(emulator, "history") == []
        memory.make(("set", ODD, b"1"))
        memory.round(("set", "b", b"22"), ("set", "k" * 250, b""))
        assert lines(emulator, "history") == [
            f"       0 B  TIME    round 1  {'k' * 250}  remember by ada, generation 1",
            "       2 B  TIME    round 1  b  remember by ada, generation 1",
            f"       1 B  TIME          -  {SHOWN}  set",
        ]

    def test_as_json_it_has_all_that_is_known(self, emulator: Emulator, memory: Memory) -> None:
        assert emulator.ok("storage", "history", "--json").json == []
        memory.make(("set", ODD, b"1"))
        memory.round(("set", "b", b"22"), conversation_id="c-1", generation=3, place="x.py:7")
        memory.round(("delete", "b"), kind="endpoint", target="GET /", user_id="")
        deleted, wrote, made = emulator.ok("storage", "history", "--json").json
        times = [datetime.fromisoformat(row.pop("at")) for row in (made, wrote, deleted)]
        assert times == sorted(times)
        assert made == {
            "key": ODD,
            "operation": "set",
            "round": None,
            "size": 1,
            "kind": None,
            "target": None,
            "user_id": None,
            "conversation_id": None,
            "generation": None,
            "place": None,
        }
        assert wrote == {
            "key": "b",
            "operation": "set",
            "round": 1,
            "size": 2,
            "kind": "tool",
            "target": "remember",
            "user_id": "ada",
            "conversation_id": "c-1",
            "generation": 3,
            "place": "x.py:7",
        }
        told = (deleted["operation"], deleted["size"], deleted["kind"], deleted["round"])
        assert told == ("delete", None, "endpoint", 2)
        assert len(emulator.ok("storage", "history", "b", "--json").json) == 2

    def test_a_key_means_what_dify_makes_of_it(self, emulator: Emulator, memory: Memory) -> None:
        memory.make(("set", "a/b", b""))
        assert lines(emulator, "history", "./a//x/../b") == lines(emulator, "history", "a/b") != []

    @pytest.mark.parametrize("words", [["nobody"], ["f"], ["nobody", "--json"]])
    def test_a_key_without_one_is_an_error(
        self, emulator: Emulator, memory: Memory, words: list[str]
    ) -> None:
        memory.make(("set", "f/x", b""))
        result = emulator("storage", "history", *words)
        assert (result.code, result.out) == (1, b"")
        assert f"no history of {words[0]!r} in the workspace 'default'" in result.err

    @pytest.mark.parametrize("words", [["history"], ["history", "--json"], ["diff", "start"]])
    def test_a_reader_may_have_enough_of_it(
        self, emulator: Emulator, memory: Memory, words: list[str]
    ) -> None:
        seed(memory.storage, {f"{n:04}": b"1" for n in range(5000)}, "seed", replace=False)
        process = subprocess.Popen(
            emulator.command("storage", *words),
            env=emulator.environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) in (0, 1)


class TestBlame:
    def test_it_names_the_last_writer_and_the_first(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        memory.round(("set", "k", b"1"), place="store.py:31 < tools/remember.py:14")
        memory.round(("set", "k", b"2"), user_id="bob", generation=2, place="tools/change.py:9")
        memory.make(("set", ODD, b""))
        emulator.ok("storage", "rewind", "1")
        emulator.ok("storage", "undo")
        assert lines(emulator, "blame") == [
            "k",
            "  last   TIME    round 2  remember by bob, generation 2, at tools/change.py:9",
            "  first  TIME    round 1  remember by ada, generation 1,"
            " at store.py:31 < tools/remember.py:14",
            SHOWN,
            "  last   TIME          -  set",
            "  first  TIME          -  set",
        ]

    def test_as_json_it_has_both_as_history_has_them(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        memory.round(("set", "k", b"1"), place="tools/remember.py:14")
        memory.round(("set", "k", b"2"), conversation_id="c-1", place="tools/change.py:9")
        (row,) = emulator.ok("storage", "blame", "k", "--json").json
        second, first = emulator.ok("storage", "history", "k", "--json").json
        for each in (second, first):
            del each["key"], each["size"]
        assert row == {"key": "k", "last": second, "first": first}

    def test_a_key_or_a_prefix_chooses(self, emulator: Emulator, memory: Memory) -> None:
        memory.make(*(("set", key, b"") for key in ("a/x", "a/y", "ab", "b")))
        assert lines(emulator, "blame", "a//x")[::3] == ["a/x"]
        assert lines(emulator, "blame", "--prefix", "a/")[::3] == ["a/x", "a/y"]
        assert lines(emulator, "blame", "--prefix", "c") == []
        assert emulator.ok("storage", "blame", "--prefix", "c", "--json").json == []
        assert emulator("storage", "blame", "b", "--prefix", "a").code == 2

    @pytest.mark.parametrize("key", ["nobody", "a", "gone"])
    def test_a_key_that_is_not_there_is_an_error(
        self, emulator: Emulator, memory: Memory, key: str
    ) -> None:
        memory.make(("set", "a/x", b""), ("set", "gone", b""), ("delete", "gone"))
        for words in ([key], [key, "--json"]):
            result = emulator("storage", "blame", *words)
            assert (result.code, result.out) == (1, b"")
            assert f"no value under {key!r}" in result.err

    def test_it_says_where_the_limit_has_dropped_a_writer(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        memory.round(("set", "stays", b""))
        memory.round(("set", "k", b"1"))
        emulator.ok("snapshot", "save", "kept")
        for value in (b"2", b"3", b"4"):
            memory.round(("set", "k", value))
        memory.keep_only(1)
        dropped = "dropped from history, whose limit is `history` in dify-emulator.yaml"
        assert lines(emulator, "blame", "k") == [
            "k",
            "  last   TIME    round 5  remember by ada, generation 1",
            f"  first  {dropped}",
        ]
        emulator.ok("snapshot", "restore", "kept")
        assert lines(emulator, "blame", "k")[1:] == [f"  last   {dropped}", f"  first  {dropped}"]
        (row,) = emulator.ok("storage", "blame", "k", "--json").json
        assert row == {"key": "k", "last": None, "first": None}


class TestDiff:
    def test_it_shows_json_by_path_text_by_line_and_bytes_by_hash(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        memory.round(
            ("set", "json", b'{"a": [1, 2], "b": "x"}'),
            ("set", "text", b"one\ntwo\n"),
            ("set", "bytes", b"\x00"),
            ("set", "gone", b"it"),
            ("set", "same", b"same"),
        )
        memory.round(
            ("set", "json", b'{"a": [1, 3], "b": "x", "c": null}'),
            ("set", "text", b"one\n2\n"),
            ("set", "bytes", b"\x00\x01"),
            ("delete", "gone"),
            ("set", "same", b"same"),
            ("set", ODD, b"\x1b"),
        )
        shown = lines(emulator, "diff", "1", "2")
        assert [re.sub(r"[0-9a-f]{12}$", "HASH", line) for line in shown] == [
            "~ bytes 1 B -> 2 B",
            "    - 1 bytes, sha256 HASH",
            "    + 2 bytes, sha256 HASH",
            "- gone 2 B",
            "    - it",
            "~ json 23 B -> 34 B",
            "    ~ a[1]: 2 -> 3",
            "    + c: null",
            f"+ {SHOWN} 1 B",
            "    + 1 bytes, sha256 HASH",
            "~ text 8 B -> 6 B",
            "    - two",
            "    + 2",
        ]

    def test_as_json_it_has_sizes_and_differences(self, emulator: Emulator, memory: Memory) -> None:
        memory.round(("set", "a", b'{"x": 1}'), ("set", "b", b"1"))
        memory.round(("set", "a", b'{"x": 2}'), ("delete", "b"), ("set", ODD, b"new"))
        assert emulator.ok("storage", "diff", "2^", "--json").json == [
            {
                "key": "a",
                "change": "changed",
                "size_before": 8,
                "size_after": 8,
                "differences": [{"sign": "~", "text": "x: 1 -> 2"}],
            },
            {
                "key": "b",
                "change": "removed",
                "size_before": 1,
                "size_after": None,
                "differences": [{"sign": "-", "text": "1"}],
            },
            {
                "key": ODD,
                "change": "added",
                "size_before": None,
                "size_after": 3,
                "differences": [{"sign": "+", "text": "new"}],
            },
        ]

    def test_long_differences_are_shown_whole(self, emulator: Emulator, memory: Memory) -> None:
        memory.make(("set", "k", "\n".join(["x" * 500] * 50).encode()))
        assert lines(emulator, "diff", "start")[1:] == [f"    + {'x' * 500}"] * 50

    def test_nothing_different_is_said(self, emulator: Emulator, memory: Memory) -> None:
        memory.round(("set", "k", b"1"))
        result = emulator.ok("storage", "diff", "1")
        assert (result.out, result.err) == (
            b"",
            "Nothing is different between round 1 and now.\n",
        )
        assert emulator.ok("storage", "diff", "1", "now", "--json").json == []

    @pytest.mark.parametrize("words", [["7"], ["start", "7^"], ["mine", "--json"]])
    def test_a_point_that_is_not_there_is_an_error(
        self, emulator: Emulator, words: list[str]
    ) -> None:
        result = emulator("storage", "diff", *words)
        assert (result.code, result.out) == (1, b"")
        assert re.search("There is no (round 7|snapshot 'mine')", result.err)


class TestRewind:
    @pytest.mark.parametrize(
        ("point", "said", "values"),
        [
            ("1", "Rewound to round 1: 2 keys changed.\n", {"k": b"1"}),
            ("2^", "Rewound to before round 2: 1 key changed.\n", {"k": b"1", "m": b"0"}),
            ("start", "Rewound to the start: 2 keys changed.\n", {}),
            ("2", "Rewound to round 2: nothing was different.\n", {"k": b"2", "m": b"0"}),
        ],
    )
    def test_it_brings_back_a_state_and_says_what_that_changed(
        self, emulator: Emulator, memory: Memory, point: str, said: str, values: dict[str, bytes]
    ) -> None:
        memory.round(("set", "k", b"1"))
        memory.make(("set", "m", b"0"))
        memory.round(("set", "k", b"2"))
        result = emulator.ok("storage", "rewind", point)
        assert (result.out, result.err) == (b"", said)
        assert memory.values() == values

    def test_of_another_workspace_it_touches_nothing(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        memory.round(("set", "k", b"1"))
        result = emulator("storage", "rewind", "1^", "-w", "trial")
        assert result.code == 1
        assert "ran in the workspace 'default'" in result.err
        assert memory.values() == {"k": b"1"}

    def test_where_to_has_to_be_said(self, emulator: Emulator) -> None:
        assert emulator("storage", "rewind").code == 2


class TestUndo:
    def test_it_takes_back_one_step_after_the_other(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        memory.round(("set", "k", b"1"), ("set", "m", b"1"))
        memory.round(("get", "k"), kind="endpoint", target="GET /k", user_id="")
        memory.round(("set", "k", b"2"), kind="endpoint", target="PUT /k", user_id="")
        emulator.ok("storage", "reset", "--yes")
        said = []
        for _ in range(3):
            result = emulator.ok("storage", "undo")
            said.append(result.err)
            assert result.out == b""
        assert said == [
            "Took back reset: 2 keys changed.\n",
            "Took back round 3, PUT /k: 1 key changed.\n",
            "Took back round 1, remember: 2 keys changed.\n",
        ]
        assert memory.values() == {}

    def test_a_rewind_can_be_taken_back(self, emulator: Emulator, memory: Memory) -> None:
        memory.round(("set", "k", b"1"))
        emulator.ok("storage", "rewind", "start")
        assert emulator.ok("storage", "undo").err == "Took back rewind: 1 key changed.\n"
        assert memory.values() == {"k": b"1"}

    def test_what_overlapped_with_the_round_goes_with_it_and_is_named(
        self, emulator: Emulator, memory: Memory
    ) -> None:
        first, second = memory.begin(), memory.begin(target="other")
        memory.make(("set", "k", b"1"), round=first)
        memory.make(("set", "m", b"1"), round=second)
        memory.make(("set", "k", b"2"), round=first)
        memory.finish(second)
        memory.finish(first)
        assert emulator.ok("storage", "undo").err == (
            f"Took back round {first}, remember: 2 keys changed.\n"
            f"What these rounds had changed since it began went with it: {second}.\n"
        )

    def test_nothing_to_take_back_is_an_error(self, emulator: Emulator, memory: Memory) -> None:
        memory.round(("get", "k"))
        result = emulator("storage", "undo")
        assert (result.code, result.out) == (1, b"")
        assert result.err == "Error: There is nothing to take back in 'default'.\n"
