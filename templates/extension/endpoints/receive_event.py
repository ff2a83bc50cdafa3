import json
from collections.abc import Mapping
from typing import Any

import access
import event_log
from dify_plugin import Endpoint
from werkzeug import Request, Response


class ReceiveEvent(Endpoint):
    def _invoke(
        self, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Response:
        if not access.is_allowed(r, settings):
            return _answer({"error": "the token is missing or wrong"}, 401)
        body = r.get_data()
        if len(body) > event_log.MOST_BYTES:
            return _answer({"error": f"an event has at most {event_log.MOST_BYTES} bytes"}, 413)
        try:
            event = json.loads(body)
        except ValueError:
            # Caught here: Dify would answer a ValueError that gets away with 404.
            return _answer({"error": "the body is not JSON"}, 400)
        return _answer({"events": event_log.add(self.session.storage, event)}, 201)


def _answer(body: object, status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
