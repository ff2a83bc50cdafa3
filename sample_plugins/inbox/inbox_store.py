"""Events and files in Dify's storage. What cannot be done is raised as an HTTP error."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from posixpath import normpath
from threading import Lock
from uuid import uuid4

from dify_plugin.invocations.storage import StorageInvocation
from werkzeug.exceptions import (
    BadRequest,
    Conflict,
    HTTPException,
    NotFound,
    RequestEntityTooLarge,
)

# Nothing larger can fit (see the manifest), and Dify kills a plugin that writes a line of more
# than 5 MiB, which storing 2.6 MB does.
MAX_BYTES = 1024 * 1024
INDEX = "events/index.txt"

_index_lock = Lock()


class InsufficientStorage(HTTPException):
    code = 507


@dataclass(frozen=True)
class Inbox:
    storage: StorageInvocation

    def add_event(self, data: object) -> str:
        # The time makes ids sort by age, the random part makes them unique without a counter.
        event_id = f"{time.time_ns():020d}-{uuid4().hex[:8]}"
        event = {"id": event_id, "received_at": datetime.now(UTC).isoformat(), "data": data}
        self._save(_event_key(event_id), json.dumps(event).encode())
        with _index_lock:
            self._save_index([*self._index(), event_id])
        return event_id

    def event(self, event_id: str) -> bytes:
        event = self._load(_event_key(event_id))
        if event is None:
            raise NotFound("no such event")
        return event

    def events(self) -> Iterator[bytes]:
        for event_id in sorted(self._index()):
            event = self._load(_event_key(event_id))
            if event is not None:  # it may have been deleted since the index was read
                yield event

    def delete_event(self, event_id: str) -> None:
        key = _event_key(event_id)
        with _index_lock:
            if not self.storage.exist(key):  # deleting a missing key is an error
                raise NotFound("no such event")
            self.storage.delete(key)
            self._save_index([other for other in self._index() if other != event_id])

    def save_file(self, name: str, content_type: str, content: bytes) -> None:
        # Type and content share one value, so that nobody can read the one without the other.
        self._save(_file_key(name), content_type.encode() + b"\n" + content)

    def file(self, name: str) -> tuple[str, bytes]:
        value = self._load(_file_key(name))
        if value is None:
            raise NotFound("no such file")
        content_type, _, content = value.partition(b"\n")
        return content_type.decode(), content

    def _index(self) -> list[str]:
        return self.storage.get(INDEX).decode().split() if self.storage.exist(INDEX) else []

    def _save_index(self, event_ids: list[str]) -> None:
        self._save(INDEX, "\n".join(event_ids).encode())

    def _load(self, key: str) -> bytes | None:
        try:
            return self.storage.get(key)
        except Exception as error:  # the SDK raises no narrower class
            if "load data failed" in str(error):
                return None
            raise

    def _save(self, key: str, value: bytes) -> None:
        if len(value) > MAX_BYTES:
            raise RequestEntityTooLarge(f"at most {MAX_BYTES} bytes can be kept")
        try:
            self.storage.set(key, value)
        except Exception as error:  # the SDK raises no narrower class
            if "allocated size" in str(error):
                raise InsufficientStorage("the inbox is full") from error
            if "a directory" in str(error):
                raise Conflict("a name cannot be both a file and a folder") from error
            raise


def _event_key(event_id: str) -> str:
    if not re.fullmatch(r"\d{20}-[0-9a-f]{8}", event_id):
        raise NotFound("no such event")
    return f"events/{event_id}.json"


def _file_key(name: str) -> str:
    key = f"files/{name}"
    if ".." in name or "\\" in name:
        raise BadRequest("Dify's storage refuses names that contain '..' or a backslash")
    if normpath(key) != key or not name.isprintable():
        raise BadRequest("the name has an empty part, a part '.', or a control character")
    if len(key.encode()) > 256:
        raise BadRequest("the name is too long: at most 250 bytes")
    return key
