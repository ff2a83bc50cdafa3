"""The messages of a session: what its caller gets, and when it is over."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.conformance.case import Case, each, rows
from tests.conformance.lines import END, ERROR, session, stream, text
from tests.conformance.system import Failure, Heard, Outcome, SessionSystem, Step

LISTENER = "D core/io_tunnel/generic.go:94-160 (onChunk)"
MESSAGE = "D core/local_runtime/io.go:54-64, entities/plugin_entities/event.go:98-101"
ERRORS = "D entities/plugin_entities/event.go:112-116 (ErrorResponse), generic.go:134-150"
CHUNK = "D entities/tool_entities/tool.go:26-58 (ToolResponseChunk)"
CLOSE = "D core/io_tunnel/generic.go:85-92, 131-133, 191, local_runtime/io.go:49-52"

BOOM = Failure("E", "m")


@dataclass(frozen=True, slots=True)
class Session(Case):
    """What is written, the texts that arrive, and what becomes of the session."""

    script: Sequence[Step]
    texts: Sequence[str] = ()
    error: Failure | None = None
    outcome: Outcome | None = None
    note: str | None = None


def _check(case: Session, sessions: SessionSystem) -> Heard:
    heard = sessions.tool(case.script)
    assert [message["message"]["text"] for message in heard.messages] == list(case.texts)
    assert heard.error == case.error
    assert heard.outcome == (case.outcome or ("failed" if case.error else "ended"))
    if case.note and heard.notes is not None:
        assert case.note in heard.notes
    return heard


ORDER = {
    "pieces arrive in their order": ([text("a"), text("b"), text("c"), END], ["a", "b", "c"]),
    "pieces before an error are delivered first": ([text("a"), ERROR, END], ["a"], BOOM),
    "pieces after an error are lost": ([ERROR, text("late"), END], [], BOOM),
    "pieces after the end are lost": ([text("a"), END, text("late")], ["a"]),
    "an error after the end is lost": ([text("a"), END, ERROR], ["a"]),
    "of two errors the first counts": (
        [ERROR, session('{"type":"error","data":{"error_type":"F","message":"n"}}'), END],
        [],
        BOOM,
    ),
    "an error needs no end": ([text("a"), ERROR], ["a"], BOOM),
    "an end without a result is an empty success": ([END], [], None, "ended", "DE104"),
    "pieces around a bad one: those before it count": (
        [text("a"), stream({"type": ""}), text("b"), END],
        ["a"],
        Failure(
            "unmarshal_error",
            "unmarshal json failed: Key: 'ToolResponseChunk.Type' "
            "Error:Field validation for 'Type' failed on the 'required' tag",
        ),
    ),
}


@each(rows(Session, LISTENER, ORDER))
def test_order(case: Session, sessions: SessionSystem) -> None:
    _check(case, sessions)


# -- the message itself

ENDS = ("null", '""', "0", "false", "[]", '{"a":1}')


def _ending(says: str, source: str, data: str) -> Session:
    end = session(f'{{"type":"end","data":{data}}}')
    return Session(f"an end with the data {says} ends", source, [text("a"), end, text("b")], ["a"])


@each(rows(_ending, LISTENER, {data: (data,) for data in ENDS}))
def test_any_data_ends_a_session(case: Session, sessions: SessionSystem) -> None:
    _check(case, sessions)


DROPPED = {
    "an end without data": '{"type":"end"}',
    "a piece without data": '{"type":"stream"}',
    "an unknown type without data": '{"type":"zzz"}',
    "a message without a type": '{"data":{"type":"text","message":{"text":"lost"}}}',
    "an empty type": '{"type":"","data":{}}',
    "a null type": '{"type":null,"data":{}}',
    "a type that is a number": '{"type":5,"data":{}}',
}


def _dropped(says: str, source: str, data: str) -> Session:
    return Session(f"{says} is dropped", source, [session(data), text("a"), END], ["a"])


@each(rows(_dropped, MESSAGE, {says: (data,) for says, data in DROPPED.items()}))
def test_messages_that_are_let_be(case: Session, sessions: SessionSystem) -> None:
    _check(case, sessions)


UNKNOWN = ("zzz", "End", "STREAM", "invoke ")


def _unknown(says: str, source: str, kind: str) -> Session:
    script = [text("a"), session(f'{{"type":"{kind}","data":{{}}}}'), text("late"), END]
    message = f"unknown stream message type: {kind}"
    return Session(says, source, script, ["a"], Failure("unknown_stream_message_type", message))


@each(rows(_unknown, LISTENER, {f"the type {kind!r}": (kind,) for kind in UNKNOWN}))
def test_an_unknown_type_ends_the_session(case: Session, sessions: SessionSystem) -> None:
    _check(case, sessions)


# -- errors


def _args(count: int) -> str:
    return json.dumps(dict.fromkeys("abcdefghijklmn"[:count], 1))


FAILS = {
    "ten args are allowed": (f'{{"error_type":"E","message":"m","args":{_args(10)}}}', BOOM),
    "args may be null": ('{"error_type":"E","message":"m","args":null}', BOOM),
    "args may be missing": ('{"error_type":"E","message":"m"}', BOOM),
    "the type may be missing": ('{"message":"m"}', Failure("", "m")),
    "all may be missing": ("{}", Failure("", "")),
    "all may be null": ("null", Failure("", "")),
    "other fields are let be": ('{"error_type":"E","message":"m","x":[]}', BOOM),
}


def _failing(says: str, source: str, data: str, error: Failure) -> Session:
    script = [text("a"), session(f'{{"type":"error","data":{data}}}'), END]
    return Session(f"an error: {says}", source, script, ["a"], error)


@each(rows(_failing, ERRORS, FAILS))
def test_errors(case: Session, sessions: SessionSystem) -> None:
    _check(case, sessions)


IGNORED = {
    "eleven args": f'{{"error_type":"E","message":"m","args":{_args(11)}}}',
    "args that are a list": '{"error_type":"E","message":"m","args":[]}',
    "a type that is a number": '{"error_type":5,"message":"m"}',
    "a list for data": "[]",
    "a text for data": '"x"',
}


def _ignored(says: str, source: str, data: str) -> Session:
    script = [text("a"), session(f'{{"type":"error","data":{data}}}'), text("b"), END]
    return Session(f"an error with {says} is no error", source, script, ["a", "b"])


@each(rows(_ignored, ERRORS, {says: (data,) for says, data in IGNORED.items()}))
def test_errors_that_are_ignored(case: Session, sessions: SessionSystem) -> None:
    _check(case, sessions)


# -- the pieces of a tool's result


def _go(kind: str, into: str) -> str:
    return f"json: cannot unmarshal {kind} into Go {into}"


def _tag(tag: str) -> str:
    words = "Key: 'ToolResponseChunk.Type' Error:Field validation for 'Type' failed on the"
    return f"{words} '{tag}' tag"


VALUE = "value of type tool_entities.ToolResponseChunk"
FIELD = "struct field ToolResponseChunk.message of type map[string]interface {}"
UNUSABLE = {
    "null": ("null", _tag("required")),
    "an empty object": ("{}", _tag("required")),
    "a list": ("[]", _go("array", VALUE)),
    "a text": ('"x"', _go("string", VALUE)),
    "a number": ("5", _go("number", VALUE)),
    "an unknown type": (
        '{"type":"zzz","message":{}}',
        _tag("is_valid_tool_response_chunk_type"),
    ),
    "a button": ('{"type":"button","message":{}}', _tag("is_valid_tool_response_chunk_type")),
    "a message that is a text": ('{"type":"text","message":"x"}', _go("string", FIELD)),
    "a message that is a list": ('{"type":"text","message":[]}', _go("array", FIELD)),
}


def _unusable(says: str, source: str, data: str, why: str) -> Session:
    script = [text("a"), session(f'{{"type":"stream","data":{data}}}'), text("late"), END]
    error = Failure("unmarshal_error", f"unmarshal json failed: {why}")
    return Session(f"a piece that is {says} ends the session", source, script, ["a"], error)


@each(rows(_unusable, CHUNK, UNUSABLE))
def test_pieces_that_cannot_be_read(case: Session, sessions: SessionSystem) -> None:
    _check(case, sessions)


@dataclass(frozen=True, slots=True)
class Piece(Case):
    """A piece as it is written, and the message that arrives."""

    data: str
    arrives: Mapping[str, Any]


def _piece(kind: str, message: Any, meta: Any = None) -> Mapping[str, Any]:
    return {"type": kind, "message": message, "meta": meta}


PIECES = {
    "a text": ('{"type":"text","message":{"text":""},"meta":{}}', _piece("text", {"text": ""}, {})),
    "without a message": ('{"type":"text"}', _piece("text", None)),
    "of nulls": ('{"type":"text","message":null,"meta":null}', _piece("text", None)),
    "with other fields loses them": (
        '{"type":"text","message":{"text":"a"},"extra":1,"meta":{"a":1}}',
        _piece("text", {"text": "a"}, {"a": 1}),
    ),
    "with numbers has them as Go writes them": (
        '{"type":"text","message":{"text":5.0,"n":12345678901234567890}}',
        _piece("text", {"n": 12345678901234567000, "text": 5}),
    ),
    "with signs of HTML keeps them": (
        '{"type":"text","message":{"text":"<b>&\\u2028"}}',
        _piece("text", {"text": "<b>&\u2028"}),
    ),
    "a list as json": (
        '{"type":"json","message":{"json_object":[1,2]}}',
        _piece("json", {"json_object": [1, 2]}),
    ),
    "a variable": (
        '{"type":"variable","message":{"variable_name":"a","variable_value":1,"stream":false}}',
        _piece("variable", {"stream": False, "variable_name": "a", "variable_value": 1}),
    ),
    "a file": (
        '{"type":"file","message":{"file_marker":"file_marker"}}',
        _piece("file", {"file_marker": "file_marker"}),
    ),
    **{
        f"a {kind}": (f'{{"type":"{kind}","message":{{"text":"u"}}}}', _piece(kind, {"text": "u"}))
        for kind in ("link", "image", "image_link", "binary_link")
    },
    "a log": ('{"type":"log","message":{"id":"1"}}', _piece("log", {"id": "1"})),
    "resources of a retriever": (
        '{"type":"retriever_resources","message":{"context":"c"}}',
        _piece("retriever_resources", {"context": "c"}),
    ),
}  # fmt: skip


@each(rows(Piece, CHUNK, PIECES))
def test_a_piece(case: Piece, sessions: SessionSystem) -> None:
    heard = sessions.tool([session(f'{{"type":"stream","data":{case.data}}}'), END])
    assert heard.error is None
    assert repr(list(heard.messages)) == repr([case.arrives])
