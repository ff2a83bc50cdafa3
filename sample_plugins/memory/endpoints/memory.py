import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import memory_store
from dify_plugin import Endpoint
from werkzeug import Request, Response


class MemoryEndpoint(Endpoint):
    def _invoke(
        self, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Response:
        user = values["user"]
        # Some SDK versions (0.7.4 is one) hand over the path still percent-encoded.
        for candidate in (user, unquote(user)):
            if memory := memory_store.load(self.session.storage, candidate):
                return _json(memory)
        return _json({"error": "nothing is remembered for this user"}, 404)


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
