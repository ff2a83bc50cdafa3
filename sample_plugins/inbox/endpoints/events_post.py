import json
from collections.abc import Mapping
from typing import Any

from dify_plugin import Endpoint
from inbox_http import answer, body_of, guarded
from inbox_store import Inbox
from werkzeug import Request, Response
from werkzeug.exceptions import BadRequest


class EventsPostEndpoint(Endpoint):
    @guarded
    def _invoke(
        self, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Response:
        try:
            data = json.loads(body_of(r))
        except (ValueError, RecursionError) as error:
            # The SDK would turn a ValueError into a 404.
            raise BadRequest(f"the body is not JSON: {error}") from error
        event_id = Inbox(self.session.storage).add_event(data)
        title = settings.get("title") or "Inbox"  # Dify fills in no defaults
        return answer({"inbox": title, "id": event_id}, 201)
