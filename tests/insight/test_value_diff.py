"""What is told of the difference between two values of a key."""

import json
import time
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.insight.value_diff import diff


def shown(before: Any, after: Any) -> list[str]:
    """The differences as lines; what is no bytes is stored as JSON."""
    old, new = (
        value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
        for value in (before, after)
    )
    return [f"{line.sign} {line.text}" for line in diff(old, new)]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({"a": 1}, {"a": 2}, ["~ a: 1 -> 2"]),
        ({"a": 1}, {"a": 1, "b": None}, ["+ b: null"]),
        ({"a": 1, "b": 2}, {"b": 2}, ["- a: 1"]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3, 4]}}, ["~ a.b[1]: 2 -> 3", "+ a.b[2]: 4"]),
        ([{"n": "x"}, 5], [{"n": "y"}], ['~ [0].n: "x" -> "y"', "- [1]: 5"]),
        ({"a": 1}, {"a": "1"}, ['~ a: 1 -> "1"']),
        ({"a": 1}, {"a": True}, ["~ a: 1 -> true"]),
        ({"a": 1}, {"a": 1.0}, ["~ a: 1 -> 1.0"]),
        ({"a": []}, {"a": {}}, ["~ a: [] -> {}"]),
        ({"a": "ü"}, {"a": "中"}, ['~ a: "ü" -> "中"']),
        ({"a": {"b": 1}}, {}, ['- a: {"b": 1}']),
        ({}, {"a": {"b": 1, "c": {"d": 2}}}, ["+ a.b: 1", "+ a.c.d: 2"]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ([], {}, ["~ [] -> {}"]),
    ],
)
def test_json_is_told_by_path(before: Any, after: Any, lines: list[str]) -> None:
    assert shown(before, after) == lines


def test_json_that_was_text_before_is_told_as_one_change() -> None:
    assert shown(b"plain", {"a": 1}) == ['~ plain -> {"a": 1}']
    assert shown({"a": 1}, b"plain") == ['~ {"a": 1} -> plain']


def test_text_is_told_by_line() -> None:
    before, after = b"one\ntwo\nthree\n", b"one\n2\nthree\nfour\n"
    assert shown(before, after) == ["- two", "+ 2", "+ four"]


def test_numbers_and_strings_alone_are_text() -> None:
    assert shown(b"41", b"42") == ["- 41", "+ 42"]
    assert shown(b'"a"', b'"b"') == ['- "a"', '+ "b"']


def test_other_bytes_are_told_by_size_and_hash() -> None:
    before, after = b"\x00\x01\xff", b"\x80" * 10
    assert shown(before, after) == [
        f"- 3 bytes, sha256 {sha256(before).hexdigest()[:12]}",
        f"+ 10 bytes, sha256 {sha256(after).hexdigest()[:12]}",
    ]
    assert shown(b"text", b"\xff")[0].startswith("- 4 bytes, sha256 ")


def test_text_that_a_terminal_would_obey_is_told_as_bytes() -> None:
    assert shown(b"safe", b"\x1b[2J")[1].startswith("+ 4 bytes, sha256 ")


def test_a_value_that_came_or_went() -> None:
    assert shown(None, {"a": 1, "b": [2]}) == ["+ a: 1", "+ b: [2]"]
    assert shown({"a": 1}, None) == ['- {"a": 1}']
    assert shown(None, b"one\ntwo") == ["+ one", "+ two"]
    assert shown(b"one", None) == ["- one"]
    assert shown(None, b"\xff")[0].startswith("+ 1 bytes")
    assert shown(b"\xff", None)[0].startswith("- 1 bytes")
    assert shown(None, None) == []
    assert shown(None, b"")[0].startswith("+ 0 bytes")


def test_what_is_the_same_has_no_differences() -> None:
    for value in (b"", b"text", b"\xff", b'{"a": NaN}'):
        assert shown(value, value) == []


def test_not_a_number_is_the_same_as_itself() -> None:
    assert shown(b'{"a": NaN}', b'{"a": NaN, "b": 1}') == ["+ b: 1"]


def test_a_change_of_nothing_but_line_ends_is_told() -> None:
    assert shown(b"one\r\ntwo\r\n", b"one\ntwo\n") != []
    assert shown(b"one", b"one\n") != []


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(documents, documents)
def test_documents_differ_where_the_diff_says_so(before: Any, after: Any) -> None:
    lines = shown(before, after)
    same = json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert (lines == []) == same
    assert len(shown(after, before)) > 0 or same


@given(st.none() | st.binary(max_size=30), st.none() | st.binary(max_size=30))
def test_no_two_values_are_too_odd(before: bytes | None, after: bytes | None) -> None:
    if before == after:
        assert diff(before, after) == []
    for line in diff(before, after):
        assert line.sign in "+-~"


@pytest.mark.parametrize("depth", [10, 100, 450, 900, 980, 1500, 5_000, 9_000, 100_000])
@pytest.mark.parametrize(("begin", "end"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_no_nesting_is_too_deep(depth: int, begin: bytes, end: bytes) -> None:
    one, two = (begin * depth + number + end * depth for number in (b"1", b"2"))
    for before, after in ((one, two), (None, one), (one, None), (b"text", one)):
        assert diff(before, after)


LINES = 20_000
NUMBERED = [f"line {number} of a text that is rather long" for number in range(LINES)]
HUGE = {
    "every line changed": (NUMBERED, [line.replace("long", "longer") for line in NUMBERED]),
    "every second line changed": (
        NUMBERED,
        [line + "!" * (number % 2) for number, line in enumerate(NUMBERED)],
    ),
    "one line changed": (NUMBERED, [*NUMBERED[:500], "another", *NUMBERED[501:]]),
    "lines the other way round": (NUMBERED, NUMBERED[::-1]),
    "few different lines": (["a", "b"] * LINES, ["b", "a", "c"] * LINES),
    "one line without an end": (["x" * 1_000_000], ["y" * 1_000_000]),
    "all at the edge": (NUMBERED[:2000], [line + "!" for line in NUMBERED[:2000]]),
    "every second at the edge": (
        NUMBERED[:2000],
        [line + "!" * (number % 2) for number, line in enumerate(NUMBERED[:2000])],
    ),
}


@pytest.mark.parametrize("case", HUGE)
def test_a_huge_text_takes_no_time(case: str) -> None:
    before, after = ("\n".join(lines).encode() for lines in HUGE[case])
    assert seconds(before, after) < 3


def test_a_huge_document_takes_no_time() -> None:
    items = [{"id": number, "name": f"name {number}", "tags": [1, 2, 3]} for number in range(LINES)]
    before = json.dumps(items).encode()
    assert seconds(before, json.dumps(items[1:]).encode()) < 5
    assert seconds(None, before) < 5
    assert seconds(before, b"\xff" * 1_000_000) < 5
    assert seconds(b"\x00" * 10_000_000, b"\xff" * 10_000_000) < 5


def seconds(before: bytes | None, after: bytes) -> float:
    started = time.process_time()
    assert diff(before, after)
    return time.process_time() - started
