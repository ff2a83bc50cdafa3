from collections.abc import Mapping
from typing import Any

from dify_plugin import Endpoint
from inbox_http import guarded
from inbox_store import Inbox
from werkzeug import Request, Response


class EventGetEndpoint(Endpoint):
    @guarded
    def _invoke(
        self, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Response:
        event = Inbox(self.session.storage).event(values["event_id"])
        return Response(event, content_type="application/json")
