"""The line that starts a tool call, as a whole."""

import json
from dataclasses import dataclass

from tests.conformance.case import Case, each
from tests.conformance.system import SESSION, Call, ToolRequestSystem

LINE = "D core/session_manager/session.go:285-324 (Message), core/io_tunnel/mapping.go:9-34"


@dataclass(frozen=True, slots=True)
class Line(Case):
    """A call, and the line without the session's id."""

    call: Call
    line: str


CASES = [
    Line(
        "from an app, all ids are set",
        LINE,
        Call(
            given={"z": 1, "a": 5.0},
            credentials={"k": "v"},
            conversation_id="c",
            message_id="m",
            app_id="a",
        ),
        '{"session_id":"%s","conversation_id":"c","message_id":"m","app_id":"a",'
        '"endpoint_id":null,"context":null,"event":"request","data":{"action":"invoke_tool",'
        '"credential_type":"api-key","credentials":{"k":"v"},"provider":"p","tool":"t",'
        '"tool_parameters":{"a":5,"z":1},"type":"tool","user_id":"u1"}}\n',
    ),
    Line(
        "from the tool's test page, all ids are null",
        LINE,
        Call(user_id="u"),
        '{"session_id":"%s","conversation_id":null,"message_id":null,"app_id":null,'
        '"endpoint_id":null,"context":null,"event":"request","data":{"action":"invoke_tool",'
        '"credential_type":"api-key","credentials":{},"provider":"p","tool":"t",'
        '"tool_parameters":{},"type":"tool","user_id":"u"}}\n',
    ),
]


@each(CASES)
def test_the_line(case: Line, tool_requests: ToolRequestSystem) -> None:
    line = tool_requests.line(case.call)
    session = json.loads(line)["session_id"]
    assert line.decode().replace(session, "%s") == case.line


def test_a_session_id_is_as_long_as_a_uuid(tool_requests: ToolRequestSystem) -> None:
    """D core/session_manager/session.go:102 (uuid.New): lengths of lines depend on it."""
    session = json.loads(tool_requests.line(Call()))["session_id"]
    assert len(session) == len(SESSION)


def test_a_line_has_no_newline_inside(tool_requests: ToolRequestSystem) -> None:
    """D core/local_runtime/io.go:79: the plugin reads to the first one."""
    line = tool_requests.line(Call(given={"a": "b\nc\r\n"}))
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
