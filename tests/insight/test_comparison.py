"""What is told of a round whose call was made again."""

import base64
import time
from typing import Any

import pytest

from emulator.insight.comparison import KeptRound, compare

Document = dict[str, Any]


def kept(
    *messages: Document,
    error: tuple[str, str] | None = None,
    memory: dict[str, bytes | None] | None = None,
    **more: Any,
) -> KeptRound:
    """A round that is kept, of a tool if nothing else is said."""
    told = error and {"type": error[0], "message": error[1], "traceback": 'line 7, in "x"'}
    document = {"kind": "tool", "status": "error" if error else "ok", "error": told, **more}
    return KeptRound({**document, "messages": list(messages)}, memory or {})


def message(kind: str, body: Document, meta: Document | None = None) -> Document:
    return {"type": kind, "message": body, "meta": meta}


def text(said: str) -> Document:
    return message("text", {"text": said})


def response(body: str | bytes = "", status: int = 200, **headers: str) -> Document:
    shown = body if isinstance(body, str) else {"base64": base64.b64encode(body).decode()}
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return message("response", {"status": status, "headers": said, "body": shown})


def told(first: KeptRound, second: KeptRound) -> list[str]:
    """The differences, one on a line."""
    return [
        f"{each.what} {each.of or ''}".strip() + f": {line.sign} {line.text}"
        for each in compare(first, second)
        for line in each.lines
    ]


BLOB = base64.b64encode(b"\x00\xff").decode()


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ([text("a")], [text("a")], []),
        ([text("a\nb")], [text("a\nc")], ["message 1: - b", "message 1: + c"]),
        (
            [message("json", {"json_object": {"a": {"b": 1}}})],
            [message("json", {"json_object": {"a": {"b": 2}}})],
            ["message 1: ~ a.b: 1 -> 2"],
        ),
        (
            [message("variable", {"variable_name": "v", "variable_value": [1]})],
            [message("variable", {"variable_name": "v", "variable_value": [1, 2]})],
            ["message 1: + variable_value[1]: 2"],
        ),
        (
            [message("blob", {"blob": {"base64": BLOB}}, {"filename": "a"})],
            [message("blob", {"blob": {"base64": BLOB}}, {"filename": "b"})],
            ['message 1: ~ meta.filename: "a" -> "b"'],
        ),
        ([], [text("new")], ["message 1: ~ nothing -> text", "message 1: + new"]),
        ([text("old")], [], ["message 1: ~ text -> nothing", "message 1: - old"]),
        (
            [text("a"), text("b")],
            [text("new"), text("a"), text("b")],
            ["message 1: ~ nothing -> text", "message 1: + new"],
        ),
        (
            [text("a"), text("b"), text("c")],
            [text("a"), text("c")],
            ["message 2: ~ text -> nothing", "message 2: - b"],
        ),
        (
            [text("a"), text("b")],
            [text("a"), message("json", {"json_object": {"n": 1}})],
            ["message 2: ~ text -> json", "message 2: - b", "message 2: + n: 1"],
        ),
        (
            [text('{"a": 1}')],
            [text('{"a":1}')],
            ["message 1: ~ the same JSON, written in another way"],
        ),
        ([text("")], [message("link", {"text": ""})], ["message 1: ~ text -> link"]),
    ],
)
def test_messages_are_told_by_what_is_in_them(
    before: list[Document], after: list[Document], lines: list[str]
) -> None:
    found = told(kept(*before), kept(*after))
    assert [line for line in found if " bytes, sha256 " not in line] == lines
    assert (found == []) == (before == after)


def test_another_blob_is_told_by_size_and_hash() -> None:
    one, two = (
        message("blob", {"blob": {"base64": base64.b64encode(data).decode()}})
        for data in (b"\x00\xff", b"\x00\xff\xff")
    )
    gone, come = told(kept(one), kept(two))
    assert gone.startswith("message 1: - 2 bytes, sha256 ")
    assert come.startswith("message 1: + 3 bytes, sha256 ")


@pytest.mark.parametrize("count", [300, 5000])
def test_of_very_many_messages_the_different_ones_are_told(count: int) -> None:
    said = [text(f"message {number}") for number in range(count)]
    assert told(kept(*said), kept(*said[:-1], text("end"))) == [
        *(f"message {count}: - message {count - 1}", f"message {count}: + end"),
    ]


