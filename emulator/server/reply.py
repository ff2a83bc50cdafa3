"""A response written by a thread, sent by the event loop."""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from email.utils import formatdate

from starlette.types import Receive, Send

Headers = list[tuple[bytes, bytes]]

_LEFT_OUT = {204: {b"content-length"}, 304: {b"content-length", b"content-type"}}
"""Statuses without a body, and headers that net/http does not send with them."""

_LENGTH = re.compile(rb"[0-9]{1,18}")

BUFFERED_PIECES = 128
"""Pieces that Dify's daemon holds for a client that is slower than the plugin. It drops what comes
on top (D endpoint_service.go); here they are kept, and it is told."""


class Reply:
    """One response. A thread calls begin, add and end; hang-ups are told to it."""

    def __init__(self, send: Send, *, is_head: bool = False) -> None:
        self._send, self._is_head = send, is_head
        self._loop = asyncio.get_running_loop()
        self._parts: deque[tuple[int, Headers] | bytes | None] = deque()
        self._wake = asyncio.Event()
        self._left: int | None = None  # of the body that the client was promised
        self.overflowed = False
        """Whether the client was so slow that Dify would have dropped pieces."""

    # -- from the thread that writes

    def begin(self, status: int, headers: Headers) -> None:
        self._put((status, headers))

    def add(self, piece: bytes) -> None:
        if len(self._parts) > BUFFERED_PIECES:
            self.overflowed = True
        self._put(piece)

    def end(self) -> None:
        self._put(None)

    def _put(self, part: tuple[int, Headers] | bytes | None) -> None:
        self._parts.append(part)
        # Asked after it was put there: the loop takes a part away only when it has sent it, so with
        # another one before this it will come by here again.
        if len(self._parts) == 1:
            self._loop.call_soon_threadsafe(self._wake.set)

    # -- from the event loop

    async def run(self, receive: Receive, on_hang_up: Callable[[], None]) -> None:
        """Send what is written until its end, or until the client hangs up or cannot be sent it."""
        listening = asyncio.ensure_future(_wait_for_hang_up(receive))
        listening.add_done_callback(lambda done: None if done.cancelled() else self._wake.set())
        try:
            while True:
                while self._parts:
                    part = self._parts[0]
                    more = await self._send_part(part)
                    self._parts.popleft()
                    if not more:
                        return
                if listening.done() and self._left != 0:
                    return  # not a client that has all that it was promised, and closes
                await self._wake.wait()
                self._wake.clear()
        finally:
            listening.cancel()
            on_hang_up()  # whoever has ended by now does not mind

    async def _send_part(self, part: tuple[int, Headers] | bytes | None) -> bool:
        """Send one part; says whether there may be more."""
        if part is None:
            # A body shorter than was promised is not ended: its connection is, as by Go's server.
            if not self._left:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            return False
        if isinstance(part, tuple):
            await self._begin(*part)
            return True
        if self._left is not None:
            part = part[: self._left]
            self._left -= len(part)
        if part:
            await self._send({"type": "http.response.body", "body": part, "more_body": True})
        return True

    async def _begin(self, status: int, headers: Headers) -> None:
        left_out = _LEFT_OUT.get(status, set())
        sent: Headers = []
        for name, value in headers:
            if name.lower() == b"content-length":
                if not _LENGTH.fullmatch(value):
                    continue
                self._left = int(value)
            if name.lower() not in left_out:
                sent.append((name, value))
        if left_out or self._is_head:
            self._left = 0
        start = {"type": "http.response.start", "status": status, "headers": dated(sent)}
        await self._send(start)


def dated(headers: Headers) -> Headers:
    """Headers with a Date, as Go's server adds it."""
    if any(name.lower() == b"date" for name, _ in headers):
        return headers
    return [*headers, (b"date", formatdate(usegmt=True).encode())]


async def _wait_for_hang_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
