"""``storage``: each command that looks at a workspace's memory or changes it, as a process."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import MakePlugin
from tests.support.emulator import Emulator

TOOLS = {"say": "yield self.create_text_message('hi')"}
ODD_KEYS = ["ü/ß 1", "a b", "-", "null", "🜚", "new\nline", "tab\t'\"", "#x: y", "\u2028"]


@pytest.fixture
def emulator(make_plugin: MakePlugin) -> Emulator:
    return make_plugin(tools=TOOLS)


def keys(emulator: Emulator, *words: str) -> list[str]:
    return [row["key"] for row in emulator.ok("storage", "list", "--json", *words).json]


def fill(emulator: Emulator, *names: str) -> None:
    for name in names:
        emulator.ok("storage", "set", name, f"value of {name}")


class TestList:
    def test_nothing_is_an_empty_list(self, emulator: Emulator) -> None:
        assert emulator.ok("storage", "list", "--json").json == []
        assert emulator.ok("storage", "list").out == b""

    def test_as_json_it_has_key_size_time_and_round(self, make_plugin: MakePlugin) -> None:
        write = "storage.set('b/by tool', b'123')\nyield self.create_text_message('')"
        emulator = make_plugin(tools={"write": write})
        before = datetime.now(UTC)
        emulator.ok("storage", "set", "a", "ü")
        number = emulator.ok("run", "write", "--json").json["round"]
        rows = emulator.ok("storage", "list", "--json").json
        times = [row.pop("updated_at") for row in rows]
        assert rows == [
            {"key": "a", "size": 2, "round": None},
            {"key": "b/by tool", "size": 3, "round": number},
        ]
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", time) for time in times)
        first, second = map(datetime.fromisoformat, times)
        assert before <= first <= second <= datetime.now(UTC)

    def test_for_people_it_has_a_line_each(self, emulator: Emulator) -> None:
        emulator.ok("storage", "set", "big", "x" * 2048)
        fill(emulator, "small")
        big, small = emulator.ok("storage", "list").text.splitlines()
        assert re.search(r"2\.0 KiB .*\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d .* big$", big)
        assert small.endswith("small")

    def test_a_prefix_chooses_keys_that_begin_so(self, emulator: Emulator) -> None:
        fill(emulator, "a/x", "a/y", "ab", "b/a")
        assert keys(emulator, "--prefix", "a/") == ["a/x", "a/y"]
        assert keys(emulator, "--prefix", "a") == ["a/x", "a/y", "ab"]
        assert keys(emulator, "--prefix", "c") == []
        shown = emulator.ok("storage", "list", "--prefix", "b").text.splitlines()
        assert [line.split()[-1] for line in shown] == ["b/a"]

    def test_odd_keys_come_as_they_are(self, emulator: Emulator) -> None:
        for key in ODD_KEYS:
            emulator.ok("storage", "set", "--", key, "x")
        assert sorted(keys(emulator)) == sorted(ODD_KEYS)
        assert len(emulator.ok("storage", "list").text.splitlines()) == len(ODD_KEYS)


class TestGet:
    def test_the_bytes_are_exact(self, emulator: Emulator) -> None:
        value = bytes(range(256)) + b"\r\n\n"
        emulator.ok("storage", "set", "k", "-", stdin=value)
        result = emulator.ok("storage", "get", "k")
        assert (result.out, result.err) == (value, "")

    def test_the_bytes_can_go_to_a_file(self, emulator: Emulator, tmp_path: Path) -> None:
        emulator.ok("storage", "set", "k", "-", stdin=b"a\x00\xff")
        result = emulator.ok("storage", "get", "k", "-o", str(tmp_path / "out"))
        assert result.out == b""
        assert (tmp_path / "out").read_bytes() == b"a\x00\xff"

    def test_an_empty_value_is_a_value(self, emulator: Emulator) -> None:
        emulator.ok("storage", "set", "k", "")
        assert emulator.ok("storage", "get", "k").out == b""
        assert emulator.ok("storage", "list", "--json").json[0]["size"] == 0

    @pytest.mark.parametrize("key", ["none", "a", "a/x/y"], ids=["missing", "folder", "below"])
    def test_what_is_not_there_leaves_stdout_empty(
        self, emulator: Emulator, tmp_path: Path, key: str
    ) -> None:
        fill(emulator, "a/x")
        result = emulator("storage", "get", key, "-w", "default", "-o", str(tmp_path / "out"))
        assert (result.code, result.out) == (1, b"")
        assert f"There is no value under {key!r} in the workspace 'default'." in result.err
        assert "DE202" not in result.err
        assert not (tmp_path / "out").exists()

    def test_another_spelling_finds_the_same_and_is_told(self, emulator: Emulator) -> None:
        fill(emulator, "a/b")
        result = emulator.ok("storage", "get", "/a//b")
        assert result.text == "value of a/b"
        assert "DE201" in result.err


class TestSet:
    @pytest.mark.parametrize(
        ("word", "stored"),
        [
            pytest.param("plain", b"plain", id="text"),
            pytest.param("ü 🜚\n", "ü 🜚\n".encode(), id="text with more letters"),
            pytest.param("", b"", id="nothing"),
            pytest.param("--yes", b"--yes", id="an option's name"),
            pytest.param("caf\udce9 \udcff", b"caf\xe9 \xff", id="bytes that are not UTF-8"),
            pytest.param("-", b"\x00 from stdin \xff", id="stdin"),
            pytest.param("@", b"", id="an empty file"),
            pytest.param("@data", b"\x00 from the file \xff", id="a file"),
        ],
    )
    def test_a_value_is_stored_as_bytes(
        self, emulator: Emulator, tmp_path: Path, word: str, stored: bytes
    ) -> None:
        (tmp_path / "data").write_bytes(b"\x00 from the file \xff")
        (tmp_path / "empty").write_bytes(b"")
        given = {"@data": f"@{tmp_path / 'data'}", "@": f"@{tmp_path / 'empty'}"}.get(word, word)
        stdin = b"\x00 from stdin \xff"
        assert emulator.ok("storage", "set", "--", "k", given, stdin=stdin).out == b""
        assert emulator.ok("storage", "get", "k").out == stored

    def test_the_last_value_counts(self, emulator: Emulator) -> None:
        for value in ("first, and longer", "second"):
            emulator.ok("storage", "set", "k", value)
        assert emulator.ok("storage", "get", "k").out == b"second"

    def test_a_tool_finds_it(self, make_plugin: MakePlugin) -> None:
        recall = "yield self.create_text_message(storage.get('k').decode())"
        emulator = make_plugin(tools={"recall": recall})
        emulator.ok("storage", "set", "k", "from the line")
        assert emulator.ok("run", "recall").text == "from the line\n"

    @pytest.mark.parametrize(
        ("key", "note", "says"),
        [
            ("../x", "DE205", "path traversal attempt detected"),
            ("a..b", "DE205", "path traversal attempt detected"),
            ("a\\b", "DE205", "path traversal attempt detected"),
            ("x" * 257, "", "key length must be less than 256 characters"),
            ("x" * 256, "DE206", "file name too long"),
            ("folder", "DE207", "is a directory"),
            ("folder/file/below", "DE207", "not a directory"),
        ],
    )
    def test_a_key_that_dify_refuses_is_refused_in_its_words(
        self, emulator: Emulator, key: str, note: str, says: str
    ) -> None:
        fill(emulator, "folder/file")
        result = emulator("storage", "set", key, "value")
        assert (result.code, result.out) == (1, b"")
        assert f"save data failed: {says}" in result.err or result.err.endswith(f"{says}\n")
        assert note in result.err
        assert keys(emulator) == ["folder/file"]

    def test_over_the_quota_it_is_refused_and_stored_as_on_dify(
        self, make_plugin: MakePlugin
    ) -> None:
        emulator = make_plugin(tools=TOOLS, storage=1024)
        emulator.ok("storage", "set", "k", "x" * 1024)
        result = emulator("storage", "set", "k", "y" * 1025)
        assert result.code == 1
        assert "allocated size is greater than max storage size" in result.err
        assert "DE203" in result.err
        assert emulator.ok("storage", "get", "k").out == b"y" * 1025


class TestDelete:
    def test_several_keys_go_at_once(self, emulator: Emulator) -> None:
        fill(emulator, "a", "b", "c", "d")
        assert emulator.ok("storage", "delete", "a", "c", "d").out == b""
        assert keys(emulator) == ["b"]

    def test_a_folder_goes_with_all_below_it(self, emulator: Emulator) -> None:
        fill(emulator, "a/x", "a/y/z", "ab")
        result = emulator.ok("storage", "delete", "a")
        assert "DE204" in result.err
        assert "2 values" in result.err
        assert keys(emulator) == ["ab"]

    @pytest.mark.parametrize(
        "order", [["none", "a", "nor this"], ["a", "none", "nor this"], ["none", "nor this", "a"]]
    )
    def test_it_goes_on_after_a_missing_key_and_tells_each(
        self, emulator: Emulator, order: list[str]
    ) -> None:
        fill(emulator, "a", "b")
        result = emulator("storage", "delete", *order)
        assert (result.code, result.out) == (1, b"")
        for key in ("none", "nor this"):
            assert f"{key!r}: delete data failed: stat " in result.err
        assert "'a': " not in result.err
        assert "no such file or directory" in result.err
        assert keys(emulator) == ["b"]

    def test_the_same_key_twice_is_missing_the_second_time(self, emulator: Emulator) -> None:
        fill(emulator, "a")
        assert emulator("storage", "delete", "a", "a").code == 1
        assert keys(emulator) == []

    def test_the_key_of_a_point_means_the_whole_storage(self, emulator: Emulator) -> None:
        fill(emulator, "a", "b/c")
        assert "DE204" in emulator.ok("storage", "delete", ".").err
        assert keys(emulator) == []


class TestReset:
    def test_it_asks_and_a_yes_removes_all(self, emulator: Emulator) -> None:
        fill(emulator, "a", "b/c")
        result = emulator.ok("storage", "reset", stdin=b"y\n")
        assert result.out == b""
        assert "Remove all keys of tests/plugin in 'default'?" in result.err
        assert "Removed 2 keys." in result.err
        assert keys(emulator) == []

    def test_a_no_removes_nothing(self, emulator: Emulator) -> None:
        fill(emulator, "a")
        for answer in (b"n\n", b"\n", b"perhaps\nno\n"):
            result = emulator("storage", "reset", stdin=answer)
            assert (result.code, result.out) == (1, b"")
            assert result.err.endswith("Nothing was removed.\n")
        assert keys(emulator) == ["a"]

    def test_the_end_of_input_removes_nothing_and_advises_yes(self, emulator: Emulator) -> None:
        fill(emulator, "a")
        result = emulator("storage", "reset", stdin=b"")
        assert (result.code, result.out) == (1, b"")
        assert "Nothing was removed" in result.err
        assert "--yes" in result.err
        assert keys(emulator) == ["a"]

    def test_with_yes_it_does_not_ask(self, emulator: Emulator) -> None:
        fill(emulator, "a")
        assert emulator.ok("storage", "reset", "--yes").err == "Removed 1 key.\n"
        assert emulator.ok("storage", "reset", "--yes").err == "Removed 0 keys.\n"

    def test_a_prefix_chooses(self, emulator: Emulator) -> None:
        fill(emulator, "a/x", "ab", "b")
        result = emulator.ok("storage", "reset", "--prefix", "a", stdin=b"y\n")
        assert "all keys that begin with 'a'" in result.err
        assert keys(emulator) == ["b"]

    def test_what_was_used_is_free_again(self, make_plugin: MakePlugin) -> None:
        emulator = make_plugin(tools=TOOLS, storage=1024)
        emulator.ok("storage", "set", "a/x", "x" * 1000)
        assert emulator("storage", "set", "b", "y" * 1000).code == 1
        emulator.ok("storage", "reset", "--prefix", "a", "--yes")
        emulator.ok("storage", "reset", "--yes")
        emulator.ok("storage", "set", "b", "y" * 1024)


class TestUsage:
    def test_as_json_it_has_bytes_quota_and_the_largest(self, make_plugin: MakePlugin) -> None:
        emulator = make_plugin(tools=TOOLS, storage=4096)
        for number in range(12):
            emulator.ok("storage", "set", f"k/{number:02}", "x" * number)
        emulator.ok("storage", "set", "big", "x" * 2048)
        told = emulator.ok("storage", "usage", "--json").json
        largest = told.pop("largest")
        assert told == {"used": 2114, "counted": 2114, "quota": 4096, "keys": 13}
        assert largest[:2] == [{"key": "big", "size": 2048}, {"key": "k/11", "size": 11}]
        assert [row["size"] for row in largest] == [2048, 11, 10, 9, 8, 7, 6, 5, 4, 3]

    def test_for_people_it_shows_the_share(self, make_plugin: MakePlugin) -> None:
        emulator = make_plugin(tools=TOOLS, storage=4096)
        emulator.ok("storage", "set", "big", "x" * 2048)
        told = emulator.ok("storage", "usage").text
        assert "2.0 KiB" in told
        assert "4.0 KiB (50.0 %)" in told
        assert told.splitlines()[-1].endswith("big")

    def test_difys_count_can_differ_from_what_is_there(self, emulator: Emulator) -> None:
        emulator.ok("storage", "set", "a/x", "x" * 10_000)
        emulator.ok("storage", "delete", "a")
        told = emulator.ok("storage", "usage", "--json").json
        assert (told["used"], told["counted"], told["keys"]) == (0, 10_000 - 4096, 0)

    @pytest.mark.parametrize(("size", "quota"), [(2**30, 104_857_600), (None, 104_857_600)])
    def test_the_quota_is_at_most_difys_own(
        self, make_plugin: MakePlugin, size: int | None, quota: int
    ) -> None:
        told = make_plugin(tools=TOOLS, storage=size).ok("storage", "usage", "--json").json
        assert (told["quota"], told["used"], told["counted"]) == (quota, 0, 0)
