"""An ASGI application served over HTTP from a thread of its own."""

import logging
import os
import socket
import threading

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES

from emulator.errors import UsageError

_KEEP_ALIVE_SECONDS = 75  # Go's server, and so Dify, keeps idle connections open
_HEADER_BYTES = 1 << 20  # as many as Go's server takes
_LAST_WORDS_SECONDS = 0.3
"""How long responses are given that are about to end."""
_ENDING_SECONDS = 1.0
_BACKLOG = 2048  # as uvicorn has it


class HttpServer:
    """Listens from when it is made, on 127.0.0.1 unless told otherwise."""

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> None:
        """Port 0 takes any that is free. Raises UsageError if there is no listening there."""
        try:
            self._socket = _listen(host, port)
        except (OSError, OverflowError) as error:
            why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
            raise UsageError(
                f"Nothing can listen on {host}:{port}: {why}.",
                advice="Choose another with --port; 0 takes any that is free.",
            ) from None
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            interface="asgi3",  # which uvicorn does not guess of a method
            http="h11",  # not another that happens to be installed
            ws="none",  # Dify passes on a request for an upgrade like any other
            log_config=None,
            lifespan="off",
            server_header=False,
            date_header=False,
            h11_max_incomplete_event_size=_HEADER_BYTES,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="http", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End now; connections that are still open are closed."""
        self._server.should_exit = True
        self._thread.join(_LAST_WORDS_SECONDS)
        logging.getLogger("uvicorn.error").disabled = True  # what is cut off now is no bug
        self._server.force_exit = True
        self._thread.join(_ENDING_SECONDS)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol has to be named: asyncio sets TCP_NODELAY only where it is, and without that
    # the end of every response waits for the delayed acknowledgement of its head, 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def _is_bug(record: logging.LogRecord) -> bool:
    return record.exc_info is not None


# What a client sends, or a plugin does not, is nothing to tell between the lines of a terminal.
logging.getLogger("uvicorn.error").addFilter(_is_bug)

# A status that HTTP does not know is sent all the same, as Go's server does.
STATUS_PHRASES.update(dict.fromkeys(range(600, 1000), b""))
