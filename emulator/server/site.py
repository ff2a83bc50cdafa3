"""All that one ``dev`` serves: endpoints under ``/e/``, its own under ``/-/``."""

from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.server.endpoints import refuse
from emulator.server.guard import why_refused

_TEXT = b"text/plain; charset=utf-8"


class Site:
    """The ASGI application of a server."""

    def __init__(self, endpoints: ASGIApp, files: ASGIApp, api: ASGIApp) -> None:
        self._endpoints, self._files, self._api = endpoints, files, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if not path.startswith("/-/"):
            await self._endpoints(scope, receive, send)
        elif why := why_refused(scope):
            await refuse(send, 403, f"Refused: {why}.\n", _TEXT)
        elif path.startswith("/-/files/"):
            await self._files(scope, receive, send)
        elif path == "/-/api/rounds" and scope["method"] == "POST":
            await self._api(scope, receive, send)
        else:
            await refuse(send, 404, "There is no such page.\n", _TEXT)
