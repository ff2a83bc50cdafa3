"""What a client gets of a plugin's response over HTTP."""

import json
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.server.connection import Connection
from tests.support.dev import Dev
from tests.support.plugin import write_plugin

ENDPOINTS = {
    "GET /status/<int:status>": "return Response('text', status=values['status'])",
    "GET /headers": """
        response = Response("text", headers={"X-Name": "grüße ☃", "x-lower": "1", "X-Empty": ""})
        response.headers._list.append(("X-Lines", "one\\r\\nX-Two: two\\n"))
        response.headers._list.append(("X Bad", "1"))
        response.headers._list.append(("X-Odd", "a\\0b\\x7fc"))
        response.set_cookie("first", "1")
        response.set_cookie("last", "2")
        return response
        """,
    "GET /length/<length>": """
        response = Response("12345")
        response.headers["Content-Length"] = values["length"]
        return response
        """,
    "GET /streamed/<length>": """
        return Response(iter(["123", "45"]), headers={"Content-Length": values["length"]})
        """,
    "GET /afterwards": """
        import pathlib, time
        go = pathlib.Path(r.args["file"])
        def pieces():
            yield "12345"
            while not go.exists():
                time.sleep(0.005)
            storage.set("afterwards", b"x")
        return Response(pieces(), headers={"Content-Length": "5"})
        """,
    "GET /date": """
        return Response("", headers={"Date": "Sun, 22 Nov 2026 12:00:00 GMT"})
        """,
    "GET /close": "return Response('text', headers={'Connection': 'close'})",
    "GET /chunked": "return Response('text', headers={'Transfer-Encoding': 'chunked'})",
    "GET /bytes": "return Response(bytes(range(256)) * 4000)",
    "GET /nothing": "return Response(iter([]), status=202)",
    "GET /pieces": "return Response(str(number) for number in range(2000))",
    "GET /value-error": "int('x')",
    "GET /error": "raise RuntimeError('broken')",
    "GET /none": "return None",
    "GET /before": """
        def pieces():
            raise RuntimeError("broken")
            yield
        return Response(pieces(), status=201)
        """,
    "GET /late": """
        def pieces():
            yield "begun;"
            raise ValueError("<broken>")
        return Response(pieces(), status=201)
        """,
    "GET /late/<length>": """
        def pieces():
            yield "begun;"
            raise ValueError("broken")
        return Response(pieces(), headers={"Content-Length": values["length"]})
        """,
    "GET /dies": "import os; os._exit(3)",
    "GET /dies/late": """
        import os
        def pieces():
            yield "begun;"
            os._exit(3)
        return Response(pieces())
        """,
}


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("responses")
    write_plugin(folder / "plugin", endpoints=ENDPOINTS)
    with Dev(folder / "plugin", state=folder / "state") as dev:
        yield dev


@pytest.fixture
def connection(dev: Dev) -> Iterator[Connection]:
    with Connection(dev) as connection:
        yield connection


def is_open(connection: Connection, dev: Dev) -> bool:
    """Whether nothing is left on a connection, and it serves the next request."""
    connection.ask("GET", dev.endpoint_path("/status/200"))
    return connection.answer().body == b"text"


@pytest.mark.parametrize("status", [200, 201, 299, 302, 400, 418, 503, 600, 999])
def test_a_status_is_sent_as_it_is(dev: Dev, status: int) -> None:
    answer = dev.get(f"/status/{status}")
    assert (answer.status_code, answer.text) == (status, "text")


def test_an_informational_status_is_followed_by_a_200(dev: Dev) -> None:
    assert dev.get("/status/102").status_code == 200


@pytest.mark.parametrize(("status", "has_type"), [(204, True), (304, False)])
def test_a_status_without_a_body_has_none(
    dev: Dev, connection: Connection, status: int, has_type: bool
) -> None:
    connection.ask("GET", dev.endpoint_path(f"/status/{status}"))
    answer = connection.answer(has_body=False)
    assert (answer.status, answer.all("content-length")) == (status, [])
    assert bool(answer.all("content-type")) == has_type
    assert is_open(connection, dev)


