"""A round that has ended, for whoever looks for more in it than it says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from emulator.dify.endpoint_response import EndpointResponse
from emulator.dify.invocation import Invocation
from emulator.dify.notes import Note
from emulator.dify.session import Collector, Ended
from emulator.dify.storage import Storage
from emulator.workspace.recording import Operation

_RAISED_STATUSES = (404, 500)
_RAISED_PREFIX = "Internal Server Error: "
_MOST_TEXT = 4096


@dataclass(frozen=True, slots=True)
class Failure:
    """The exception of the plugin's code that ended a round."""

    type: str | None
    """Its class; None of an endpoint's, of which the SDK makes a response with the text alone."""
    message: str


@dataclass(frozen=True, slots=True)
class Finished:
    """What is looked at."""

    number: int
    invocation: Invocation
    code: str | None
    """A digest of the plugin's code."""
    storage: Storage
    operations: list[Operation]
    """In their order; of very many only the first."""
    failure: Failure | None
    read_code: Callable[[], Mapping[str, bytes]]
    """The plugin's modules, perhaps as they have become since: the digest tells."""


Examine = Callable[[Finished], list[Note]]


def failure_of(ended: Ended, collector: Collector) -> Failure | None:
    """What the plugin's code raised, if it did (S core/server/io_server.py, plugin_executor.py)."""
    if ended.status == "error" and ended.error is not None:
        return Failure(ended.error["type"], ended.error["message"])
    if isinstance(collector, EndpointResponse) and collector.status in _RAISED_STATUSES:
        text = collector.body[:_MOST_TEXT].decode("utf-8", "replace")
        return Failure(None, text.removeprefix(_RAISED_PREFIX))
    return None
