"""The HTTP request that an endpoint's plugin finds, to the byte."""

from dataclasses import dataclass
from typing import Any

from tests.conformance.case import Case, each, rows
from tests.conformance.system import EndpointRequestSystem, HttpRequest

WRITE = "D service/endpoint.go:87-90, net/http Request.Write"
QUERY = "D service/endpoint.go:40-46, net/url ParseQuery and Values.Encode"
PATH = "D service/endpoint.go:43-44, net/url EscapedPath"

HEAD = b"Host: example.com\r\nUser-Agent: Go-http-client/1.1"
HOOK = b"Dify-Hook-Id: h1\r\nDify-Hook-Url: http://example.com/e/h1/x"


@dataclass(frozen=True, slots=True)
class Exchange(Case):
    """A request, and what the plugin finds."""

    request: HttpRequest
    lines: tuple[bytes, ...]
    body: bytes = b""
    hook: bytes = b"h1"


def _check(case: Exchange, system: EndpointRequestSystem) -> None:
    expected = b"\r\n".join(case.lines) + b"\r\n\r\n" + case.body
    assert system.received(case.request, case.hook) == expected


# -- the daemon's own tests

TEST = b"GET /test?test=123 HTTP/1.1"
AGENT = b"User-Agent: Go-http-client/1.1\r\nContent-Length: 4\r\nDify-Hook-Id: 123"


def _test(host: bytes, *headers: tuple[bytes, bytes], tls: bool = False) -> HttpRequest:
    return HttpRequest(b"GET", b"/test?test=123", headers, b"test", host, tls=tls)


OWN = [
    Exchange(
        "a request with a body",
        "D service/endpoint_test.go:13 (TestCopyRequest)",
        _test(b"localhost:8080"),
        (TEST, b"Host: localhost:8080", AGENT, b"Dify-Hook-Url: http://localhost:8080/e/123/test"),
        b"test",
        b"123",
    ),
    Exchange(
        "an original host",
        "D service/endpoint_test.go:31 (TestEndpointWithOriginalHost)",
        _test(b"localhost:8080", (b"X-Original-Host", b"example.com")),
        (TEST, b"Host: example.com", AGENT, b"Dify-Hook-Url: http://example.com/e/123/test"),
        b"test",
        b"123",
    ),
    Exchange(
        "an empty hook url",
        "D service/endpoint_test.go:51 (TestEndpointWithHeaderDifyHookURLEmpty)",
        _test(b"example.com", (b"Dify-Hook-Url", b"")),
        (TEST, b"Host: example.com", AGENT, b"Dify-Hook-Url: http://example.com/e/123/test"),
        b"test",
        b"123",
    ),
    Exchange(
        "an empty hook url over TLS",
        "D service/endpoint_test.go:71 (TestEndpointWithHeaderDifyHookURLEmptyAndTLS)",
        _test(b"example.com", (b"Dify-Hook-Url", b""), tls=True),
        (TEST, b"Host: example.com", AGENT, b"Dify-Hook-Url: https://example.com/e/123/test"),
        b"test",
        b"123",
    ),
    Exchange(
        "a hook and a path of several parts",
        "D server/endpoint_test.go:14 (TestEndpointParams)",
        HttpRequest(b"POST", b"/v1/chat/completions", (), b"x", b"localhost"),
        (
            b"POST /v1/chat/completions HTTP/1.1",
            b"Host: localhost",
            b"User-Agent: Go-http-client/1.1",
            b"Content-Length: 1",
            b"Dify-Hook-Id: 1111",
            b"Dify-Hook-Url: http://localhost/e/1111/v1/chat/completions",
        ),
        b"x",
        b"1111",
    ),
]


@each(OWN)
def test_the_daemons_own_cases(case: Exchange, endpoint_requests: EndpointRequestSystem) -> None:
    _check(case, endpoint_requests)


# -- the query

