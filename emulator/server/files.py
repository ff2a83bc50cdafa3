"""Files for tools: the SDK fetches a file parameter over HTTP, so it is served over HTTP.

S file/file.py: ``File.blob`` fetches ``url`` with a timeout of 5 s and follows no redirects.
"""

import mimetypes
import secrets
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import uvicorn
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

_DOCUMENTS = (".txt", ".md", ".pdf", ".html", ".csv", ".json", ".xml", ".docx", ".xlsx", ".pptx")


class FileServer:
    """Serves the files it was given, each under a name that cannot be guessed, on 127.0.0.1."""

    def __init__(self) -> None:
        self._files: dict[str, Path] = {}
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",  # which uvicorn does not guess of a method
            host="127.0.0.1",
            port=0,
            log_config=None,
            lifespan="off",
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server.listening.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join()

    def offer(self, path: Path) -> dict[str, Any]:
        """Serve a file; gives what Dify passes to a tool for it (S file/entities.py)."""
        token = secrets.token_urlsafe(16)
        self._files[token] = path
        name = quote(path.name, safe="")
        mime_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return {
            "dify_model_identity": "__dify__file__",
            "url": f"http://127.0.0.1:{self._server.port}/-/files/{token}/{name}",
            "mime_type": mime_type,
            "filename": path.name,
            "extension": path.suffix,
            "size": path.stat().st_size,
            "type": _file_type(path, mime_type),
        }

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._response(scope)(scope, receive, send)

    def _response(self, scope: Scope) -> Response:
        # Not routed: a file's name may hold anything, also what a pattern would stop at.
        _, *parts = scope["path"].split("/", 4)
        path = self._files.get(parts[2]) if parts[:2] == ["-", "files"] and parts[2:] else None
        if path is None or not path.is_file():
            return Response(status_code=404)
        if scope["method"] not in ("GET", "HEAD"):
            return Response(status_code=405)
        return FileResponse(path)


class _Server(uvicorn.Server):
    """A server that says when it listens, and where; signals stay with the main thread."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()
        self.port = 0

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.port = self.servers[0].sockets[0].getsockname()[1]
        self.listening.set()

    def install_signal_handlers(self) -> None:
        pass


def _file_type(path: Path, mime_type: str) -> str:
    family = mime_type.partition("/")[0]
    if family in ("image", "audio", "video"):
        return family
    return "document" if path.suffix.lower() in _DOCUMENTS else "custom"