def test_headers_are_written_as_go_writes_them(dev: Dev, connection: Connection) -> None:
    connection.ask("GET", dev.endpoint_path("/headers"))
    answer = connection.answer()
    assert answer.all("X-Name") == ["grüße ☃"]
    assert ("X-Lower", "1") in answer.headers
    assert answer.all("X-Empty") == [""]
    assert answer.all("X-Lines") == ["one  X-Two: two"]
    assert answer.all("X-Odd") == ["a b c"]
    assert answer.all("X-Two") == answer.all("X Bad") == []
    assert answer.body == b"text"


def test_of_several_cookies_the_last_is_sent(dev: Dev) -> None:
    assert dev.get("/headers").headers.get_list("set-cookie") == ["last=2; Path=/"]


def test_a_body_longer_than_was_promised_is_cut(dev: Dev, connection: Connection) -> None:
    for kind in ("length", "streamed"):
        connection.ask("GET", dev.endpoint_path(f"/{kind}/4"))
        assert connection.answer().body == b"1234"
    assert is_open(connection, dev)


@pytest.mark.parametrize("kind", ["length", "streamed"])
def test_a_body_shorter_than_was_promised_ends_the_connection(
    dev: Dev, connection: Connection, kind: str
) -> None:
    connection.ask("GET", dev.endpoint_path(f"/{kind}/9"))
    assert connection.head().all("content-length") == ["9"]
    assert connection.rest() == b"12345"
    assert dev.get("/status/200").text == "text"
    assert dev.stderr == []


def test_head_may_promise_a_body_that_it_does_not_send(dev: Dev, connection: Connection) -> None:
    connection.ask("HEAD", dev.endpoint_path("/length/1000"))
    assert connection.answer(has_body=False).all("content-length") == ["1000"]
    assert is_open(connection, dev)


@pytest.mark.parametrize("length", ["many", "-1", "1.5", "9" * 30])
def test_a_length_that_is_none_is_left_out(dev: Dev, connection: Connection, length: str) -> None:
    connection.ask("GET", dev.endpoint_path(f"/length/{length}"))
    answer = connection.answer()
    assert (answer.body, answer.all("content-length")) == (b"12345", [])


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_client_that_has_it_all_may_close_before_the_plugin_has_ended(
    dev: Dev, tmp_path: Path, method: str
) -> None:
    with Connection(dev) as connection:
        connection.ask(method, dev.endpoint_path(f"/afterwards?file={tmp_path / 'go'}"))
        assert connection.answer(has_body=method == "GET").status == 200
    assert dev.get("/status/200").text == "text"  # by now the end of that connection is known
    (tmp_path / "go").touch()
    ended = dev.wait_for("round", lambda event: event["target"] == f"{method} /afterwards")
    assert (ended["status"], ended["operations"][0]["outcome"]) == ("ok", "ok")


def test_a_date_is_there_once_whoever_wrote_it(dev: Dev, connection: Connection) -> None:
    connection.ask("GET", dev.endpoint_path("/date"))
    assert connection.answer().all("date") == ["Sun, 22 Nov 2026 12:00:00 GMT"]
    for path in (dev.endpoint_path("/pieces"), "/nowhere"):
        connection.ask("GET", path)
        (date,) = connection.answer().all("date")
        assert parsedate_to_datetime(date).tzinfo is not None


def test_a_plugin_may_have_the_connection_closed(dev: Dev, connection: Connection) -> None:
    connection.ask("GET", dev.endpoint_path("/close"))
    assert connection.answer().all("connection") == ["close"]
    assert connection.rest() == b""


