"""Endpoints over HTTP, as Dify serves them under ``/e/{hook_id}`` (D internal/server/endpoint.go).

The route, the words of what is not found and what becomes of a response's headers are Dify's; what
the plugin is sent is :mod:`emulator.dify.endpoint_request`.
"""

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from html import escape
from typing import Any, Protocol

from starlette.types import Receive, Scope, Send

from emulator.dify.endpoint_request import IncomingRequest, canonical, is_token, one_line, unescape
from emulator.dify.endpoint_response import EndpointResponse, go_json
from emulator.dify.production import BODY_BYTES, METHODS
from emulator.dify.round import RunningCall, Watcher
from emulator.errors import EmulatorError
from emulator.runtime.load_failure import WHOLE_TRACEBACK
from emulator.runtime.running import PluginLog
from emulator.server.reply import Headers, Reply, dated

ROUNDS_AT_ONCE = 1000  # as many as the SDK handles (S config/config.py, MAX_WORKER)

# The route is matched on the decoded path, so that an escaped slash ends a hook id as well.
_PATH = re.compile(rb"/e/(?P<hook>(?:(?!/|%2[Ff]).)*)(?:/|%2[Ff])(?P<tail>.*)", re.DOTALL)
_WITHOUT_TAIL = re.compile(rb"/e/[^/]+")

_UNWRITABLE = re.compile(rb"[\x00\v\f\x7f]")  # in a header, for our server

_JSON = b"application/json; charset=utf-8"
_TEXT = b"text/plain; charset=utf-8"
_NO_ROUTE = '{"code":"not_found","message":"route not found"}'


class Responder(Watcher, Protocol):
    """Takes a response as the plugin makes it. Called from the thread of the round."""

    def mark(self, name: str, value: str) -> None:
        """Add a header of the emulator's own, before the response begins."""

    @property
    def overflowed(self) -> bool:
        """Whether the client was so slow that Dify would have dropped pieces."""


class Target(Protocol):
    """A plugin whose endpoints are served."""

    @property
    def hook_id(self) -> str: ...

    def respond(self, request: IncomingRequest, responder: Responder, running: RunningCall) -> None:
        """Run a round for a request; returns when it is over. Raises EmulatorError."""


class Endpoints:
    """The ASGI application under ``/e/``."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._targets = list(targets)
        self._rounds = ThreadPoolExecutor(ROUNDS_AT_ONCE, thread_name_prefix="round")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: bytes = scope["raw_path"]
        found = _PATH.fullmatch(path)
        if scope["method"] not in METHODS or found is None:
            if scope["method"] in METHODS and _WITHOUT_TAIL.fullmatch(path):
                await _redirect(send, scope, path + b"/")
            else:
                await refuse(send, 404, _NO_ROUTE, _JSON)
            return
        target = self._find(found["hook"])
        if target is None:
            await refuse(send, 404, _NOT_FOUND, _JSON)
            return
        body = await _read_body(receive)
        if body is not None:
            request = _incoming(scope, b"/" + found["tail"], body)
            await self._respond(target, request, receive, send)

    def stop(self) -> None:
        """Take no more requests. Rounds that run are left to whoever runs them."""
        self._rounds.shutdown(wait=False, cancel_futures=True)

    def _find(self, hook_id: bytes) -> Target | None:
        name = unescape(hook_id, plus=False)
        return next((each for each in self._targets if each.hook_id.encode() == name), None)

    async def _respond(
        self, target: Target, request: IncomingRequest, receive: Receive, send: Send
    ) -> None:
        reply, running = Reply(send, is_head=request.method == "HEAD"), RunningCall()
        try:
            self._rounds.submit(_run, target, request, reply, running)
        except RuntimeError:  # the rounds have been stopped
            await refuse(send, 503, "dev is ending.\n", _TEXT)
            return
        await reply.run(receive, running.hang_up)


def _run(target: Target, request: IncomingRequest, reply: Reply, running: RunningCall) -> None:
    response = _Response(reply)
    try:
        target.respond(request, response, running)
    except EmulatorError as error:
        advice = "" if error.advice == WHOLE_TRACEBACK else error.advice
        parts = (error.message, advice, error.details.rstrip())
        response.fail(503, "\n".join(part for part in parts if part) + "\n")
    except Exception as error:  # a bug of ours: the client is told, and does not wait
        response.fail(500, f"dify-emulator: {type(error).__name__}: {error}\n")
        raise
    finally:
        reply.end()


class _Response:
    """Writes a plugin's response into a reply."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._begun = False
        self._marks: Headers = []

    @property
    def overflowed(self) -> bool:
        return self._reply.overflowed

    def mark(self, name: str, value: str) -> None:
        self._marks.append((name.encode(), value.encode()))

    def on_tool_message(self, message: dict[str, Any]) -> None:
        raise AssertionError("an endpoint has no messages")

    def on_log(self, log: PluginLog) -> None:
        pass  # whoever shows the round shows its log

    def on_response(self, response: EndpointResponse, piece: bytes) -> None:
        if not self._begun:
            if not response.head_sent:
                return
            self._begun = True
            headers = [*_writable(response.headers), *self._marks]
            self._reply.begin(_final(response.status), headers)
        self._reply.add(piece)

    def fail(self, status: int, text: str) -> None:
        """Say what kept the emulator from running the round."""
        if not self._begun:
            self._begun = True
            data = text.encode()
            length = (b"content-length", b"%d" % len(data))
            self._reply.begin(status, [(b"content-type", _TEXT), length, *self._marks])
            self._reply.add(data)


