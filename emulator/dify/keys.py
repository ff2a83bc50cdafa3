"""The keys of a plugin's requests: refused as the daemon does, and led to their paths."""

from emulator.dify.dify_error import DifyError
from emulator.plugin.storage_keys import KEY_BYTES, KEY_TOO_LONG, TRAVERSAL, clean, leads_out


def check_traversal(key: str) -> None:
    """Refuse what the daemon takes for a way out of the plugin's folder."""
    if leads_out(key):
        raise DifyError(TRAVERSAL)


def check_length(key: str) -> None:
    """Refuse more than 256 bytes of the key as it was written. Only ``set`` asks this."""
    if len(key.encode()) > KEY_BYTES:
        raise DifyError(KEY_TOO_LONG)


def path_of(key: str) -> str:
    """Where the key's value lies below the plugin's folder; "" is that folder itself."""
    cleaned = clean(key).lstrip("/")
    return "" if cleaned == "." else cleaned
