from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from dify_plugin import Endpoint
from inbox_http import guarded
from inbox_store import Inbox
from werkzeug import Request, Response

CHUNK_BYTES = 64 * 1024


class FileGetEndpoint(Endpoint):
    @guarded
    def _invoke(
        self, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Response:
        name = unquote(values["name"])  # some SDK versions (0.7.4 is one) leave it encoded
        content_type, content = Inbox(self.session.storage).file(name)
        return Response(_chunks(content), content_type=content_type)


def _chunks(content: bytes) -> Iterator[bytes]:
    # A generator, so that the SDK writes one short line a chunk and not one huge line.
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]
