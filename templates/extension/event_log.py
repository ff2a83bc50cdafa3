"""The last events, as one JSON list in Dify's storage."""

import json
from threading import Lock
from typing import Any

from dify_plugin.invocations.storage import StorageInvocation

# Anybody with the token can send events: what is kept of them has a limit below `storage.size`.
MOST_EVENTS = 50
MOST_BYTES = 4096

_KEY = "events.json"
# Dify runs all requests in one process: without the lock, of two that come at the same time one
# event would be lost.
_lock = Lock()


def load(storage: StorageInvocation) -> list[Any]:
    # Ask first: get() does not return None for a missing key, it raises.
    if not storage.exist(_KEY):
        return []
    events: list[Any] = json.loads(storage.get(_KEY))
    return events


def add(storage: StorageInvocation, event: object) -> int:
    """How many events there are then."""
    with _lock:
        events = [*load(storage), event][-MOST_EVENTS:]
        storage.set(_KEY, json.dumps(events).encode())
        return len(events)
