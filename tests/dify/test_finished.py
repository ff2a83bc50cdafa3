"""What a round's plugin raised, as it shows in the way the round ended."""

import pytest

from emulator.dify.endpoint_response import EndpointResponse
from emulator.dify.finished import Failure, failure_of
from emulator.dify.session import Ended
from emulator.dify.tool_messages import ToolMessages

RAISED = Ended("error", {"type": "KeyError", "message": "'k'", "traceback": None})


def response(status: int, text: str) -> EndpointResponse:
    return EndpointResponse(status=status, body=bytearray(text.encode()))


def test_an_error_tells_its_type() -> None:
    assert failure_of(RAISED, ToolMessages()) == Failure("KeyError", "'k'")
    assert failure_of(RAISED, response(200, "begun")) == Failure("KeyError", "'k'")


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [(404, "no such thing", "no such thing"), (500, "Internal Server Error: 'k'", "'k'")],
)
def test_of_an_endpoints_error_the_sdk_makes_a_response(
    status: int, body: str, message: str
) -> None:
    assert failure_of(Ended("ok"), response(status, body)) == Failure(None, message)


def test_what_ended_otherwise_raised_nothing() -> None:
    died = {"type": "PluginCrashed", "message": "the plugin exited", "traceback": None}
    assert failure_of(Ended("crashed", died), ToolMessages()) is None
    assert failure_of(Ended("ok"), ToolMessages()) is None
    for status in (200, 400, 409, 503):
        assert failure_of(Ended("ok"), response(status, "Internal Server Error: 'k'")) is None
