"""Whether a key names a user, in any of the forms in which plugins put an id into a key."""

import base64
import hashlib
from functools import lru_cache
from urllib.parse import quote

_DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s")
_DIGITS = 8
"""Of a digest in hex, that are taken for a user."""


@lru_cache(maxsize=4096)
def names(key: str, user: str) -> bool:
    """Whether the key holds the user's id: as it is, spelled for keys, encoded, or hashed."""
    key = key.casefold()
    return _letters(user.casefold()) in _letters(key) or any(form in key for form in _forms(user))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@lru_cache(maxsize=1024)
def _forms(user: str) -> tuple[str, ...]:
    data = user.encode("utf-8", "surrogatepass")
    quoted = quote(data, safe="")
    forms = [quoted, quoted.replace(".", "%2E"), quoted.replace("%", "_"), data.hex()]
    forms += [base64.b64encode(data).decode().rstrip("=")]
    forms += [base64.urlsafe_b64encode(data).decode().rstrip("=")]
    forms += [hashlib.new(name, data).hexdigest()[:_DIGITS] for name in _DIGESTS]
    return tuple(form.casefold() for form in forms)
