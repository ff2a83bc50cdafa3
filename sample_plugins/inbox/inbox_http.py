"""What all endpoints share: the token, JSON answers, and the body of a request."""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from hmac import compare_digest
from typing import Any, TypeVar, cast

from dify_plugin import Endpoint
from werkzeug import Request, Response
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, Unauthorized

Handler = TypeVar("Handler", bound=Callable[..., Response])


def guarded(handler: Handler) -> Handler:
    """Lets only callers with the token in, and answers HTTP errors as JSON."""

    @wraps(handler)
    def invoke(
        self: Endpoint, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Response:
        try:
            _check_token(r, settings)
            return handler(self, r, values, settings)
        except HTTPException as error:
            response = Response(status=error.code, headers=error.get_headers())
            response.content_type = "application/json"
            response.data = json.dumps({"error": error.description}).encode()
            return response

    return cast(Handler, invoke)


def answer(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def body_of(r: Request) -> bytes:
    # Dify sends an empty body as a chunked one, and SDK 0.10.1 and later do not decode that.
    body = r.get_data()
    return b"" if body == b"0\r\n\r\n" else body


def _check_token(r: Request, settings: Mapping[str, Any]) -> None:
    scheme, _, given = r.headers.get("Authorization", "").partition(" ")
    token = settings.get("token") or ""  # Dify accepts an empty text for a required setting
    same = compare_digest(given.strip().encode(), token.encode())
    if not (token and same and scheme.lower() == "bearer"):
        raise Unauthorized(
            "send the header Authorization: Bearer <token>",
            www_authenticate=WWWAuthenticate("bearer"),
        )
