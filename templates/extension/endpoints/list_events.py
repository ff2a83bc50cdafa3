import json
from collections.abc import Mapping
from typing import Any

import access
import event_log
from dify_plugin import Endpoint
from werkzeug import Request, Response


class ListEvents(Endpoint):
    def _invoke(
        self, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Response:
        if not access.is_allowed(r, settings):
            return Response("The token is missing or wrong.", 401)
        events = event_log.load(self.session.storage)
        return Response(json.dumps(events), content_type="application/json")
