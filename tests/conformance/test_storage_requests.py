"""A plugin's storage request: decoded, checked and answered, with Go's own words."""

import json
from dataclasses import dataclass
from typing import Any

from tests.conformance.case import Case, each
from tests.conformance.storage_steps import NOT_FOUND, TRAVERSAL
from tests.conformance.system import STORAGE_GRANTED, InvocationSystem, Permission, Reply

TYPES = "D core/dify_invocation/types.go:122-144 (InvokeStorageRequest)"
DECODE = "D utils/parser/map2struct.go, core/io_tunnel/backwards_invocation/task.go:285-298"
TASK = "D core/io_tunnel/backwards_invocation/task.go:543-640 (executeDifyInvocationStorageTask)"
ENVELOPE = "D core/io_tunnel/backwards_invocation/task.go:19-45, 198-227 (InvokeDify)"

UNREADABLE = "unmarshal backwards invoke request failed: "


@dataclass(frozen=True, slots=True)
class Request(Case):
    """Requests of one session, and the reply to the last of them."""

    requests: tuple[str, ...]
    reply: Reply
    permission: Permission | None = None


def _invalid(says: str, request: str, *failed: tuple[str, str]) -> Request:
    words = "\n".join(
        f"Key: 'InvokeStorageRequest.{field}' "
        f"Error:Field validation for '{field}' failed on the '{rule}' tag"
        for field, rule in failed
    )
    error = f"{UNREADABLE}error validating struct: {words}"
    return Request(says, TYPES, (request,), Reply(error=error))


def _wrong_type(says: str, request: str, *wrong: str) -> Request:
    listed = "\n".join(f"* {each}" for each in wrong)
    error = f"{UNREADABLE}error decoding map: {len(wrong)} error(s) decoding:\n\n{listed}"
    return Request(says, DECODE, (request,), Reply(error=error))


def _not_text(field: str, kind: str, value: str) -> str:
    wanted = "dify_invocation.StorageOpt" if field == "opt" else "string"
    return f"'{field}' expected type '{wanted}', got unconvertible type '{kind}', value: '{value}'"


def _set(value: str) -> str:
    return json.dumps({"opt": "set", "key": "a", "value": value})


def _bad_hex(says: str, value: str, why: str) -> Request:
    error = f"decode data failed: encoding/hex: {why}"
    return Request(says, TASK, (_set(value),), Reply(error=error))


def _done(says: str, *requests: str, **data: Any) -> Request:
    return Request(says, TASK, requests, Reply(data=data))


GET, EXIST = '{"opt":"get","key":"a"}', '{"opt":"exist","key":"a"}'
DELETE = '{"opt":"del","key":"a"}'

CASES = [
    # fields
    _invalid("an empty request", "{}", ("Opt", "required"), ("Key", "required")),
    _invalid("no key", '{"opt":"get"}', ("Key", "required")),
    _invalid("no opt", '{"key":"a"}', ("Opt", "required")),
    _invalid("an empty key", '{"opt":"get","key":""}', ("Key", "required")),
    _invalid("a null key", '{"opt":"get","key":null}', ("Key", "required")),
    _invalid("an empty opt", '{"opt":"","key":"a"}', ("Opt", "required")),
    _invalid("a null opt", '{"opt":null,"key":"a"}', ("Opt", "required")),
    _invalid("an opt in capitals", '{"opt":"SET","key":"a","value":"00"}', ("Opt", "storage_opt")),
    _invalid("the opt delete", '{"opt":"delete","key":"a"}', ("Opt", "storage_opt")),
    _invalid("two wrong fields",
             '{"opt":"x","key":""}', ("Opt", "storage_opt"), ("Key", "required")),
    # types
    _wrong_type("a number as key", '{"opt":"get","key":123}', _not_text("key", "float64", "123")),
    _wrong_type("a fraction as key", '{"opt":"get","key":1.5}', _not_text("key", "float64", "1.5")),
    _wrong_type(
        "a large number as key is told with an exponent",
        '{"opt":"get","key":1000000}',
        _not_text("key", "float64", "1e+06"),
    ),
    _wrong_type("a boolean as key", '{"opt":"get","key":true}', _not_text("key", "bool", "true")),
    _wrong_type(
        "a list as key", '{"opt":"get","key":["a"]}', _not_text("key", "[]interface {}", "[a]")
    ),
    _wrong_type(
        "an empty list as key", '{"opt":"get","key":[]}', _not_text("key", "[]interface {}", "[]")
    ),
    _wrong_type(
        "an object as key",
        '{"opt":"get","key":{"a":1}}',
        _not_text("key", "map[string]interface {}", "map[a:1]"),
    ),
    _wrong_type("a number as opt", '{"opt":5,"key":"a"}', _not_text("opt", "float64", "5")),
    _wrong_type(
        "all fields wrong are told in the order of their names",
        '{"opt":5,"key":6,"value":7}',
        _not_text("key", "float64", "6"),
        _not_text("opt", "float64", "5"),
        _not_text("value", "float64", "7"),
    ),
    _wrong_type(
        "a value of the wrong type is refused even where none is needed",
        '{"opt":"exist","key":"a","value":5}',
        _not_text("value", "float64", "5"),
    ),
    # hex
    _bad_hex("an odd number of digits", "0", "odd length hex string"),
    _bad_hex("letters that are no digits", "zz", "invalid byte: U+007A 'z'"),
    _bad_hex("a bad letter is told before an odd length", "00z", "invalid byte: U+007A 'z'"),
    _bad_hex("a space", " 00", "invalid byte: U+0020 ' '"),
    _bad_hex("a newline, which is not shown", "00\n", "invalid byte: U+000A"),
    _bad_hex("a prefix", "0x00", "invalid byte: U+0078 'x'"),
    _bad_hex("a letter of two bytes is told by its first", "éé", "invalid byte: U+00C3 'Ã'"),
    Request(
        "bad hex is told before a bad key",
        TASK,
        ('{"opt":"set","key":"../a","value":"zz"}',),
        Reply(error="decode data failed: encoding/hex: invalid byte: U+007A 'z'"),
    ),
    # answers
    _done("a set is answered with ok", _set("AbCd"), data="ok"),
    _done("hex in capitals comes back in small letters", _set("AbCd"), GET, data="abcd"),
    _done("a set without a value stores an empty one", '{"opt":"set","key":"a"}', GET, data=""),
    _done("a null value is an empty one", '{"opt":"set","key":"a","value":null}', GET, data=""),
    _done("a value is let be where none is needed", '{"opt":"exist","key":"a","value":"zz"}',
          data=False, exist_num=0),
    _done("exist tells how many", _set("00"), EXIST, data=True, exist_num=1),
    _done("a delete tells how many the cache held, not how many went", _set("00"), DELETE,
          data="ok", deleted_num=0),
    _done("other fields are let be",
          '{"opt":"set","key":"a","value":"00","extra":1,"tenant_id":"X","user_id":5,"type":"y"}',
          data="ok"),
    _done("names of fields may be in capitals", '{"OPT":"set","Key":"a","VALUE":"01"}', GET,
          data="01"),
    _done("of two spellings of a name the exact one counts",
          '{"opt":"set","key":"a","Key":"b","value":"02"}', GET, data="02"),
    _done("half a surrogate pair in a key is U+FFFD", r'{"opt":"set","key":"\ud800x","value":"03"}',
          '{"opt":"get","key":"\ufffdx"}', data="03"),
    Request("a missing key", TASK, (GET,),
            Reply(error=NOT_FOUND)),
    Request("a key that is refused", TASK, ('{"opt":"exist","key":"a..b"}',),
            Reply(error=f"exist data failed: {TRAVERSAL}")),
    # permission
    Request(
        "without the permission nothing else is looked at",
        "D core/io_tunnel/backwards_invocation/task.go:53-58 (InvokeDify)",
        ('{"opt":"bogus","key":""}',),
        Reply(error="permission denied, you need to enable storage access in plugin manifest"),
        permission={},
    ),
]  # fmt: skip


