"""Files for tools: the SDK fetches a file parameter over HTTP, so it is served over HTTP.

S file/file.py: ``File.blob`` fetches ``url`` with a timeout of 5 s and follows no redirects.
"""

import mimetypes
import secrets
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from emulator.errors import UsageError
from emulator.server.http_server import HttpServer

_DOCUMENTS = (".txt", ".md", ".pdf", ".html", ".csv", ".json", ".xml", ".docx", ".xlsx", ".pptx")


class Files:
    """Files under names that cannot be guessed: ``/-/files/{token}/{name}``."""

    def __init__(self) -> None:
        self._files: dict[str, Path] = {}
        self.url = ""
        """Where this is served."""

    def offer(self, path: Path) -> dict[str, Any]:
        """Serve a file; gives what Dify passes to a tool for it (S file/entities.py).

        Raises UsageError if it is not there any more.
        """
        if not path.is_file():
            raise UsageError(f"{path}: there is no such file any more.")
        token = secrets.token_urlsafe(16)
        self._files[token] = path
        name = quote(path.name, safe="")
        mime_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return {
            "dify_model_identity": "__dify__file__",
            "url": f"{self.url}/-/files/{token}/{name}",
            "mime_type": mime_type,
            "filename": path.name,
            "extension": path.suffix,
            "size": path.stat().st_size,
            "type": _file_type(path, mime_type),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
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


class FileServer:
    """Files on a server of their own, for a command that needs nothing else served."""

    def __init__(self) -> None:
        self._files = Files()

    def __enter__(self) -> Files:
        self._server = HttpServer(self._files)
        self._files.url = f"http://127.0.0.1:{self._server.port}"
        return self._files

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.stop()


def _file_type(path: Path, mime_type: str) -> str:
    family = mime_type.partition("/")[0]
    if family in ("image", "audio", "video"):
        return family
    return "document" if path.suffix.lower() in _DOCUMENTS else "custom"
