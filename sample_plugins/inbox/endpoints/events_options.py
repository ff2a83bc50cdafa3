from collections.abc import Mapping
from typing import Any

from dify_plugin import Endpoint
from werkzeug import Request, Response


class EventsOptionsEndpoint(Endpoint):
    def _invoke(
        self, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Response:
        # No token here: browsers ask before they send one.
        return Response(status=204, headers={"Allow": "GET, HEAD, OPTIONS, POST"})