@each(CASES)
def test_storage_requests(case: Request, invocations: InvocationSystem) -> None:
    granted = STORAGE_GRANTED if case.permission is None else case.permission
    session = invocations.fresh(granted)
    for number, request in enumerate(case.requests):
        asked = f'{{"type":"storage","backwards_request_id":"r{number}","request":{request}}}'
        reply = session.ask(asked)
    assert reply == case.reply


@dataclass(frozen=True, slots=True)
class Envelope(Case):
    """What stands around a request, and the error with which it ends the session."""

    data: str
    error: str


def _around(request: str, shown: str, says: str) -> Envelope:
    data = f'{{"type":"storage","backwards_request_id":"r0","request":{request}}}'
    error = (
        f"invoke request missing request: map[backwards_request_id:r0 request:{shown} type:storage]"
    )
    return Envelope(says, ENVELOPE, data, error)


ENVELOPES = [
    Envelope("an empty object", ENVELOPE, "{}", "invoke request missing type: map[]"),
    Envelope("null", ENVELOPE, "null", "invoke request is empty"),
    Envelope(
        "a list",
        ENVELOPE,
        "[]",
        "unmarshal invoke request failed: json: cannot unmarshal array into Go value of type"
        " map[string]interface {}",
    ),
    Envelope(
        "a type without an id",
        ENVELOPE,
        '{"type":"storage"}',
        "invoke request missing request_id: map[type:storage]",
    ),
    Envelope(
        "no request",
        ENVELOPE,
        '{"type":"storage","backwards_request_id":"r"}',
        "invoke request missing request: map[backwards_request_id:r type:storage]",
    ),
    Envelope(
        "a type that is no text",
        ENVELOPE,
        '{"type":5,"backwards_request_id":"r","request":{}}',
        "invoke request missing type:"
        " map[backwards_request_id:r request:map[] type:%!s(float64=5)]",
    ),
    _around("null", "<nil>", "a null request"),
    _around("[]", "[]", "a list as request"),
    _around('"x"', "x", "a text as request"),
    _around("5", "%!s(float64=5)", "a number as request"),
    _around('[{"opt":"get","key":"a"}]', "[map[key:a opt:get]]", "a list around the request"),
]


@each(ENVELOPES)
def test_a_bad_envelope_ends_the_session(case: Envelope, invocations: InvocationSystem) -> None:
    reply = invocations.fresh().ask(case.data)
    assert reply == Reply(session_error=f"invoke dify failed: {case.error}")


def test_a_bad_envelope_is_told_before_the_permission(invocations: InvocationSystem) -> None:
    reply = invocations.fresh(permission={}).ask('{"type":"storage","backwards_request_id":"r"}')
    assert reply.session_error is not None
