"""The emulator's own API, by which ``run`` and ``request`` use the generations of a running dev.

``POST /-/api/rounds`` takes ``folder``, ``workspace``, ``timeout``, ``call`` and ``reruns``, and
answers with lines of JSON as the round goes on: ``tool_message``, ``response``, ``log``, and at
last ``round`` (its document, with ``stale``) or ``error``.
"""

import base64
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from starlette.types import Receive, Scope, Send

from emulator.dify.calls import Call, read_call
from emulator.dify.endpoint_response import EndpointResponse
from emulator.dify.round import RunningCall, Watcher
from emulator.errors import EmulatorError, NotThereError, UsageError
from emulator.runtime.running import PluginLog
from emulator.server.endpoints import ROUNDS_AT_ONCE
from emulator.server.reply import Reply

_LINES = b"application/x-ndjson"


class Host(Protocol):
    """A plugin that is served."""

    @property
    def folder(self) -> Path: ...

    def call_for(
        self,
        call: Call,
        workspace: str,
        timeout: float,
        watcher: Watcher,
        running: RunningCall,
        *,
        reruns: bool,
    ) -> tuple[dict[str, Any], str | None]:
        """Run a round for another process; gives its document, and why it is stale if it is.

        ``reruns`` has the call made again on new code. Raises EmulatorError.
        """


class Api:
    """The ASGI application under ``/-/api/``."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        self._hosts = list(hosts)
        self._rounds = ThreadPoolExecutor(ROUNDS_AT_ONCE, thread_name_prefix="api")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read_all(receive)
        reply, running = Reply(send), RunningCall()
        reply.begin(200, [(b"content-type", _LINES)])
        self._rounds.submit(self._run, body, reply, running)
        await reply.run(receive, running.hang_up)

    def _run(self, body: bytes, reply: Reply, running: RunningCall) -> None:
        lines = _Lines(reply)
        try:
            asked = _read(body)
            host = self._find(asked.folder)
            document, stale = host.call_for(
                asked.call, asked.workspace, asked.timeout, lines, running, reruns=asked.reruns
            )
            lines.write({"round": document, "stale": stale})
        except EmulatorError as error:
            lines.write_error(error)
        except Exception as error:  # a bug of ours: whoever asks is told
            lines.write_error(EmulatorError(f"dify-emulator: {type(error).__name__}: {error}"))
            raise
        finally:
            reply.end()

    def _find(self, folder: Path) -> Host:
        for host in self._hosts:
            if host.folder == folder:
                return host
        raise NotThereError(f"{folder} is not served here.")


@dataclass(frozen=True, slots=True)
class _Asked:
    folder: Path
    workspace: str
    timeout: float
    call: Call
    reruns: bool


def _read(body: bytes) -> _Asked:
    """What is asked for. Raises UsageError."""
    try:
        asked = json.loads(body)
        folder, call = Path(asked["folder"]), read_call(asked["call"])
        return _Asked(folder, asked["workspace"], asked["timeout"], call, asked.get("reruns", True))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(f"This is no call: {type(error).__name__}: {error}") from None


class _Lines:
    """Watches a round and writes what it sees."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def on_tool_message(self, message: dict[str, Any]) -> None:
        self.write({"tool_message": message})

    def on_response(self, response: EndpointResponse, piece: bytes) -> None:
        head = {"status": response.status, "headers": response.headers, "sent": response.head_sent}
        self.write({"response": head, "piece": base64.b64encode(piece).decode()})

    def on_log(self, log: PluginLog) -> None:
        self.write({"log": asdict(log)})

    def write_error(self, error: EmulatorError) -> None:
        told = {name: getattr(error, name) for name in ("message", "advice", "details")}
        self.write({"error": {"kind": type(error).__name__, **told}})

    def write(self, document: dict[str, Any]) -> None:
        self._reply.add(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


async def _read_all(receive: Receive) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)
