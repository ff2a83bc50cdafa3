"""What a plugin gets of a request over HTTP. To the byte: tests/conformance."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.server.connection import Connection
from tests.support.dev import Dev
from tests.support.plugin import write_plugin

MEGABYTE = 1 << 20

ECHO = """
return Response(json.dumps({
    "method": r.method,
    "path": r.path,
    "query": r.query_string.decode(),
    "host": r.host,
    "headers": list(map(list, r.headers)),
    "body": r.get_data().decode("latin-1"),
}))
"""

ROUTES = ["GET", "POST", "PUT", "DELETE"]


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("requests")
    endpoints = {f"{method} /echo/<path:rest>": ECHO for method in ROUTES}
    size = {"POST /size": "return Response(str(len(r.get_data())))"}
    write_plugin(folder / "plugin", endpoints={**endpoints, **size})
    with Dev(folder / "plugin", state=folder / "state") as dev:
        yield dev


@pytest.fixture
def connection(dev: Dev) -> Iterator[Connection]:
    with Connection(dev) as connection:
        yield connection


def echo(dev: Dev, target: str = "/echo/x") -> str:
    return dev.endpoint_path(target)


def told(connection: Connection) -> dict[str, Any]:
    """What the plugin tells of its request, its headers as a mapping of lists."""
    answer = connection.answer()
    assert answer.status == 200, answer.body
    document: dict[str, Any] = json.loads(answer.body)
    headers: dict[str, list[str]] = {}
    for name, value in document["headers"]:
        headers.setdefault(name, []).append(value)
    return {**document, "headers": headers}


def test_the_query_is_sorted_and_what_cannot_be_read_is_dropped(
    dev: Dev, connection: Connection
) -> None:
    connection.ask("GET", echo(dev, "/echo/x?b=2&a=1&a=0&flag&bad=%zz&c;d"))
    assert told(connection)["query"] == "a=1&a=0&b=2&flag="


def test_the_hook_is_told_and_what_proxies_say_is_not(dev: Dev, connection: Connection) -> None:
    connection.ask(
        "GET",
        echo(dev, "/echo/a%20b?x=1"),
        *("X-Forwarded-For: 1.2.3.4", "X-Real-IP: 1.2.3.4", "X-Forwarded-Proto: https"),
        *("x-custom: one", "Cookie: a=b", "Authorization: Bearer x"),
        host="example.com:8080",
    )
    request = told(connection)
    headers, hook = request["headers"], dev.endpoint_path().rpartition("/")[2]
    assert headers["Dify-Hook-Id"] == [hook]
    assert headers["Dify-Hook-Url"] == [f"https://example.com:8080/e/{hook}/echo/a b"]
    assert not {"X-Forwarded-For", "X-Real-Ip"} & set(headers)
    kept = ["X-Forwarded-Proto", "X-Custom", "Cookie", "Authorization"]
    assert [headers[name] for name in kept] == [["https"], ["one"], ["a=b"], ["Bearer x"]]
    assert (request["host"], headers["User-Agent"]) == ("example.com:8080", ["Go-http-client/1.1"])


def test_the_original_host_counts(dev: Dev, connection: Connection) -> None:
    connection.ask("GET", echo(dev), "X-Original-Host: example.com")
    request = told(connection)
    assert request["host"] == "example.com"
    assert request["headers"]["Dify-Hook-Url"] == [f"http://example.com{echo(dev)}"]


def test_a_body_comes_as_it_was_sent(dev: Dev, connection: Connection) -> None:
    body = bytes(range(256)) + b"\r\n" * 1000
    connection.ask("PUT", echo(dev), body=body)
    request = told(connection)
    assert request["body"].encode("latin-1") == body
    assert request["headers"]["Content-Length"] == [str(len(body))]


def test_a_chunked_body_gets_a_length(dev: Dev, connection: Connection) -> None:
    connection.ask("POST", echo(dev), "Transfer-Encoding: chunked", "Trailer: X-Late")
    connection.send(b"3\r\none\r\n")
    connection.send(b"5;extension=1\r\n, two\r\n")
    connection.send(b"0\r\nX-Late: 1\r\n\r\n")
    request = told(connection)
    assert (request["body"], request["headers"]["Content-Length"]) == ("one, two", ["8"])
    assert not {"Transfer-Encoding", "Trailer", "X-Late"} & set(request["headers"])


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_empty_post_is_chunked_which_a_new_sdk_takes_for_a_body(
    dev: Dev, connection: Connection, method: str
) -> None:
    connection.ask(method, echo(dev))
    assert told(connection)["body"] in ("", "0\r\n\r\n")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_empty_get_has_no_body_of_any_kind(
    dev: Dev, connection: Connection, method: str
) -> None:
    connection.ask(method, echo(dev))
    request = told(connection)
    assert request["body"] == ""
    assert "Transfer-Encoding" not in request["headers"]


@pytest.mark.parametrize(("sent", "arrives"), [(10 * MEGABYTE, 10), (12 * MEGABYTE, 10)])
def test_a_body_is_cut_at_10_megabytes(dev: Dev, sent: int, arrives: int) -> None:
    answer = dev.request("POST", "/size", content=b"x" * sent)
    assert int(answer.text) == arrives * MEGABYTE


def test_a_body_that_was_cut_is_told(dev: Dev) -> None:
    dev.request("POST", "/size?noted", content=b"x" * (10 * MEGABYTE + 1))
    noted = dev.wait_for("round", lambda event: "DE402" in str(event["notes"]))
    assert noted["target"] == "POST /size"


def test_http_1_0_is_answered_and_closed(dev: Dev, connection: Connection) -> None:
    connection.ask("GET", echo(dev), version="1.0")
    assert told(connection)["headers"]["Connection"] == ["close"]
    assert connection.rest() == b""


def test_http_1_0_needs_no_host(dev: Dev, connection: Connection) -> None:
    connection.ask("GET", echo(dev), version="1.0", host=None)
    assert told(connection)["method"] == "GET"


def test_a_connection_is_closed_for_a_client_that_asks_for_it(
    dev: Dev, connection: Connection
) -> None:
    connection.ask("GET", echo(dev), "Connection: close")
    answer = connection.answer()
    assert answer.all("connection") == ["close"]
    assert ["Connection", "close"] in json.loads(answer.body)["headers"]
    assert connection.rest() == b""


def test_a_connection_serves_one_request_after_the_other(dev: Dev, connection: Connection) -> None:
    for number in range(1, 20):
        connection.ask("POST", echo(dev, f"/echo/{number}"), body=b"x" * number)
        request = told(connection)
        assert (request["path"], len(request["body"])) == (f"/echo/{number}", number)


def test_requests_that_come_at_once_are_answered_in_their_order(
    dev: Dev, connection: Connection
) -> None:
    for number in range(10):
        connection.ask("PUT", echo(dev, f"/echo/{number}"), body=b"body")
    paths = [told(connection)["path"] for _ in range(10)]
    assert paths == [f"/echo/{number}" for number in range(10)]


def test_a_client_that_waits_for_a_word_before_its_body_gets_it(
    dev: Dev, connection: Connection
) -> None:
    connection.ask("POST", echo(dev), "Expect: 100-continue", "Content-Length: 4")
    assert connection.head().status == 100
    connection.send(b"text")
    request = told(connection)
    assert (request["body"], request["headers"]["Expect"]) == ("text", ["100-continue"])


def test_an_upgrade_is_a_request_like_any_other(dev: Dev, connection: Connection) -> None:
    connection.ask("GET", echo(dev), "Connection: Upgrade", "Upgrade: h2c")
    headers = told(connection)["headers"]
    assert (headers["Connection"], headers["Upgrade"]) == (["Upgrade"], ["h2c"])
    connection.ask("GET", echo(dev), "Connection: Upgrade", "Upgrade: websocket")
    assert connection.answer().body.startswith(b"Failed to dispatch endpoint request")
    assert dev.stderr == []


def test_headers_may_be_as_long_as_go_takes_them(dev: Dev, connection: Connection) -> None:
    cookies = "x" * 500_000
    connection.ask("GET", echo(dev), f"Cookie: {cookies}")
    assert told(connection)["headers"]["Cookie"] == [cookies]


def test_a_body_that_never_comes_starts_no_round(dev: Dev) -> None:
    with Connection(dev) as connection:
        connection.ask("POST", echo(dev, "/echo/cut"), "Content-Length: 100")
        connection.send(b"only this")
    dev.get("/echo/after")
    dev.wait_for("round", lambda event: event["target"] == "GET /echo/after")
    assert "POST /echo/cut" not in [event["target"] for event in dev.events("round")]
