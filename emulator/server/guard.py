"""Who may use the emulator's own pages: this machine, and no web page of another site.

A page in the developer's browser can send requests to 127.0.0.1, also under a name of its own that
it has resolve to it. So the Host has to be a loopback one, and the request must not be a page's.
"""

import ipaddress

from starlette.types import Scope

_NAMES = ("localhost",)


def why_refused(scope: Scope) -> str | None:
    """Why a request to ``/-/`` is refused; None if it is not."""
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    if not _is_loopback(_without_port(host)):
        return f"Host {host!r} is not this machine's loopback"
    client = scope.get("client")
    if client is not None and not _is_loopback(client[0]):
        return "not from this machine"
    origin = headers.get(b"origin", b"").decode("latin-1")
    if origin and origin.partition("://")[2] != host:
        return f"from another site, {origin}"
    if headers.get(b"sec-fetch-site", b"none") not in (b"none", b"same-origin"):
        return "from another site"
    return None


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name.lower() in _NAMES
