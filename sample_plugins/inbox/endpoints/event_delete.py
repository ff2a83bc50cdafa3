from collections.abc import Mapping
from typing import Any

from dify_plugin import Endpoint
from inbox_http import guarded
from inbox_store import Inbox
from werkzeug import Request, Response


class EventDeleteEndpoint(Endpoint):
    @guarded
    def _invoke(
        self, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Response:
        Inbox(self.session.storage).delete_event(values["event_id"])
        return Response(status=204)
