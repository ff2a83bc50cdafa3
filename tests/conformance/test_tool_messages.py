"""What the platform makes of a tool's messages: files merged, variables joined, logs updated."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.conformance.case import Case, each, rows
from tests.conformance.system import Output, ToolOutputSystem

MERGE = "P core/plugin/utils/chunk_merger.py (merge_blob_chunks)"
NODE = "P core/workflow/nodes/tool/tool_node.py (_transform_message)"
NAMES = "P core/tools/entities/tool_entities.py (ToolInvokeMessage.VariableMessage)"
SPLIT = "S plugin.py:573-619: files go in pieces of 8192 bytes and an empty one at their end"

MOST = 30 << 20
PIECE = 8192

Message = Mapping[str, Any]


def _message(kind: str, message: Message, meta: Message | None = None) -> Message:
    return {"type": kind, "message": message, "meta": meta}


def text(words: str) -> Message:
    return _message("text", {"text": words})


def variable(name: str, value: Any, stream: bool = False) -> Message:
    return _message("variable", {"variable_name": name, "variable_value": value, "stream": stream})


def log(id: str, status: str, **more: Any) -> Message:
    plain: Message = {"label": "l", "parent_id": None, "error": None, "data": {}, "metadata": None}
    return _message("log", {**plain, "id": id, "status": status, **more})


def chunk(id: str, blob: bytes, *, end: bool = False, meta: Message | None = None) -> Message:
    encoded = base64.b64encode(blob).decode()
    body = {"id": id, "sequence": 0, "total_length": len(blob), "blob": encoded, "end": end}
    return _message("blob_chunk", body, meta)


def file(id: str, content: bytes, meta: Message | None = None) -> list[Message]:
    """A file as the SDK sends it."""
    starts = range(0, len(content), PIECE)
    pieces = [chunk(id, content[start : start + PIECE], meta=meta) for start in starts]
    return [*pieces, chunk(id, b"", end=True, meta=meta)]


@dataclass(frozen=True, slots=True)
class Collected(Case):
    """Messages, and the part of what they make that the row is about."""

    messages: Sequence[Message]
    text: str = ""
    json: Sequence[Any] = ()
    files: Sequence[tuple[bytes, Any]] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)

    @property
    def output(self) -> Output:
        return Output(None, self.text, list(self.json), list(self.files), self.variables)


PNG = {"mime_type": "image/png"}
TWENTY = bytes(range(256)) * 80

FILES = {
    "a file is merged": (file("1", TWENTY, PNG), "", (), [(TWENTY, PNG)]),
    "a file of one piece": (file("1", b"abc"), "", (), [(b"abc", None)]),
    "an empty file": (file("1", b""), "", (), [(b"", None)]),
    "the last piece may have content": (
        [chunk("1", b"abc"), chunk("1", b"def", end=True)],
        "",
        (),
        [(b"abcdef", None)],
    ),
    "files may come in turns, and are told in the order of their ends": (
        [
            chunk("1", b"a"),
            chunk("2", b"b"),
            chunk("1", b"a"),
            chunk("2", b"", end=True),
            chunk("1", b"", end=True),
        ],
        "",
        (),
        [(b"b", None), (b"aa", None)],
    ),
    "an id may be used again": (
        [*file("1", b"a"), *file("1", b"b")],
        "",
        (),
        [(b"a", None), (b"b", None)],
    ),
    "the meta of the last piece counts": (
        [chunk("1", b"a", meta={"a": 1}), chunk("1", b"", end=True, meta=PNG)],
        "",
        (),
        [(b"a", PNG)],
    ),
    "a file that does not end is lost": ([chunk("1", b"a"), text("x")], "x"),
    "8192 bytes fit into a piece": (
        [chunk("1", b"x" * PIECE), chunk("1", b"", end=True)],
        "",
        (),
        [(b"x" * PIECE, None)],
    ),
}

TEXTS = {
    "texts are joined": ([text("a"), text("b"), text("\n")], "ab\n"),
    "links are told as lines of the text": (
        [text("see "), _message("link", {"text": "http://x"})],
        "see Link: http://x\n",
    ),
    "objects are listed": (
        [_message("json", {"json_object": {"a": 1}}), _message("json", {"json_object": [1]})],
        "",
        [{"a": 1}, [1]],
    ),
}

NONE: tuple[Any, ...] = ("", (), ())
VARIABLES = {
    "a variable has its value": ([variable("v", 5)], *NONE, {"v": 5}),
    "the last value of a variable counts": ([variable("v", 1), variable("v", 2)], *NONE, {"v": 2}),
    "values may be of any kind of JSON": (
        [variable("a", {"x": [1]}), variable("b", None), variable("c", True)],
        *NONE,
        {"a": {"x": [1]}, "b": None, "c": True},
    ),
    "the pieces of a stream are joined": (
        [variable("v", "a", True), text("x"), variable("v", "b", True)],
        "x",
        (),
        (),
        {"v": "ab"},
    ),
    "streams of several variables do not mix": (
        [variable("v", "a", True), variable("w", "1", True), variable("v", "b", True)],
        *NONE,
        {"v": "ab", "w": "1"},
    ),
    "a value after a stream replaces it": (
        [variable("v", "a", True), variable("v", "z")],
        *NONE,
        {"v": "z"},
    ),
    "a stream after a value goes on from it": (
        [variable("v", "z"), variable("v", "a", True)],
        *NONE,
        {"v": "za"},
    ),
}


@each([*rows(Collected, MERGE, FILES), *rows(Collected, NODE, {**TEXTS, **VARIABLES})])
def test_messages(case: Collected, tool_outputs: ToolOutputSystem) -> None:
    output = tool_outputs.collect(case.messages)
    assert replace(output, logs=()) == case.output


def test_logs_with_one_id_are_one_entry(tool_outputs: ToolOutputSystem) -> None:
    """P core/workflow/nodes/tool/tool_node.py: found again by its id, it gets the later fields."""
    output = tool_outputs.collect(
        [log("1", "start"), log("2", "start"), log("1", "success", data={"n": 1})]
    )
    told = [(entry["id"], entry["status"], entry["data"]) for entry in output.logs]
    assert told == [("1", "success", {"n": 1}), ("2", "start", {})]


# -- what the platform refuses


@dataclass(frozen=True, slots=True)
class Refusal(Case):
    messages: Sequence[Message]
    error: str


def _large(size: int) -> list[Message]:
    pieces = [chunk("1", bytes(PIECE))] * (size // PIECE)
    return [*pieces, chunk("1", bytes(size % PIECE)), chunk("1", b"", end=True)]


FILE_LIMIT = "File is too large which reached the limit of 30.0MB"
PIECE_LIMIT = "File chunk is too large which reached the limit of 8.0KB"
NOT_TEXT = "When 'stream' is True, 'variable_value' must be a string."

REFUSED = [
    Refusal("a file over 30 MiB", MERGE, _large(MOST + 1), FILE_LIMIT),
    Refusal("a piece over 8192 bytes", MERGE, [chunk("1", bytes(PIECE + 1))], PIECE_LIMIT),
    Refusal("a piece over 30 MiB", MERGE, [chunk("1", bytes(MOST + 1))], FILE_LIMIT),
    *(
        Refusal(
            f"the variable {name}",
            NAMES,
            [variable(name, 1)],
            f"The variable name '{name}' is reserved.",
        )
        for name in ("json", "text", "files")
    ),
    Refusal("a stream of numbers", NAMES, [variable("v", 1, True)], NOT_TEXT),
    Refusal(
        "a stream that goes on with a number",
        NAMES,
        [variable("v", "a", True), variable("v", 1, True)],
        NOT_TEXT,
    ),
]


@each(REFUSED)
def test_what_is_refused(case: Refusal, tool_outputs: ToolOutputSystem) -> None:
    output = tool_outputs.collect(case.messages)
    assert output.error is not None
    assert case.error in output.error


def test_a_file_of_30_mib_is_taken(tool_outputs: ToolOutputSystem) -> None:
    """P core/plugin/utils/chunk_merger.py: the limit itself is allowed."""
    output = tool_outputs.collect(_large(MOST))
    assert output.error is None
    assert [len(content) for content, _ in output.files] == [MOST]


def test_names_close_to_the_reserved_ones_are_free(tool_outputs: ToolOutputSystem) -> None:
    """P core/tools/entities/tool_entities.py: the names as they are, capitals count."""
    output = tool_outputs.collect([variable("Json", 1), variable("texts", 2)])
    assert output.variables == {"Json": 1, "texts": 2}
