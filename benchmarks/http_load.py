"""Load on one path over HTTP, from a process of its own: ``python -m benchmarks.http_load``.

Raw sockets and one selector: it takes a small part of what the server takes for a request.
"""

import argparse
import json
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import asdict

from benchmarks.load import Load
from benchmarks.rows import ROOT

_READ_BYTES = 65536
_LOOK_SECONDS = 1.0


def load_over_http(port: int, path: str, body: bytes, connections: int, seconds: float) -> Load:
    """Keep so many requests under way for so long."""
    command = [sys.executable, "-m", "benchmarks.http_load", path, body.decode()]
    numbers = [str(port), str(connections), str(seconds)]
    output = subprocess.run([*command, *numbers], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return Load(**json.loads(output.stdout))


class _Connection:
    """One request after the other, each as soon as the one before it is answered."""

    def __init__(self, port: int, request: bytes, body: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request, self._body = request, body
        self._received = b""
        self._asked_at = 0.0

    def ask(self) -> None:
        self._asked_at = time.perf_counter()
        self.socket.sendall(self._request)

    def answered(self, load: Load) -> bool:
        """Read what has come; says whether it completes an answer."""
        data = self.socket.recv(_READ_BYTES)
        if not data:
            raise RuntimeError("the server has closed the connection")
        self._received += data
        head, blank, body = self._received.partition(b"\r\n\r\n")
        if not blank:
            return False
        at = head.lower().index(b"content-length:") + len(b"content-length:")
        length = int(head[at:].split(b"\r", 1)[0])
        if len(body) < length:
            return False
        self._received = b""
        load.latencies.append(time.perf_counter() - self._asked_at)
        load.failed += not head.startswith(b"HTTP/1.1 200") or body != self._body
        return True


def _run(port: int, path: str, body: bytes, connections: int, seconds: float) -> Load:
    request = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % (path.encode(), port)
    load = Load()
    with selectors.DefaultSelector() as selector:
        opened = [_Connection(port, request, body) for _ in range(connections)]
        for each in opened:
            selector.register(each.socket, selectors.EVENT_READ, each)
        with load.measured():
            end = time.perf_counter() + seconds
            for each in opened:
                each.ask()
            under_way = connections
            while under_way:
                for key, _ in selector.select(_LOOK_SECONDS):
                    if key.data.answered(load):
                        if time.perf_counter() < end:
                            key.data.ask()
                        else:
                            under_way -= 1
        for each in opened:
            each.socket.close()
    return load


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("body")
    parser.add_argument("port", type=int)
    parser.add_argument("connections", type=int)
    parser.add_argument("seconds", type=float)
    given = parser.parse_args()
    load = _run(given.port, given.path, given.body.encode(), given.connections, given.seconds)
    print(json.dumps(asdict(load)))


if __name__ == "__main__":
    main()