def test_very_many_messages_take_no_time() -> None:
    before, after = [text("same")] * 5000, [text("new"), *[text("same"), text("other")] * 2500]
    started = time.process_time()
    assert len(compare(kept(*before), kept(*after))) > 1000
    assert time.process_time() - started < 5


def test_an_error_is_told_without_the_lines_of_its_traceback() -> None:
    one, two = kept(error=("KeyError", "'a'")), kept(error=("KeyError", "'a'"))
    two.document["error"]["traceback"] = "line 8"
    assert told(one, two) == []
    assert told(one, kept(error=("ValueError", "'a'"))) == [
        *("error: - KeyError: 'a'", "error: + ValueError: 'a'"),
    ]
    assert told(kept(), one) == ["status: ~ ok -> error", "error: + KeyError: 'a'"]
    assert told(one, kept()) == ["status: ~ error -> ok", "error: - KeyError: 'a'"]
    assert told(kept(), kept(status="crashed")) == ["status: ~ ok -> crashed"]


def test_memory_is_told_by_key() -> None:
    one = kept(memory={"a": b'{"n": 1}', "b": b"x", "c": None, "e": b"e", "f": b"same"})
    two = kept(memory={"a": b'{"n": 2}', "c": b"y", "d": None, "e": None, "f": b"same"})
    assert told(one, two) == [
        *("memory a: ~ n: 1 -> 2", "memory b: ~ set -> left alone", "memory b: - x"),
        *("memory c: ~ deleted -> set", "memory c: + y", "memory d: ~ left alone -> deleted"),
        *("memory e: ~ set -> deleted", "memory e: - e"),
    ]


def test_a_response_is_told_by_its_parts() -> None:
    one = kept(response("one\n", Date="Mon", Content_Length="4", A="1"), kind="endpoint")
    two = kept(response("one\n", Date="Tue", Content_Length="4", A="2"), kind="endpoint")
    three = kept(response("two\n", 404, Content_Length="5", A="1"), kind="endpoint")
    assert told(one, one) == []
    assert told(one, two) == ['response headers: ~ A: "1" -> "2"']
    assert told(one, three) == [
        *("response status: ~ 200 -> 404", "response body: - one", "response body: + two"),
    ]
    assert told(one, kept(response(b"\xff"), kind="endpoint"))[-1].startswith(
        "response body: + 1 bytes, sha256 "
    )


def test_a_round_that_never_had_a_response_differs_from_one_that_has() -> None:
    killed = kept(kind="endpoint", status="crashed")
    found = told(killed, kept(response("body"), kind="endpoint"))
    assert found == [
        *("status: ~ crashed -> ok", "response status: ~ none -> 200", "response body: + body"),
    ]
    assert told(killed, killed) == []


def test_an_error_in_a_response_is_told_once() -> None:
    one, two = (
        kept(response(f"traceback {line}", 500), kind="endpoint", error=("KeyError", "'a'"))
        for line in (7, 8)
    )
    assert told(one, two) == []


def test_what_differs_from_round_to_round_is_left_out() -> None:
    def logged(start: float, *ids: str) -> list[Document]:
        url = f"http://127.0.0.1:{start}/-/files/{ids[0] * 11}/a%20b.png"
        logs: list[Document] = [
            {"id": ids[0], "parent_id": None, "label": "a", "metadata": {"started_at": start}},
            {"id": ids[1], "parent_id": ids[0], "label": "b", "metadata": None},
        ]
        return [text(f"see {url}"), *(message("log", each) for each in logs)]

    def round(number: int, *ids: str) -> KeptRound:
        times: Document = {"round": number, "started_at": str(number), "duration_ms": number}
        stored = logged(number, *ids)[0]["message"]["text"].encode()
        return kept(
            *logged(number, *ids), memory={"k": stored}, generation=number, notes=[number], **times
        )

    assert told(round(1, "ab", "cd"), round(2, "ef", "gh")) == []
    assert told(round(1, "ab", "cd"), round(2, "ef", "ef")) != []
