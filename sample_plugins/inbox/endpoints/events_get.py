from collections.abc import Mapping
from typing import Any

from dify_plugin import Endpoint
from inbox_http import guarded
from inbox_store import Inbox
from werkzeug import Request, Response


class EventsGetEndpoint(Endpoint):
    @guarded
    def _invoke(
        self, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Response:
        lines = (event + b"\n" for event in Inbox(self.session.storage).events())
        return Response(lines, content_type="application/x-ndjson")