QUERIES = {
    "is sorted by name, and nothing more": (b"?b=2&a=1&a=0&flag", b"?a=1&a=0&b=2&flag="),
    "is sorted by bytes, capitals first": (b"?A=1&a=2&B=3", b"?A=1&B=3&a=2"),
    "is not sorted by number": (b"?10=a&9=b", b"?10=a&9=b"),
    "loses pairs with a bad escape": (b"?x=%zz&y=1", b"?y=1"),
    "loses a pair cut off in an escape": (b"?a=%4", b""),
    "loses pairs with a semicolon": (b"?a=1;b=2&c=3", b"?c=3"),
    "keeps an escaped semicolon": (b"?a%3Bb=1", b"?a%3Bb=1"),
    "writes spaces as plus": (b"?q=a+b%20c%2B", b"?q=a+b+c%2B"),
    "is percent-encoded, in capitals": ("?é=%c3%bc".encode(), b"?%C3%A9=%C3%BC"),
    "may be no UTF-8": (b"?a=\xff%fe", b"?a=%FF%FE"),
    "escapes all but a few signs": (
        b"?a=!$'()*,:@/?-._~",
        b"?a=%21%24%27%28%29%2A%2C%3A%40%2F%3F-._~",
    ),
    "escapes brackets": (b"?a[]=1&a[k]=v", b"?a%5B%5D=1&a%5Bk%5D=v"),
    "splits a pair at its first sign": (b"?a=b=c", b"?a=b%3Dc"),
    "keeps names that are empty": (b"?a=1&=2&=", b"?=2&=&a=1"),
    "drops what is nothing": (b"?&&a=1&&", b"?a=1"),
    "keeps a lone question mark": (b"?", b"?"),
    "loses its question mark with its last pair": (b"?%zz", b""),
    "takes a second question mark for a name": (b"??", b"?%3F="),
    "takes equal names in different spellings as one": (b"?a=1&%61=2", b"?a=1&a=2"),
    "keeps a fragment as part of it": (b"?a=b#frag", b"?a=b%23frag"),
    "keeps control characters escaped": (b"?a=%00%0a%7f", b"?a=%00%0A%7F"),
}  # fmt: skip


def _query(says: str, source: str, sent: bytes, found: bytes) -> Exchange:
    start = b"GET /x%s HTTP/1.1" % found
    return Exchange(says, source, HttpRequest(b"GET", b"/x" + sent), (start, HEAD, HOOK))


@each(rows(_query, QUERY, QUERIES))
def test_a_query(case: Exchange, endpoint_requests: EndpointRequestSystem) -> None:
    _check(case, endpoint_requests)


def test_a_query_of_more_than_10000_pairs_is_lost(
    endpoint_requests: EndpointRequestSystem,
) -> None:
    """net/url ParseQuery (urlmaxqueryparams)."""
    names = sorted(b"p%05d=" % number for number in range(10_001))
    most = HttpRequest(b"GET", b"/x?" + b"&".join(names[:-1]))
    more = HttpRequest(b"GET", b"/x?" + b"&".join(names))
    assert endpoint_requests.received(most, b"h1").startswith(b"GET /x?p00000=&p00001=")
    assert endpoint_requests.received(more, b"h1").startswith(b"GET /x HTTP/1.1\r\n")


# -- the path: what is sent, the target that is found, and the path in the hook url

PATHS = {
    "of the hook alone": (b"/", b"/", b"/"),
    "keeps its last slash": (b"/x/", b"/x/", b"/x/"),
    "keeps doubled slashes": (b"//x//y", b"//x//y", b"//x//y"),
    "keeps its dots": (b"/a/../b", b"/a/../b", b"/a/../b"),
    "is decoded: %2F becomes a slash": (b"/a%2Fb", b"/a/b", b"/a/b"),
    "is decoded: %2e becomes a dot": (b"/%2e%2e/x", b"/../x", b"/../x"),
    "keeps a space escaped, and the hook url does not": (b"/a%20b", b"/a%20b", b"/a b"),
    "keeps a plus": (b"/a%2Bb+c", b"/a+b+c", b"/a+b+c"),
    "keeps an escaped question mark": (b"/a%3Fb=c?d=e", b"/a%3Fb=c?d=e", b"/a?b=c"),
    "takes a hash for a letter": (b"/a#frag", b"/a%23frag", b"/a#frag"),
    "keeps an escaped percent sign": (b"/%2525", b"/%2525", b"/%25"),
    "is escaped in capitals": (b"/%c3%a9", b"/%C3%A9", "/é".encode()),
    "is escaped if it was not": ("/中".encode(), b"/%E4%B8%AD", "/中".encode()),
    "may be no UTF-8": (b"/%FF", b"/%FF", b"/\xff"),
    "keeps few signs as they are": (
        b"/!$&'()*+,;=:@-._~",
        b"/%21$&%27%28%29%2A+,;=:@-._~",
        b"/!$&'()*+,;=:@-._~",
    ),
    "escapes quotes and brackets": (
        b'/"<>\\^`{|}[]',
        b"/%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D",
        b'/"<>\\^`{|}[]',
    ),
    "cannot smuggle a header": (b"/%0D%0AX:%20y", b"/%0D%0AX:%20y", b"/  X: y"),
    "loses a newline at its end, in the hook url": (b"/%0A", b"/%0A", b"/"),
}  # fmt: skip


