"""The headers of the HTTP request that an endpoint's plugin finds."""

from dataclasses import dataclass, field

from tests.conformance.case import Case, each, rows
from tests.conformance.system import EndpointRequestSystem, HttpRequest

COPY = "D service/endpoint.go:57-85 (copyRequest), net/http Header.WriteSubset"
CLOSES = "net/http transferWriter.writeHeader"

HOST = b"Host: example.com"
AGENT = b"User-Agent: Go-http-client/1.1"
ID = b"Dify-Hook-Id: h1"
URL = b"Dify-Hook-Url: http://example.com/e/h1/x"
HTTPS = b"Dify-Hook-Url: https://example.com/e/h1/x"

PLAIN = [HOST, AGENT, ID, URL]

# What is sent beside Host, a header a line; what is found after the request line.
CASES = {
    "none": ([], PLAIN),
    # removed
    "X-Forwarded-For goes": ([b"X-Forwarded-For: 1.2.3.4", b"x-forwarded-for: 5"], PLAIN),
    "X-Real-IP goes": ([b"X-Real-IP: 1.2.3.4"], PLAIN),
    "their relatives go": (
        [b"X-Forwarded: 1", b"X-Original-Forwarded-For: 2", b"X-Original-Url: /y"],
        PLAIN,
    ),
    "others that tell of callers stay": (
        [b"X-Forwarded-Host: fh", b"Via: 1.1 x", b"Forwarded: for=1.1.1.1", b"X-Client-Ip: 1"],
        [*PLAIN, b"Forwarded: for=1.1.1.1", b"Via: 1.1 x", b"X-Client-Ip: 1",
         b"X-Forwarded-Host: fh"],
    ),
    "an underscore keeps a header from going": (
        [b"X_Forwarded_For: 1.2.3.4"],
        [*PLAIN, b"X_forwarded_for: 1.2.3.4"],
    ),
    # the hook
    "X-Forwarded-Proto https makes the hook url https": (
        [b"X-Forwarded-Proto: https"],
        [HOST, AGENT, ID, HTTPS, b"X-Forwarded-Proto: https"],
    ),
    "X-Forwarded-Proto in capitals does not": (
        [b"X-Forwarded-Proto: HTTPS"],
        [*PLAIN, b"X-Forwarded-Proto: HTTPS"],
    ),
    "a list of protocols does not": (
        [b"X-Forwarded-Proto: https,http"],
        [*PLAIN, b"X-Forwarded-Proto: https,http"],
    ),
    "of two protocols the first counts": (
        [b"X-Forwarded-Proto: https", b"X-Forwarded-Proto: http"],
        [HOST, AGENT, ID, HTTPS, b"X-Forwarded-Proto: https", b"X-Forwarded-Proto: http"],
    ),
    "X-Original-Host replaces the host": (
        [b"X-Original-Host: pub.example.org:8443"],
        [b"Host: pub.example.org:8443", AGENT, ID,
         b"Dify-Hook-Url: http://pub.example.org:8443/e/h1/x"],
    ),
    "of two original hosts the first counts": (
        [b"X-Original-Host: one", b"X-Original-Host: two"],
        [b"Host: one", AGENT, ID, b"Dify-Hook-Url: http://one/e/h1/x"],
    ),
    "an empty original host counts for nothing": ([b"X-Original-Host:"], PLAIN),
    "an original host that is no host leaves none": (
        [b"X-Original-Host: a/b"],
        [b"Host: ", AGENT, ID, b"Dify-Hook-Url: http://a/b/e/h1/x"],
    ),
    "an original host beyond ASCII is written in punycode": (
        ["X-Original-Host: bücher.example".encode()],
        [b"Host: xn--bcher-kva.example", AGENT, ID,
         "Dify-Hook-Url: http://bücher.example/e/h1/x".encode()],
    ),
    "an original host loses its IPv6 zone": (
        [b"X-Original-Host: [fe80::1%25eth0]:80"],
        [b"Host: [fe80::1]:80", AGENT, ID, b"Dify-Hook-Url: http://[fe80::1%25eth0]:80/e/h1/x"],
    ),
    "a hook url that is given stays": (
        [b"Dify-Hook-Url: http://mine/x?y=1"],
        [HOST, AGENT, ID, b"Dify-Hook-Url: http://mine/x?y=1"],
    ),
    "two hook urls stay": (
        [b"Dify-Hook-Url: y", b"Dify-Hook-Url: z"],
        [HOST, AGENT, ID, b"Dify-Hook-Url: y", b"Dify-Hook-Url: z"],
    ),
    "an empty hook url before another replaces both": (
        [b"Dify-Hook-Url:", b"Dify-Hook-Url: z"],
        PLAIN,
    ),
    "a hook id that is given is replaced": ([b"Dify-Hook-Id: mine"], PLAIN),
    # names and order
    "names get their capitals, and are sorted": (
        [b"zeta: 1", b"ALPHA: 2", b"alpha-b: 4", b"Cookie: a=1", b"accept: */*"],
        [HOST, AGENT, b"Accept: */*", b"Alpha: 2", b"Alpha-B: 4", b"Cookie: a=1", ID, URL,
         b"Zeta: 1"],
    ),
    "names with an underscore stay as one word": (
        [b"X_UnderScore: 1", b"x_under: 2", b"x-under_score: 3"],
        [*PLAIN, b"X-Under_score: 3", b"X_under: 2", b"X_underscore: 1"],
    ),
    "names are sorted by bytes": (
        [b"X-10: a", b"X-9: b", b"X_a: c", b"X-A: d", b"X!a: e", b"X.a: f", b"X~a: g", b"9x: h"],
        [HOST, AGENT, b"9x: h", ID, URL, b"X!a: e", b"X-10: a", b"X-9: b", b"X-A: d", b"X.a: f",
         b"X_a: c", b"X~a: g"],
    ),
    "repeated headers stay, in their order": (
        [b"X-A: 1", b"X-B: 2", b"x-a: 3"],
        [*PLAIN, b"X-A: 1", b"X-A: 3", b"X-B: 2"],
    ),
    "cookies stay apart": (
        [b"Cookie: a=1", b"Cookie: b=2"],
        [HOST, AGENT, b"Cookie: a=1", b"Cookie: b=2", ID, URL],
    ),
    "authorization stays": (
        [b"Authorization: Bearer abc"],
        [HOST, AGENT, b"Authorization: Bearer abc", ID, URL],
    ),
    # values
    "values lose the white space around them": ([b"X-A:  \t v \t "], [*PLAIN, b"X-A: v"]),
    "values keep the white space in them": ([b"X-A: a  b\tc"], [*PLAIN, b"X-A: a  b\tc"]),
    "values may be empty": ([b"X-A:", b"X-B: "], [*PLAIN, b"X-A: ", b"X-B: "]),
    "values may be UTF-8": (["X-A: café".encode()], [*PLAIN, "X-A: café".encode()]),
    "values may be other bytes": ([b"X-A: caf\xe9"], [*PLAIN, b"X-A: caf\xe9"]),
    # those with a place of their own
    "a user agent stays": ([b"User-Agent: curl/8.0"], [HOST, b"User-Agent: curl/8.0", ID, URL]),
    "an empty user agent goes": ([b"User-Agent:"], [HOST, ID, URL]),
    "of two user agents the first counts": (
        [b"User-Agent: a", b"User-Agent: b"],
        [HOST, b"User-Agent: a", ID, URL],
    ),
    "Connection: close stays": (
        [b"Connection: close"],
        [HOST, AGENT, b"Connection: close", ID, URL],
    ),
    "Connection: Close stays as it is": (
        [b"Connection: Close"],
        [HOST, AGENT, b"Connection: Close", ID, URL],
    ),
    "Connection: keep-alive stays": (
        [b"Connection: keep-alive", b"Keep-Alive: timeout=5"],
        [HOST, AGENT, b"Connection: keep-alive", ID, URL, b"Keep-Alive: timeout=5"],
    ),
    "a header that Connection names stays": (
        [b"Connection: X-A", b"X-A: 1"],
        [HOST, AGENT, b"Connection: X-A", ID, URL, b"X-A: 1"],
    ),
    "a close that is not the first Connection is told again": (
        [b"Connection: keep-alive", b"Connection: close"],
        [HOST, AGENT, b"Connection: close", b"Connection: keep-alive", b"Connection: close", ID,
         URL],
    ),
    "Te and Upgrade stay": (
        [b"Te: trailers", b"Upgrade: h2c"],
        [*PLAIN, b"Te: trailers", b"Upgrade: h2c"],
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Headers(Case):
    """Lines that are sent, and lines that are found after the request line."""

    sent: list[bytes] = field(default_factory=list)
    found: list[bytes] = field(default_factory=list)

    @property
    def pairs(self) -> list[tuple[bytes, bytes]]:
        split = (line.partition(b":") for line in self.sent)
        return [(name, value) for name, _, value in split]


@each(rows(Headers, COPY, CASES))
def test_headers(case: Headers, endpoint_requests: EndpointRequestSystem) -> None:
    raw = endpoint_requests.received(HttpRequest(b"GET", b"/x", case.pairs), b"h1")
    assert raw.split(b"\r\n") == [b"GET /x HTTP/1.1", *case.found, b"", b""]


@dataclass(frozen=True, slots=True)
class Host(Case):
    host: bytes


HOSTS = {
    "with a port": (b"127.0.0.1:5002",),
    "with an IPv6 address": (b"[::1]:5002",),
    "in capitals": (b"EXAMPLE.COM",),
    "with an underscore": (b"a_b.example",),
    "with a dot at its end": (b"example.com.",),
    "with a comma": (b"a,b",),
    "of nothing": (b"",),
}


@each(rows(Host, COPY, HOSTS))
def test_a_host_stays_as_it_is(case: Host, endpoint_requests: EndpointRequestSystem) -> None:
    raw = endpoint_requests.received(HttpRequest(b"GET", b"/x", host=case.host), b"h1")
    url = b"Dify-Hook-Url: http://%s/e/h1/x" % case.host
    found = [b"GET /x HTTP/1.1", b"Host: " + case.host, AGENT, ID, url, b"", b""]
    assert raw.split(b"\r\n") == found


@dataclass(frozen=True, slots=True)
class Old(Headers):
    method: bytes = b"GET"
    body: bytes = b""


CLOSE = b"Connection: close"
KEEP = b"Connection: keep-alive"
OLD = {
    "is told to close": ([], [CLOSE]),
    "with keep-alive is not": ([KEEP], [KEEP]),
    "is told to close before its length": ([], [CLOSE, b"Content-Length: 2"], b"POST", b"hi"),
    "is told to close before its encoding": ([], [CLOSE, b"Transfer-Encoding: chunked"], b"POST"),
}


@each(rows(Old, CLOSES, OLD))
def test_http_1_0(case: Old, endpoint_requests: EndpointRequestSystem) -> None:
    request = HttpRequest(case.method, b"/x", case.pairs, case.body, version=b"1.0")
    head = endpoint_requests.received(request, b"h1").partition(b"\r\n\r\n")[0]
    lines = [case.method + b" /x HTTP/1.1", HOST, AGENT, *case.found, ID, URL]
    assert head.split(b"\r\n") == lines
