"""Who may use the endpoints: their URL is public, so whoever knows the token."""

import hmac
from collections.abc import Mapping
from typing import Any

from werkzeug import Request


def is_allowed(request: Request, settings: Mapping[str, Any]) -> bool:
    expected = f"Bearer {settings['token']}"
    given = request.headers.get("Authorization", "")
    # Takes as long for a token that is nearly right as for one that is all wrong.
    return hmac.compare_digest(given.encode(), expected.encode())
