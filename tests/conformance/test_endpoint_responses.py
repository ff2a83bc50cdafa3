"""The HTTP response that an endpoint's messages make."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.conformance.case import Case, each, rows
from tests.conformance.lines import END, ERROR, session, stream, text
from tests.conformance.system import Exit, Pause, Response, SessionSystem, Step

INVOKE = "D core/io_tunnel/endpoint_service.go:14-97 (InvokeEndpoint)"
ANSWER = "D service/endpoint.go:176-227 (Endpoint), core/io_tunnel/endpoint_service.go:45-90"
CHUNK = "D entities/endpoint_entities (EndpointResponseChunk), core/io_tunnel/generic.go:96-107"


@dataclass(frozen=True, slots=True)
class Exchange(Case):
    """What is written, and what the caller gets."""

    script: Sequence[Step]
    response: Response


def _check(case: Exchange, sessions: SessionSystem) -> None:
    heard = sessions.endpoint(case.script)
    assert heard.response == case.response
    assert heard.outcome != "stuck"


def _head(status: int = 200, **headers: str) -> bytes:
    return stream({"status": status, "headers": headers})


def _piece(words: bytes, **more: Any) -> bytes:
    return stream({**more, "result": words.hex()})


def _got(body: bytes = b"", status: int = 200, **headers: str) -> Response:
    return Response(status, headers, body)


FIRST = _piece(b"x", status=200)
ELEVEN = json.dumps(dict.fromkeys("abcdefghijk", 1))

WHOLE = {
    "one message has it all": (
        [stream({"status": 201, "headers": {"X-A": "1"}, "result": "6869"}), END],
        Response(201, {"x-a": "1"}, b"hi"),
    ),
    "a generator's first message has no result": (
        [_head(202, a="b"), Pause(), _piece(b"x"), Pause(), _piece(b"y"), Pause(), END],
        _got(b"xy", 202, a="b"),
    ),
    "a generator that yields nothing has its status and no body": (
        [_head(404, a="b"), END],
        _got(b"", 404, a="b"),
    ),
    "an empty result is an empty body": ([_piece(b"", status=204), END], _got(b"", 204)),
    "hex may be in capitals": ([stream({"status": 200, "result": "6A"}), END], _got(b"j")),
    "a body is bytes": ([_piece(b"\x00\xff\n", status=200), END], _got(b"\x00\xff\n")),
    "the last status before the first result counts": (
        [_head(200), _head(201), _piece(b"x"), END],
        _got(b"x", 201),
    ),
    "the first value of a header counts": (
        [_head(a="1"), _head(a="2", b="3"), _piece(b"x"), END],
        _got(b"x", a="1", b="3"),
    ),
    "names of headers are told apart without regard to case": (
        [_head(a="1"), _head(A="2"), _piece(b"x"), END],
        _got(b"x", a="1"),
    ),
    "a null header is an empty one": (
        [stream({"status": 200, "headers": {"a": None}, "result": ""}), END],
        _got(a=""),
    ),
    "status and headers after the first result are let be": (
        [FIRST, Pause(), _piece(b"y", status=404, headers={"a": "b"}), Pause(), END],
        _got(b"xy"),
    ),
    "a result without a status is 200": ([_piece(b"x"), END], _got(b"x")),
    "an end without a message is an empty 200": ([END], _got()),
    "the status 0 is 200": ([_piece(b"x", status=0), END], _got(b"x")),
    "a null status is none": ([_piece(b"x", status=None, headers=None), END], _got(b"x")),
    "a null message is none": ([stream(None), FIRST, END], _got(b"x")),
    "a tool's message has nothing of a response": ([text("a"), _piece(b"x"), END], _got(b"x")),
    "an error with eleven args is none": (
        [session(f'{{"type":"error","data":{{"message":"m","args":{ELEVEN}}}}}'), END],
        _got(),
    ),
    "pieces after the end are lost": ([FIRST, END, _piece(b"y")], _got(b"x")),
}


@each(rows(Exchange, INVOKE, WHOLE))
def test_responses(case: Exchange, sessions: SessionSystem) -> None:
    _check(case, sessions)


# -- errors


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _refused(why: str) -> Response:
    """The daemon's own response in place of the plugin's."""
    inner = {"message": why, "error_type": "PluginDaemonInternalServerError", "args": None}
    body = _compact({"code": -500, "message": _compact(inner), "data": None})
    return Response(500, {"content-type": "application/json; charset=utf-8"}, body.encode())


def _told(error_type: str, message: str) -> str:
    """An error that the daemon has made itself."""
    return _compact({"error_type": error_type, "message": message})


BOOM = (
    rb'{"code":-500,"message":"{\"message\":\"{\\\"args\\\":{},\\\"error_type\\\":\\\"E\\\",'
    rb"\\\"message\\\":\\\"m\\\"}\",\"error_type\":\"PluginDaemonInternalServerError\","
    rb'\"args\":null}","data":null}'
)
BROKEN = Response(500, {"content-type": "application/json; charset=utf-8"}, BOOM)
ESCAPED = r'{"args":{},"error_type":"E","message":"\u003cb\u003e \u0026"}'

FAILED = {
    "an error before the first result is the whole response": ([ERROR, END], BROKEN),
    "an error takes back a status that was announced": ([_head(201, a="b"), ERROR, END], BROKEN),
    "an error after the first result follows the body": (
        [FIRST, Pause(), ERROR, END],
        _got(b'x{"args":{},"error_type":"E","message":"m"}'),
    ),
    "signs of HTML are escaped in an error": (
        [session('{"type":"error","data":{"error_type":"E","message":"<b> &","args":{}}}'), END],
        _refused(ESCAPED),
    ),
    "args that are missing are null in an error": (
        [session('{"type":"error","data":{"error_type":"E","message":"m"}}'), END],
        _refused('{"args":null,"error_type":"E","message":"m"}'),
    ),
    "an unknown type of message is an error": (
        [session('{"type":"zzz","data":{}}'), END],
        _refused(_told("unknown_stream_message_type", "unknown stream message type: zzz")),
    ),
    "a first result that is not hex is an error": (
        [stream({"status": 200, "result": "zz"}), END],
        _refused("encoding/hex: invalid byte: U+007A 'z'"),
    ),
    "a first result of an odd length is an error": (
        [stream({"status": 200, "result": "616"}), END],
        _refused("encoding/hex: odd length hex string"),
    ),
    "a later result that is not hex ends the body": (
        [FIRST, Pause(), stream({"result": "zz"}), Pause(), _piece(b"y"), END],
        _got(b"x"),
    ),
    "a later message without a result ends the body": (
        [FIRST, Pause(), stream({"status": 201}), Pause(), _piece(b"y"), END],
        _got(b"x"),
    ),
    "a later empty message ends the body": (
        [FIRST, Pause(), stream({}), Pause(), _piece(b"y"), END],
        _got(b"x"),
    ),
}


@each(rows(Exchange, ANSWER, FAILED))
def test_failures(case: Exchange, sessions: SessionSystem) -> None:
    _check(case, sessions)


def _go(kind: str, field: str, wanted: str) -> str:
    why = f"json: cannot unmarshal {kind} into Go struct field EndpointResponseChunk.{field}"
    return _told("unmarshal_error", f"unmarshal json failed: {why} of type {wanted}")


UNREADABLE: dict[str, tuple[dict[str, Any], str]] = {
    "a status that is a text": ({"status": "200"}, _go("string", "status", "uint16")),
    "a status that is a fraction": ({"status": 200.0}, _go("number 200.0", "status", "uint16")),
    "a status below 0": ({"status": -1}, _go("number -1", "status", "uint16")),
    "a status over 65535": ({"status": 70000}, _go("number 70000", "status", "uint16")),
    "a header that is a number": ({"headers": {"A": 1}}, _go("number", "headers", "string")),
    "a header that is a list": ({"headers": {"A": ["x"]}}, _go("array", "headers", "string")),
    "a result that is a number": ({"result": 5}, _go("number", "result", "string")),
}


def _unreadable(says: str, source: str, chunk: dict[str, Any], why: str) -> Exchange:
    whole = stream({"status": 200, "result": "61", **chunk})
    return Exchange(f"{says} is an error", source, [whole, END], _refused(why))


@each(rows(_unreadable, CHUNK, UNREADABLE))
def test_messages_that_cannot_be_read(case: Exchange, sessions: SessionSystem) -> None:
    _check(case, sessions)


LIST = (
    "unmarshal json failed: json: cannot unmarshal array into Go value of type"
    " endpoint_entities.EndpointResponseChunk"
)
LATER = {
    "a message that is a list is an error": (
        [stream([]), END],
        _refused(_told("unmarshal_error", LIST)),
    ),
    "a later message that cannot be read follows the body": (
        [FIRST, Pause(), stream({"result": 5}), END],
        _got(b"x" + _go("number", "result", "string").encode()),
    ),
}


@each(rows(Exchange, CHUNK, LATER))
def test_messages_of_another_kind(case: Exchange, sessions: SessionSystem) -> None:
    _check(case, sessions)


# -- plugins that die


def test_a_process_that_dies_before_a_result_leaves_the_caller_waiting(
    sessions: SessionSystem,
) -> None:
    """D core/io_tunnel/endpoint_service.go:45: waits for a result, without a limit of time."""
    assert sessions.endpoint([_head(200), Exit()]).outcome == "stuck"


def test_a_process_that_dies_after_a_result_has_sent_it(sessions: SessionSystem) -> None:
    """D core/io_tunnel/endpoint_service.go:66-88."""
    heard = sessions.endpoint([FIRST, Exit()])
    assert heard.outcome == "stuck"
    assert heard.response is not None
    assert (heard.response.status, heard.response.body[:1]) == (200, b"x")
