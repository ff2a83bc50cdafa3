"""The notes: one JSON list in Dify's storage for each user."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:  # so that the tests need not import the SDK
    from dify_plugin.invocations.storage import StorageInvocation

# `storage.size` in the manifest holds for the whole workspace. Without bounds a single user could
# fill it, and then nobody could store anything any more.
MOST_NOTES = 20
LONGEST_NOTE = 500

# Dify runs all calls in one process, also those that an agent makes at the same time. Without the
# lock two of them could read the same old list, and the note of one would be lost.
_lock = Lock()


def load(storage: StorageInvocation, user: str) -> list[str]:
    key = _key(user)
    # Ask first: get() does not return None for a missing key, it raises.
    if not storage.exist(key):
        return []
    notes: list[str] = json.loads(storage.get(key))
    return notes


def add(storage: StorageInvocation, user: str, note: str) -> list[str]:
    """The notes as they are then; the oldest makes room when there are too many."""
    with _lock:
        notes = [*load(storage, user), note[:LONGEST_NOTE]][-MOST_NOTES:]
        storage.set(_key(user), json.dumps(notes).encode())  # values are bytes, never str
        return notes


def clear(storage: StorageInvocation, user: str) -> None:
    with _lock:
        key = _key(user)
        if storage.exist(key):  # delete() raises for a missing key
            storage.delete(key)


def _key(user: str) -> str:
    # Storage belongs to the workspace: only the key tells users apart. In a key Dify refuses ".."
    # and "\" and takes "/" for a folder, and an id may come from anywhere: quote it.
    return f"notes/{quote(user, safe='').replace('.', '%2E')}.json"