def _final(status: int) -> int:
    """The status that net/http sends: an informational one is followed by a 200, and for what is
    no status it panics, of which gin makes a 500."""
    if 100 <= status < 200:
        return 200
    return status if 200 <= status <= 999 else 500


def _writable(headers: dict[str, str]) -> Headers:
    """Headers as net/http writes them: names that are none are left out, values made one line."""
    written = []
    for name, value in headers.items():
        if is_token(name.encode()) and name.lower() != "transfer-encoding":
            line = one_line(_UNWRITABLE.sub(b" ", value.encode("utf-8", "replace")))
            written.append((canonical(name.encode()), line))
    return written


def _incoming(scope: Scope, path: bytes, body: bytes) -> IncomingRequest:
    given: Headers = scope["headers"]
    hosts = [value for name, value in given if name == b"host"]
    connection = b",".join(value.lower() for name, value in given if name == b"connection")
    # ASGI does not tell a lone "?" from none.
    query: bytes = scope["query_string"]
    return IncomingRequest(
        method=scope["method"],
        path=path,
        query=query or None,
        headers=[(name, value) for name, value in given if name != b"host"],
        body=body,
        host=hosts[-1].decode("latin-1") if hosts else "",
        closes=scope["http_version"] == "1.0" and b"keep-alive" not in connection,
    )


async def _read_body(receive: Receive) -> bytes | None:
    """The body, with one byte more than Dify takes if it is larger; None if the client hung up."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")[: BODY_BYTES + 1 - len(body)]
        if not message.get("more_body"):
            return bytes(body)


async def _redirect(send: Send, scope: Scope, path: bytes) -> None:
    """gin's answer to a route that lacks its trailing slash."""
    query: bytes = scope["query_string"]
    location = path + (b"?" + query if query else b"")
    is_get = scope["method"] == "GET"
    link = escape(location.decode("latin-1"))
    text = f'<a href="{link}">Moved Permanently</a>.\n\n' if is_get else ""
    await refuse(
        send, 301 if is_get else 307, text, b"text/html; charset=utf-8", (b"location", location)
    )


async def refuse(
    send: Send, status: int, body: str, kind: bytes, *more: tuple[bytes, bytes]
) -> None:
    """A whole response."""
    data = body.encode()
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(data)), *more]
    await send({"type": "http.response.start", "status": status, "headers": dated(headers)})
    await send({"type": "http.response.body", "body": data})


def _daemon_error(code: int, message: str, kind: str) -> str:
    inner = {"message": message, "error_type": kind, "args": None}
    return go_json({"code": code, "message": go_json(inner), "data": None})


_NOT_FOUND = _daemon_error(-400, "endpoint not found", "PluginDaemonBadRequestError")
