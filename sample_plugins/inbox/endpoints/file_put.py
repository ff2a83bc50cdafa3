from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from dify_plugin import Endpoint
from inbox_http import answer, body_of, guarded
from inbox_store import Inbox
from werkzeug import Request, Response


class FilePutEndpoint(Endpoint):
    @guarded
    def _invoke(
        self, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Response:
        name = unquote(values["name"])  # some SDK versions (0.7.4 is one) leave it encoded
        content_type = r.headers.get("Content-Type") or "application/octet-stream"
        content = body_of(r)
        Inbox(self.session.storage).save_file(name, content_type, content)
        return answer({"name": name, "size": len(content), "content_type": content_type}, 201)
