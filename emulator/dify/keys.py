"""Which keys Dify takes, and what it makes of them (D core/persistence/persistence.go:29-44)."""

import posixpath
from functools import lru_cache

from emulator.dify.dify_error import DifyError
from emulator.dify.production import KEY_BYTES, KEY_TOO_LONG, TRAVERSAL


@lru_cache(maxsize=4096)
def clean(key: str) -> str:
    """The key as Go's ``path.Clean`` leaves it: ``a//b`` is ``a/b``, ``a/../b`` is ``b``."""
    if key.startswith("//"):
        key = "/" + key.lstrip("/")  # POSIX lets two leading slashes stand, Go does not
    return posixpath.normpath(key) if key else "."


def check_traversal(key: str) -> None:
    """Refuse what the daemon takes for a way out: also ``a..b``, a plain test for two dots."""
    cleaned = clean(key)
    if ".." in cleaned or "//" in cleaned or "\\" in cleaned:
        raise DifyError(TRAVERSAL)


def check_length(key: str) -> None:
    """Refuse more than 256 bytes of the key as it was written. Only ``set`` asks this."""
    if len(key.encode()) > KEY_BYTES:
        raise DifyError(KEY_TOO_LONG)


def path_of(key: str) -> str:
    """Where the key's value lies below the plugin's folder; "" is that folder itself."""
    cleaned = clean(key).lstrip("/")
    return "" if cleaned == "." else cleaned
