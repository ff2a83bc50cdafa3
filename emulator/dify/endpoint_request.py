"""The HTTP request that an endpoint's plugin gets: what Dify's daemon makes of the caller's.

D internal/service/endpoint.go:37-93 copies and rewrites the request; Go's ``Request.Write`` puts
it into bytes. Both are followed here to the byte.
"""

import re
from dataclasses import dataclass, field

from emulator.dify.production import BODY_BYTES

Headers = list[tuple[bytes, bytes]]

_DEFAULT_USER_AGENT = b"Go-http-client/1.1"
_REMOVED = {
    b"X-Forwarded-For",
    b"X-Real-Ip",
    b"X-Forwarded",
    b"X-Original-Forwarded-For",
    b"X-Original-Url",
    b"X-Original-Host",
}
# Request.Write writes these itself, or not at all.
_WRITTEN_APART = {
    b"Host",
    b"User-Agent",
    b"Content-Length",
    b"Transfer-Encoding",
    b"Trailer",
}
_USUALLY_WITHOUT_BODY = (b"GET", b"HEAD", b"DELETE", b"OPTIONS")
_MOST_PAIRS = 10_000  # net/url's default for urlmaxqueryparams

_TOKEN = re.compile(rb"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
_PLAIN_IN_PATH = _UNRESERVED | frozenset(b"$&+,/:;=@")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ZONE = re.compile(rb"%[^\]]*\]")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")


@dataclass(slots=True)
class IncomingRequest:
    """A request as a caller sent it to ``/e/{hook_id}{path}``."""

    method: str
    path: bytes
    """The tail of the URL after the hook id, still percent-encoded."""
    query: bytes | None = None
    """What follows the "?"; None if there is none."""
    headers: Headers = field(default_factory=list)
    """Without Host."""
    body: bytes = b""
    host: str = "localhost"
    closes: bool = False
    """HTTP/1.0 without keep-alive: the daemon passes on ``Connection: close``."""


def forwarded(request: IncomingRequest, hook_id: str) -> bytes:
    """The bytes that the plugin gets for a request."""
    method = request.method.encode()
    headers = _grouped(request.headers)
    path = unescape(request.path, plus=False) or b""
    host = _first(headers, b"X-Original-Host") or request.host.encode()
    scheme = b"https" if _first(headers, b"X-Forwarded-Proto") == b"https" else b"http"
    user_agent = headers.get(b"User-Agent", [_DEFAULT_USER_AGENT])[0]
    given_hook_url = _first(headers, b"Dify-Hook-Url")
    for name in _REMOVED:
        headers.pop(name, None)
    headers[b"Dify-Hook-Id"] = [hook_id.encode()]
    if not given_hook_url:
        headers[b"Dify-Hook-Url"] = [b"%s://%s/e/%s%s" % (scheme, host, hook_id.encode(), path)]

    lines = [
        b"%s %s HTTP/1.1" % (method, _target(path, request.query)),
        b"Host: " + _writable(host),
    ]
    if user_agent:
        lines.append(b"User-Agent: " + user_agent)
    closes = request.closes or any(map(_says_close, headers.get(b"Connection", [])))
    if closes and not _says_close(_first(headers, b"Connection")):
        lines.append(b"Connection: close")
    body = request.body[:BODY_BYTES]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    elif method not in _USUALLY_WITHOUT_BODY:
        # Go cannot know that a reader is empty before it has read from it.
        lines.append(b"Transfer-Encoding: chunked")
        body = b"0\r\n\r\n"
    for name in sorted(headers):
        if name not in _WRITTEN_APART:
            lines.extend(name + b": " + one_line(value) for value in headers[name])
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def unescape(text: bytes, *, plus: bool) -> bytes | None:
    """Percent-decode; ``plus`` takes "+" for a space. None if an escape is not one."""
    if _BAD_ESCAPE.search(text):
        return None
    if plus:
        text = text.replace(b"+", b" ")
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), text)


def _target(path: bytes, query: bytes | None) -> bytes:
    target = _escape(path, _PLAIN_IN_PATH) or b"/"
    encoded = _sorted_query(query or b"")
    # Go remembers a lone "?" (URL.ForceQuery).
    return target + b"?" + encoded if encoded or query == b"" else target


def _sorted_query(query: bytes) -> bytes:
    """net/url's ParseQuery and Encode: sorted by key, what cannot be decoded left out."""
    pieces = query.split(b"&")
    if len(pieces) > _MOST_PAIRS:
        return b""
    pairs = []
    for piece in pieces:
        if not piece or b";" in piece:
            continue
        name, _, value = piece.partition(b"=")
        decoded = unescape(name, plus=True), unescape(value, plus=True)
        if decoded[0] is not None and decoded[1] is not None:
            pairs.append((decoded[0], decoded[1]))
    pairs.sort(key=lambda pair: pair[0])
    return b"&".join(_query_escape(name) + b"=" + _query_escape(value) for name, value in pairs)


def _query_escape(text: bytes) -> bytes:
    return _escape(text, _UNRESERVED | {0x20}).replace(b" ", b"+")


def _escape(text: bytes, plain: frozenset[int]) -> bytes:
    return b"".join(bytes([c]) if c in plain else b"%%%02X" % c for c in text)


def _grouped(headers: Headers) -> dict[bytes, list[bytes]]:
    """Headers under their canonical names, each with its values in order."""
    grouped: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        grouped.setdefault(canonical(name), []).append(value.strip(b" \t"))
    return grouped


def canonical(name: bytes) -> bytes:
    """net/textproto's CanonicalMIMEHeaderKey: ``x-real-ip`` is ``X-Real-Ip``."""
    if not is_token(name):
        return name
    return b"-".join(part[:1].upper() + part[1:].lower() for part in name.split(b"-"))


def is_token(name: bytes) -> bool:
    """Whether net/http takes this for the name of a header."""
    return _TOKEN.match(name) is not None


def _first(headers: dict[bytes, list[bytes]], name: bytes) -> bytes:
    return headers.get(name, [b""])[0]


def _writable(host: bytes) -> bytes:
    """X-Original-Host can hold anything; Go makes ASCII of it, or writes an empty Host."""
    if b"/" in host or b" " in host:
        return b""
    host = _ZONE.sub(b"]", host)
    if host.isascii():
        return host
    labels = host.decode("utf-8", "replace").split(".")
    return ".".join(map(_ascii_label, labels)).encode()


def _ascii_label(label: str) -> str:
    name, colon, port = label.partition(":")
    if not name.isascii():
        name = f"xn--{name.encode('punycode').decode()}"
    return name + colon + port


def _says_close(connection: bytes) -> bool:
    return b"close" in (token.strip() for token in connection.lower().split(b","))


def one_line(value: bytes) -> bytes:
    """A header's value as net/http writes it."""
    return value.replace(b"\n", b" ").replace(b"\r", b" ").strip(b" \t")