def test_how_a_body_is_framed_is_not_the_plugins_to_say(dev: Dev, connection: Connection) -> None:
    connection.ask("GET", dev.endpoint_path("/chunked"))
    answer = connection.answer()
    assert (answer.body, answer.all("content-length")) == (b"text", ["4"])
    assert answer.all("transfer-encoding") == []


def test_a_body_comes_byte_for_byte(dev: Dev) -> None:
    assert dev.get("/bytes").content == bytes(range(256)) * 4000


def test_pieces_come_in_their_order_and_without_a_length(dev: Dev) -> None:
    answer = dev.get("/pieces")
    assert answer.text == "".join(map(str, range(2000)))
    assert "content-length" not in answer.headers


def test_http_1_0_gets_pieces_without_chunks(dev: Dev, connection: Connection) -> None:
    connection.ask("GET", dev.endpoint_path("/pieces"), version="1.0")
    assert connection.head().all("transfer-encoding") == []
    assert connection.rest().decode() == "".join(map(str, range(2000)))


def test_a_generator_that_yields_nothing_has_its_status(dev: Dev) -> None:
    answer = dev.get("/nothing")
    assert (answer.status_code, answer.content) == (202, b"")


def test_a_value_error_is_a_404_and_another_exception_a_500(dev: Dev) -> None:
    value = dev.get("/value-error")
    assert (value.status_code, value.text) == (
        404,
        "invalid literal for int() with base 10: 'x'",
    )
    other = dev.get("/error")
    assert (other.status_code, other.text) == (500, "Internal Server Error: broken")


@pytest.mark.parametrize(
    ("path", "kind", "message"),
    [("/none", "AttributeError", "NoneType"), ("/before", "RuntimeError", "broken")],
)
def test_an_error_before_the_first_piece_is_the_daemons_500(
    dev: Dev, path: str, kind: str, message: str
) -> None:
    answer = dev.get(path)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    daemon = answer.json()
    assert (daemon["code"], daemon["data"]) == (-500, None)
    outer = json.loads(daemon["message"])
    assert (outer["error_type"], outer["args"]) == ("PluginDaemonInternalServerError", None)
    plugin = json.loads(outer["message"])
    assert (plugin["error_type"], message in plugin["message"]) == (kind, True)


def test_an_error_after_the_first_piece_is_appended_to_the_body(
    dev: Dev, connection: Connection
) -> None:
    connection.ask("GET", dev.endpoint_path("/late"))
    answer = connection.answer()
    assert (answer.status, answer.body[:6]) == (201, b"begun;")
    error = json.loads(answer.body[6:])
    assert (error["error_type"], error["message"]) == ("ValueError", "<broken>")
    assert rb"\u003cbroken\u003e" in answer.body
    assert is_open(connection, dev)
    failed = dev.wait_for("round", lambda event: event["target"] == "GET /late")
    assert (failed["status"], failed["error"]["type"]) == ("error", "ValueError")


def test_an_error_does_not_pass_the_length_that_was_promised(
    dev: Dev, connection: Connection
) -> None:
    connection.ask("GET", dev.endpoint_path("/late/8"))
    assert connection.answer().body == b'begun;{"'
    assert is_open(connection, dev)


def test_a_plugin_that_dies_is_told_at_once_and_serves_the_next_request(
    dev: Dev, connection: Connection
) -> None:
    connection.ask("GET", dev.endpoint_path("/dies"))
    answer = connection.answer()
    assert answer.status == 500
    assert b"the plugin exited with code 3" in answer.body
    connection.ask("GET", dev.endpoint_path("/dies/late"))
    answer = connection.answer()
    assert (answer.status, answer.body[:6]) == (200, b"begun;")
    assert b"the plugin exited with code 3" in answer.body
    assert is_open(connection, dev)
    crashed = dev.wait_for("round", lambda event: event["target"] == "GET /dies/late")
    assert (crashed["status"], "DE106" in str(crashed["notes"])) == ("crashed", True)
