"""Which requests reach an endpoint, and what is said to the others (Dify's own words)."""

import json
from collections.abc import Iterator

import pytest

from tests.server.connection import Connection
from tests.support.dev import Dev
from tests.support.plugin import write_plugin

METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]

NO_ROUTE = {"code": "not_found", "message": "route not found"}
NOT_FOUND = (
    r'{"code":-400,"message":"{\"message\":\"endpoint not found\",'
    r'\"error_type\":\"PluginDaemonBadRequestError\",\"args\":null}","data":null}'
)

SAY = "return Response(f'{r.method} {r.path} {json.dumps(values)}')"


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("routes")
    endpoints = {f"{method} /{method.lower()}/<path:rest>": SAY for method in METHODS}
    more = {"GET /": SAY, "HEAD /head": SAY, "GET /users/<int:id>": SAY, "GET /slash/": SAY}
    write_plugin(folder / "plugin", endpoints={**endpoints, **more})
    with Dev(folder / "plugin", state=folder / "state") as dev:
        yield dev


@pytest.mark.parametrize("method", METHODS)
def test_methods_that_dify_routes_reach_the_plugin(dev: Dev, method: str) -> None:
    answer = dev.request(method, f"/{method.lower()}/a/b")
    said = f'{method} /{method.lower()}/a/b {{"rest": "a/b"}}'
    assert (answer.status_code, answer.text) == (200, said)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_the_url_that_is_announced_is_where_it_is(dev: Dev) -> None:
    (plugin,) = dev.ready["plugins"]
    announced = {(each["method"], each["path"]): each["url"] for each in plugin["endpoints"]}
    assert announced["GET", "/slash/"] == dev.endpoint_url("/slash/")
    assert len(announced) == len(METHODS) + 4


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "PURGE", "get"])
def test_other_methods_are_not_routed(dev: Dev, method: str) -> None:
    with Connection(dev) as connection:
        connection.ask(method, dev.endpoint_path("/get/a"))
        answer = connection.answer()
    assert (answer.status, json.loads(answer.body)) == (404, NO_ROUTE)
    assert answer.all("content-type") == ["application/json; charset=utf-8"]


@pytest.mark.parametrize("path", ["/", "/e", "/e/", "/favicon.ico", "/E/{hook}/get/a", "/-"])
def test_other_paths_are_not_routed(dev: Dev, path: str) -> None:
    with Connection(dev) as connection:
        connection.ask("GET", path.format(hook=dev.endpoint_path().rpartition("/")[2]))
        answer = connection.answer()
    assert (answer.status, json.loads(answer.body)) == (404, NO_ROUTE)


@pytest.mark.parametrize("hook", ["abcdefghijklmnop", "", "%00", "%zz", "-"])
def test_an_unknown_hook_is_told_in_difys_words(dev: Dev, hook: str) -> None:
    with Connection(dev) as connection:
        connection.ask("POST", f"/e/{hook}/get/a", body=b"text")
        answer = connection.answer()
    assert (answer.status, answer.body.decode()) == (404, NOT_FOUND)


@pytest.mark.parametrize(("method", "status"), [("GET", 301), ("POST", 307), ("HEAD", 307)])
def test_a_hook_without_a_path_is_redirected_to_its_root(
    dev: Dev, method: str, status: int
) -> None:
    with Connection(dev) as connection:
        connection.ask(method, dev.endpoint_path("?b=2&a=<1>"))
        answer = connection.answer(has_body=method != "HEAD")
    assert answer.status == status
    assert answer.all("location") == [dev.endpoint_path("/?b=2&a=<1>")]
    link = f'<a href="{dev.endpoint_path("/?b=2&amp;a=&lt;1&gt;")}">Moved Permanently</a>.\n\n'
    assert answer.body.decode() == (link if method == "GET" else "")


def test_the_root_of_a_hook_may_be_an_endpoint(dev: Dev) -> None:
    assert dev.get("", follow_redirects=True).text == "GET / {}"


@pytest.mark.parametrize("path", ["/get/a", "/head"])
def test_head_is_answered_without_a_body(dev: Dev, path: str) -> None:
    with Connection(dev) as connection:
        for _ in range(2):  # the second would find what the first had left
            connection.ask("HEAD", dev.endpoint_path(path))
            answer = connection.answer(has_body=False)
            assert (answer.status, int(*answer.all("content-length")) > 0) == (200, True)


@pytest.mark.parametrize(
    ("method", "path", "why"),
    [
        ("GET", "/nowhere", "404 Not Found"),
        ("GET", "/users/ada", "404 Not Found"),
        ("POST", "/get/a", "405 Method Not Allowed"),
        ("OPTIONS", "/get/a", "405 Method Not Allowed"),
        ("GET", "/slash", "308 Permanent Redirect"),
    ],
)
def test_what_the_plugin_has_no_rule_for_is_a_404(
    dev: Dev, method: str, path: str, why: str
) -> None:
    answer = dev.request(method, path)
    assert answer.status_code == 404
    assert answer.text.startswith(f"Failed to dispatch endpoint request: {why}")


def test_an_escaped_slash_is_a_slash(dev: Dev) -> None:
    assert dev.get("/get/a%2Fb").text == 'GET /get/a/b {"rest": "a/b"}'
    hook = dev.endpoint_path("%2Fget/a")
    with Connection(dev) as connection:
        connection.ask("GET", hook)
        assert connection.answer().body.decode() == 'GET /get/a {"rest": "a"}'


@pytest.mark.parametrize(
    "sent",
    [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nb c\r\n\r\n"],
    ids=["no HTTP", "no Host", "no header"],
)
def test_what_is_no_http_is_refused_without_a_word_on_the_terminal(dev: Dev, sent: bytes) -> None:
    with Connection(dev) as connection:
        connection.send(sent)
        assert connection.answer().status == 400
    assert dev.get("/get/a").status_code == 200
    assert dev.stderr == []
