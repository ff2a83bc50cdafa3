"""HTTP as it stands on the wire: a connection that a test writes and reads piece by piece."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType

from tests.support.dev import Dev

SECONDS = 60


@dataclass(frozen=True)
class Head:
    """What comes before a body."""

    status: int
    headers: list[tuple[str, str]]

    def all(self, name: str) -> list[str]:
        """The values of a header, as often as it is there."""
        return [value for known, value in self.headers if known.lower() == name.lower()]


@dataclass(frozen=True)
class Answer(Head):
    """A whole response."""

    body: bytes


class Connection:
    """To a running ``dev``."""

    def __init__(
        self, dev: Dev, *, address: str = "127.0.0.1", receive_buffer: int | None = None
    ) -> None:
        self._socket = socket.socket()
        self._socket.settimeout(SECONDS)
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.connect((address, dev.port))
        self._read = self._socket.makefile("rb")

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._read.close()
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def ask(
        self,
        method: str,
        target: str,
        *headers: str,
        body: bytes = b"",
        host: str | None = "localhost",
        version: str = "1.1",
    ) -> None:
        """Send a request."""
        lines = [f"{method} {target} HTTP/{version}"]
        lines += [f"Host: {host}"] if host is not None else []
        lines += [*headers, *([f"Content-Length: {len(body)}"] if body else [])]
        self.send("\r\n".join([*lines, "", ""]).encode("utf-8") + body)

    def head(self) -> Head:
        """Read status and headers."""
        _, status, *_ = self._read.readline().split(b" ")
        headers = []
        while line := self._read.readline().decode("utf-8").removesuffix("\r\n"):
            name, _, value = line.partition(": ")
            headers.append((name, value))
        return Head(int(status), headers)

    def chunk(self) -> bytes:
        """Read one chunk of a body; the last is empty."""
        length = int(self._read.readline(), 16)
        data = self._read.read(length)
        assert self._read.readline() == b"\r\n"
        return data

    def chunks(self) -> Iterable[bytes]:
        """The rest of a body in chunks."""
        return iter(self.chunk, b"")

    def answer(self, *, has_body: bool = True) -> Answer:
        """Read a whole response."""
        head = self.head()
        if not has_body:
            body = b""
        elif length := head.all("Content-Length"):
            body = self._read.read(int(length[0]))
        elif head.all("Transfer-Encoding") == ["chunked"]:
            body = b"".join(self.chunks())
        else:
            body = self.rest()
        return Answer(head.status, head.headers, body)

    def rest(self) -> bytes:
        """Everything until the other side closes."""
        return self._read.read()
