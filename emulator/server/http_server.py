"""An ASGI application served over HTTP from a thread of its own."""

import os
import socket
import threading

import uvicorn
from starlette.types import ASGIApp

from emulator.errors import UsageError

_KEEP_ALIVE_SECONDS = 75  # Go's server, and so Dify, keeps idle connections open
_ENDING_SECONDS = 1.0


class HttpServer:
    """Listens from when it is made, on 127.0.0.1 unless told otherwise."""

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> None:
        """Port 0 takes any that is free. Raises UsageError if there is no listening there."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._socket = socket.create_server((host, port), family=family)
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
            log_config=None,
            lifespan="off",
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="http", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End now; connections that are still open are closed."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(_ENDING_SECONDS)
