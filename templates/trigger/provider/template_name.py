import hashlib
import hmac
import json

from dify_plugin.entities.trigger import EventDispatch, Subscription
from dify_plugin.errors.trigger import TriggerDispatchError, TriggerValidationError
from dify_plugin.interfaces.trigger import Trigger
from werkzeug import Request, Response

# From the `type` of a webhook to the event that takes it.
EVENTS = {"message": "message_received"}


class WebhookTrigger(Trigger):
    def _dispatch_event(self, subscription: Subscription, request: Request) -> EventDispatch:
        body = request.get_data()
        # First of all: the URL is public, and only the signature tells who sends.
        check_signature(body, request, subscription.properties["secret"])
        try:
            payload = json.loads(body)
        except ValueError as error:
            raise TriggerDispatchError("The body is not JSON.") from error
        if not isinstance(payload, dict):
            raise TriggerDispatchError("The body is not a JSON object.")
        event = EVENTS.get(str(payload.get("type")))
        return EventDispatch(
            # Of a type that nobody takes, the sender need not know.
            events=[event] if event else [],
            response=Response('{"status": "ok"}', content_type="application/json"),
            payload=payload,
        )


def check_signature(body: bytes, request: Request, secret: str) -> None:
    """`X-Signature-256: sha256=HEX`, much as GitHub signs. Raises TriggerValidationError."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    given = request.headers.get("X-Signature-256", "")
    # Takes as long for a signature that is nearly right as for one that is all wrong.
    if not hmac.compare_digest(given.encode(), f"sha256={digest}".encode()):
        raise TriggerValidationError("The signature is missing or wrong.")
