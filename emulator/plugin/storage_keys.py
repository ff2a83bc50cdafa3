"""Keys of the storage, and which of them Dify takes (D core/persistence/persistence.go:29-44)."""

import posixpath
from functools import lru_cache

KEY_BYTES = 256
"""The longest key that can be set, as it is written."""
NAME_BYTES = 255
"""What Linux file systems take as one name of a path: a part of a key between slashes."""

TRAVERSAL = "invalid key: path traversal attempt detected"
KEY_TOO_LONG = "key length must be less than 256 characters"


@lru_cache(maxsize=4096)
def clean(key: str) -> str:
    """The key as Go's ``path.Clean`` leaves it: ``a//b`` is ``a/b``, ``a/../b`` is ``b``."""
    if key.startswith("//"):
        key = "/" + key.lstrip("/")  # POSIX lets two leading slashes stand, Go does not
    return posixpath.normpath(key) if key else "."


def leads_out(key: str) -> bool:
    """Whether the daemon takes it for a way out: also ``a..b``, a plain test for two dots."""
    cleaned = clean(key)
    return ".." in cleaned or "//" in cleaned or "\\" in cleaned