def _path(says: str, source: str, sent: bytes, target: bytes, path: bytes) -> Exchange:
    hook = b"Dify-Hook-Id: h1\r\nDify-Hook-Url: http://example.com/e/h1" + path
    lines = (b"GET %s HTTP/1.1" % target, HEAD, hook)
    return Exchange(says, source, HttpRequest(b"GET", sent), lines)


@each(rows(_path, PATH, PATHS))
def test_a_path(case: Exchange, endpoint_requests: EndpointRequestSystem) -> None:
    _check(case, endpoint_requests)


# -- method and body

METHODS = (b"GET", b"HEAD", b"DELETE", b"OPTIONS", b"POST", b"PUT")


def _empty(method: bytes, headers: dict[bytes, bytes], says: str) -> Exchange:
    chunked = method in (b"POST", b"PUT")
    encoding = (b"Transfer-Encoding: chunked",) if chunked else ()
    return Exchange(
        f"{method.decode()} {says}",
        WRITE,
        HttpRequest(method, b"/x", tuple(headers.items())),
        (method + b" /x HTTP/1.1", HEAD, *encoding, HOOK),
        b"0\r\n\r\n" if chunked else b"",
    )


def _chunked(method: bytes) -> Exchange:
    request = HttpRequest(method, b"/x", ((b"Transfer-Encoding", b"chunked"),), b"abcde")
    lines = (method + b" /x HTTP/1.1", HEAD, b"Content-Length: 5", HOOK)
    return Exchange(f"{method.decode()} with chunks gets a length", WRITE, request, lines, b"abcde")


EMPTY = [_empty(method, {}, "without a body") for method in METHODS]
OF_NO_LENGTH = [_empty(method, {b"Content-Length": b"0"}, "of length 0") for method in METHODS]
IN_CHUNKS = [_chunked(method) for method in METHODS]


@each([*EMPTY, *OF_NO_LENGTH, *IN_CHUNKS])
def test_a_method(case: Exchange, endpoint_requests: EndpointRequestSystem) -> None:
    _check(case, endpoint_requests)


LIMIT = 10 << 20


@dataclass(frozen=True, slots=True)
class Size(Case):
    sent: int
    found: int


SIZES = {
    "10 MiB less a byte stay": (LIMIT - 1, LIMIT - 1),
    "10 MiB stay": (LIMIT, LIMIT),
    "a byte more is cut": (LIMIT + 1, LIMIT),
    "5000 bytes more are cut": (LIMIT + 5000, LIMIT),
}


@each(rows(Size, "D service/endpoint.go:49 (io.LimitReader)", SIZES))
def test_a_body_is_cut(case: Size, endpoint_requests: EndpointRequestSystem) -> None:
    request = HttpRequest(b"POST", b"/x", body=b"b" * case.sent)
    head, _, body = endpoint_requests.received(request, b"h1").partition(b"\r\n\r\n")
    assert len(body) == case.found
    assert b"\r\nContent-Length: %d\r\n" % case.found in head


def _post(says: str, body: bytes, *headers: tuple[bytes, bytes], lines: Any = ()) -> Exchange:
    request = HttpRequest(b"POST", b"/x", headers, body)
    length = b"Content-Length: %d" % len(body)
    return Exchange(says, WRITE, request, (b"POST /x HTTP/1.1", HEAD, length, *lines), body)


POSTS = [
    _post("bytes of any kind", b"\x00\xff\r\n\r\n", lines=[HOOK]),
    _post(
        "JSON",
        b'{"a": "b<c>"}',
        (b"content-type", b"application/json"),
        lines=[b"Content-Type: application/json", HOOK],
    ),
    _post(
        "an expectation",
        b"abc",
        (b"Expect", b"100-continue"),
        lines=[HOOK, b"Expect: 100-continue"],
    ),
    _post("a trailer", b"abc", (b"Trailer", b"X-T"), lines=[HOOK]),
]


@each(POSTS)
def test_bodies(case: Exchange, endpoint_requests: EndpointRequestSystem) -> None:
    _check(case, endpoint_requests)
