"""What is remembered: one JSON object in Dify's storage for each user."""

import json
from hashlib import sha256
from threading import Lock
from urllib.parse import quote

from dify_plugin.invocations.storage import StorageInvocation

# Dify runs all calls of a plugin in one process, also tools that an agent calls in parallel:
# without the lock, two of them could read the same old memory and one change would be lost.
_lock = Lock()


def load(storage: StorageInvocation, user: str) -> dict[str, str]:
    key = _key(user)
    # Ask first: get() does not return None for a missing key, it raises.
    return json.loads(storage.get(key)) if storage.exist(key) else {}


def remember(storage: StorageInvocation, user: str, name: str, value: str) -> None:
    with _lock:
        memory = load(storage, user)
        memory[name] = value
        storage.set(_key(user), json.dumps(memory).encode())


def forget(storage: StorageInvocation, user: str, name: str) -> bool:
    """Whether there was anything to forget."""
    with _lock:
        memory = load(storage, user)
        if name not in memory:
            return False
        del memory[name]
        if memory:
            storage.set(_key(user), json.dumps(memory).encode())
        else:
            storage.delete(_key(user))
        return True


def _key(user: str) -> str:
    # Dify refuses keys with ".." or "\", takes "/" for a folder, and allows 255 bytes a part.
    part = quote(user, safe="").replace(".", "%2E")
    if len(part) > 200:
        part = f"sha256={sha256(user.encode()).hexdigest()}"  # quote() never leaves a "="
    return f"users/{part}.json"
