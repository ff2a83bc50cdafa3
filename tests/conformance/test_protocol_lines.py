"""A plugin's stdout, cut into lines: which of them are messages, and which kill the plugin."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.conformance.case import Case, each, rows
from tests.conformance.lines import END, alone, session, text
from tests.conformance.system import SESSION, Exit, Heard, Outcome, SessionSystem, Step

SCANNER = "D core/local_runtime/instance.go:151-236 (bufio.Scanner), types/app/config.go:353-367"
PARSE = "D entities/plugin_entities/event.go:20-83 (ParsePluginUniversalEvent)"
LISTEN = "D core/local_runtime/instance.go:237-251 (handleStdout)"


@dataclass(frozen=True, slots=True)
class Lines(Case):
    """What is written, and the texts of the messages that arrive."""

    script: Sequence[Step]
    texts: Sequence[str] = ()
    outcome: Outcome = "ended"
    note: str | None = None


def _check(case: Lines, sessions: SessionSystem) -> None:
    heard = sessions.tool(case.script)
    assert _texts(heard) == list(case.texts)
    assert heard.outcome == case.outcome
    assert heard.error is None
    if case.note and heard.notes is not None:
        assert case.note in heard.notes


def _texts(heard: Heard) -> list[str]:
    return [message["message"]["text"] for message in heard.messages]


# -- length

LIMIT = 5_242_880


def _of_length(size: int) -> tuple[bytes, str]:
    """A message whose line has this many bytes, without its end; and its text."""
    words = "x" * (size - len(alone(text(""))))
    return alone(text(words)), words


FITS, FITTING = _of_length(LIMIT - 1)
BARELY, BARELY_FITTING = _of_length(LIMIT - 2)
LARGE, _ = _of_length(LIMIT)

LENGTHS = {
    "a line of 5242879 bytes passes": ([FITS + b"\n", END], [FITTING], "ended", "DE109"),
    "a line of 5242880 bytes kills the plugin": ([LARGE + b"\n", END], [], "stuck", "DE101"),
    "a carriage return counts": ([BARELY + b"\r\n", END], [BARELY_FITTING]),
    "a carriage return is one too many": ([FITS + b"\r\n", END], [], "stuck", "DE101"),
    "what came before a long line is delivered": (
        [text("a"), text("b"), LARGE + b"\n", END],
        ["a", "b"],
        "stuck",
        "DE101",
    ),
    "each line is counted by itself": (
        [text("a"), FITS + b"\n\n", text("b"), END],
        ["a", FITTING, "b"],
    ),
    "a print of 5242879 bytes is harmless": ([b"n" * (LIMIT - 1) + b"\n", text("a"), END], ["a"]),
    "a print of 5242880 bytes kills the plugin": (
        [b"n" * LIMIT + b"\n", END],
        [],
        "stuck",
        "DE101",
    ),
    "a line that does not end kills the plugin too": ([b"n" * LIMIT], [], "stuck", "DE101"),
    "a last line of 5242879 bytes needs no newline": ([FITS, Exit()], [FITTING], "stuck"),
}


@each(rows(Lines, SCANNER, LENGTHS))
def test_length(case: Lines, sessions: SessionSystem) -> None:
    _check(case, sessions)


# -- ends

ENDS = {
    "one newline is enough": ([alone(text("a")) + b"\n", alone(END) + b"\n"], ["a"]),
    "a carriage return before the newline is no part of it": (
        [alone(text("a")) + b"\r\n", alone(END) + b"\r\n"],
        ["a"],
    ),
    "a carriage return alone ends no line": (
        [alone(text("a")) + b"\r" + alone(text("b")) + b"\n", text("c"), END],
        ["c"],
    ),
    "blank lines are nothing": ([b"\n\r\n\n", text("a"), END], ["a"]),
    "a line of spaces is nothing": ([b"   \n \t \n", text("a"), END], ["a"]),
    "white space around a message is allowed": (
        [b"  \t" + alone(text("a")) + b" \r\t \n", END],
        ["a"],
    ),
    "a line may come in pieces": ([text("abc")[:70], text("abc")[70:], END], ["abc"]),
    "lines may come together": ([text("a") + text("b") + END], ["a", "b"]),
    "the last line needs no newline": ([text("a"), alone(END), Exit()], ["a"]),
    "a message in the last line is delivered": ([alone(text("a")), Exit()], ["a"], "stuck"),
    "a message and a carriage return in the last line is delivered": (
        [alone(text("a")) + b"\r", Exit()],
        ["a"],
        "stuck",
    ),
    "half a message in the last line is lost": ([text("a"), END[:-10], Exit()], ["a"], "stuck"),
    "a process that ends without a word leaves the caller waiting": ([Exit()], [], "stuck"),
    "a process that ends early leaves the caller waiting": (
        [text("a"), text("b"), Exit()],
        ["a", "b"],
        "stuck",
    ),
    "a process may end after its session": ([text("a"), END, Exit()], ["a"]),
}


@each(rows(Lines, SCANNER, ENDS))
def test_ends_of_lines(case: Lines, sessions: SessionSystem) -> None:
    _check(case, sessions)


# -- what is printed between messages

HARMLESS = {
    "text": b"hello",
    "a number": b"5",
    "a fraction": b"5.5",
    "a string in quotes": b'"abc"',
    "true": b"true",
    "null": b"null",
    "None": b"None",
    "a list": b"[1,2]",
    "an empty object": b"{}",
    "an object without an event": b'{"a":1}',
    "a manifest": b'{"version":"0.0.1","type":"plugin","author":"a","name":"n"}',
    "a dict of Python's": b"{'event': 'session'}",
    "an object with a comma too many": b'{"event":"session",}',
    "bytes that are no UTF-8": b"\xff\xfe",
    "a traceback": b'Traceback (most recent call last):\n  File "x.py", line 1\nValueError: x',
    "brackets 10001 deep": b"[" * 10_001 + b"]" * 10_001,
    "a thousand lines": b"\n".join([b"flood"] * 1000),
}

LOST = {
    "a message in a list": b"[" + alone(text("lost")) + b"]",
    "a message behind a form feed": b"\f" + alone(text("lost")),
    "a message behind a byte order mark": b"\xef\xbb\xbf" + alone(text("lost")),
    "a message behind a NUL": b"\0" + alone(text("lost")),
    "a message behind a line separator": "\u2028".encode() + alone(text("lost")),
    "a message behind a digit": b"1" + alone(text("lost")),
    "a message with NaN": alone(text("lost")).replace(b'"meta":{}', b'"meta":{"a":NaN}'),
}


def _printed(says: str, source: str, printed: bytes) -> Lines:
    return Lines(f"{says} is no message", source, [printed + b"\n", text("a"), END], ["a"])


@each(rows(_printed, PARSE, {says: (line,) for says, line in {**HARMLESS, **LOST}.items()}))
def test_prints(case: Lines, sessions: SessionSystem) -> None:
    _check(case, sessions)


GLUED = {
    "a print without a newline loses the message after it": (
        [b"xyz" + text("lost"), text("a"), END],
        ["a"],
        "ended",
        "DE102",
    ),
    "a print behind a message loses it": (
        [alone(text("lost")) + b"xyz\n", text("a"), END],
        ["a"],
        "ended",
        "DE102",
    ),
    "a print without a newline before the end leaves the caller waiting": (
        [text("a"), b"xyz" + END, Exit()],
        ["a"],
        "stuck",
        "DE102",
    ),
    "two messages in one line are both lost": (
        [alone(text("lost")) + b" " + text("lost too"), text("a"), END],
        ["a"],
        "ended",
        "DE102",
    ),
    "a message and the end in one line leave the caller waiting": (
        [alone(text("lost")) + END, Exit()],
        [],
        "stuck",
        "DE102",
    ),
}


@each(rows(Lines, PARSE, GLUED))
def test_what_shares_a_line_is_lost(case: Lines, sessions: SessionSystem) -> None:
    _check(case, sessions)


def test_bytes_that_are_no_utf8_are_replaced_inside_a_message(sessions: SessionSystem) -> None:
    """encoding/json: in a string, unlike beside one, they do no harm."""
    heard = sessions.tool([text("a?b").replace(b"?", b"\xff"), END])
    assert _texts(heard) == ["a\ufffdb"]
    assert heard.outcome == "ended"


# -- events

ID = f'"session_id":"{SESSION}"'
ENDING = '"data":{"type":"end","data":{}}'

DROPPED = {
    "the event Session": f'{{"event":"Session",{ID},{ENDING}}}',
    "the event SESSION": f'{{"event":"SESSION",{ID},{ENDING}}}',
    "the event session with a space": f'{{"event":"session ",{ID},{ENDING}}}',
    "an empty event": f'{{"event":"",{ID},{ENDING}}}',
    "a null event": f'{{"event":null,{ID},{ENDING}}}',
    "an event that is a number": f'{{"event":5,{ID},{ENDING}}}',
    "an event that is a list": f'{{"event":["session"],{ID},{ENDING}}}',
    "an unknown event": f'{{"event":"zzz",{ID},{ENDING}}}',
    "a message of another session": f'{{"event":"session","session_id":"other",{ENDING}}}',
    "a message of no session": f'{{"event":"session",{ENDING}}}',
    "a message of a null session": f'{{"event":"session","session_id":null,{ENDING}}}',
    "a message of a session that is a number": f'{{"event":"session","session_id":5,{ENDING}}}',
    "a message without data": f'{{"event":"session",{ID}}}',
    "a message of null": f'{{"event":"session",{ID},"data":null}}',
    "a message of a number": f'{{"event":"session",{ID},"data":5}}',
    "a message of text": f'{{"event":"session",{ID},"data":"x"}}',
    "a message of a list": f'{{"event":"session",{ID},"data":[]}}',
    "an empty message": f'{{"event":"session",{ID},"data":{{}}}}',
    "a heartbeat": '{"event":"heartbeat","session_id":null,"data":{}}',
    "a heartbeat without data": '{"event":"heartbeat"}',
    "a log": '{"event":"log","data":{"level":"INFO","message":"m","timestamp":1.7}}',
    "a log of a list": '{"event":"log","data":[]}',
    "a log without data": '{"event":"log"}',
    "an error event": '{"event":"error","session_id":null,"data":{"error":"boom"}}',
    "an error event of the session": f'{{"event":"error",{ID},"data":{{"error":"boom"}}}}',
    "an error event without data": '{"event":"error"}',
}


def _dropped(says: str, source: str, line: str) -> Lines:
    script = [f"{line}\n".encode(), text("a"), END]
    return Lines(f"{says} does nothing to the session", source, script, ["a"])


@each(rows(_dropped, PARSE, {says: (line,) for says, line in DROPPED.items()}))
def test_events_that_are_let_be(case: Lines, sessions: SessionSystem) -> None:
    _check(case, sessions)


INNER = '{"type":"stream","data":{"type":"text","message":{"text":"a"}}}'
TAKEN = {
    "names of fields may be in capitals": (
        f'{{"Event":"session","Session_ID":"{SESSION}","DATA":{{"TYPE":"stream",'
        '"Data":{"Type":"text","MESSAGE":{"text":"a"}}}}'
    ),
    "of equal names the last counts": f'{{"event":"log","event":"session",{ID},"data":{INNER}}}',
    "other fields are let be": f'{{"x":1,"event":"session",{ID},"data":{INNER},"y":[]}}',
    "fields may stand in any order": f'{{"data":{INNER},{ID},"event":"session"}}',
}


def _taken(says: str, source: str, line: str) -> Lines:
    return Lines(says, source, [f"{line}\n".encode(), END], ["a"])


@each(rows(_taken, PARSE, {says: (line,) for says, line in TAKEN.items()}))
def test_events_that_are_taken(case: Lines, sessions: SessionSystem) -> None:
    _check(case, sessions)


def test_a_printed_message_of_the_session_counts(sessions: SessionSystem) -> None:
    """D core/local_runtime/instance.go:237-251: nobody asks who wrote a line."""
    assert _texts(sessions.tool([session(INNER), END])) == ["a"]
