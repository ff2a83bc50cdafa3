"""Bytes in, messages out: however the bytes are cut, and in linear time."""

import itertools
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.wire.limits import NEAR_LIMIT, SCANNER_BUFFER, STORABLE_BYTES
from emulator.wire.messages import (
    Glued,
    Heartbeat,
    Invoke,
    Large,
    LogLine,
    Message,
    Overlong,
    Printed,
    SessionEnd,
    SessionError,
    StreamChunk,
)
from emulator.wire.reader import MessageReader


def read(*pieces: bytes) -> list[Message]:
    reader = MessageReader()
    messages = [message for piece in pieces for message in reader.feed(piece)]
    return [*messages, *reader.end()]


def session(kind: str, data: object) -> bytes:
    inner = {"type": kind, "data": data}
    return json.dumps({"event": "session", "session_id": "s", "data": inner}).encode()


CONVERSATION = b"\n\n".join(
    [
        b'{"event": "heartbeat", "session_id": null, "data": {}}',
        b'{"event": "log", "data": {"level": "WARNING", "message": "careful", "timestamp": 1.5}}',
        b"something printed",
        session("invoke", {"type": "storage"}),
        session("stream", {"n": 1}),
        session("error", {"error_type": "E", "message": "m", "args": {}}),
        session("end", {}),
        b"",
    ]
)
HEARD: list[Message] = [
    Heartbeat(),
    LogLine("WARNING", "careful"),
    Printed("something printed"),
    Invoke("s", {"type": "storage"}),
    StreamChunk("s", {"n": 1}),
    SessionError("s", "E", "m", {}),
    SessionEnd("s"),
]


@given(st.lists(st.integers(0, len(CONVERSATION)), max_size=12))
def test_how_the_bytes_are_cut_makes_no_difference(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(CONVERSATION)]
    pieces = [CONVERSATION[a:b] for a, b in itertools.pairwise(edges)]
    assert read(*pieces) == HEARD


@given(st.binary(max_size=200))
def test_no_bytes_are_too_strange(data: bytes) -> None:
    lines = sum(1 for line in data.split(b"\n") if line.strip(b" \t\r"))
    assert len(read(data)) == lines


@pytest.mark.parametrize("where", ["before", "after", "both"])
def test_a_message_that_shares_its_line_is_found_and_lost(where: str) -> None:
    before = b"progress: {50%} " if where != "after" else b""
    after = b" done}" if where != "before" else b""
    (message,) = read(before + session("end", {}) + after + b"\n")
    assert message == Glued((before + after).decode(), SessionEnd("s"))


def test_the_last_line_counts_without_its_newline() -> None:
    assert read(b"one\ntwo") == [Printed("one"), Printed("two")]


def test_a_line_too_long_is_told_as_soon_as_it_is_and_nothing_after_it() -> None:
    reader = MessageReader()
    assert list(reader.feed(b"x" * (SCANNER_BUFFER - 1))) == []
    assert list(reader.feed(b"x")) == [Overlong(SCANNER_BUFFER)]
    assert list(reader.feed(b"\nmore\n")) == []
    assert list(reader.end()) == []


def stream(size: int) -> bytes:
    """A message whose line has this many bytes."""
    return session("stream", "x" * (size - len(session("stream", ""))))


def test_a_message_near_the_limit_comes_with_the_size_of_its_line() -> None:
    sizes = [NEAR_LIMIT, NEAR_LIMIT + 1, SCANNER_BUFFER - 1]
    fits, large, largest = read(*(stream(size) + b"\n" for size in sizes))
    assert isinstance(fits, StreamChunk)
    for message, size in ((large, NEAR_LIMIT + 1), (largest, SCANNER_BUFFER - 1)):
        assert isinstance(message, Large)
        assert (message.size, type(message.message)) == (size, StreamChunk)


def test_a_print_near_the_limit_is_a_print() -> None:
    (printed,) = read(b"x" * (NEAR_LIMIT + 1))
    assert isinstance(printed, Printed)


def test_a_line_can_carry_about_as_many_bytes_as_are_called_storable() -> None:
    key = "k" * 256
    request = {"opt": "set", "key": key, "value": "00" * STORABLE_BYTES}
    call = {"type": "storage", "backwards_request_id": "0" * 32, "request": request}
    spare = SCANNER_BUFFER - len(session("invoke", call))
    assert 0 < spare < 1000


def test_a_long_line_in_small_pieces_takes_linear_time() -> None:
    def cost(pieces: int) -> float:
        reader = MessageReader()
        started = time.perf_counter()
        for _ in range(pieces):
            list(reader.feed(b"x" * 100))
        return time.perf_counter() - started

    cost(1000)
    # Quadratic would be 400 times as long; noise is given a factor of five.
    assert cost(50_000) < 5 * 20 * max(cost(2_500), 0.0005)


@pytest.mark.parametrize(
    "line",
    [
        b'{"event":"session",' * 200_000,
        b"[" * 4_000_000,
        b'{"event":"session","session_id":"s","data":' * 20_000,
        b"}" * 5_000_000,
    ],
    ids=["starts", "brackets", "nested", "ends"],
)
def test_a_hostile_line_costs_no_more_than_a_few_passes(line: bytes) -> None:
    started = time.perf_counter()
    assert len(read(line)) == 1
    assert time.perf_counter() - started < 2
