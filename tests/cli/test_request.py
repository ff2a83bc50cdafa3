"""``request``: one round of one endpoint, in a real process under the real SDK."""

from pathlib import Path

from tests.conftest import MakePlugin
from tests.support.emulator import SAMPLES, Emulator

ECHO = """
told = {"body": r.get_data().decode("latin-1"), "query": r.query_string.decode(),
        "host": r.host, "hook": r.headers["Dify-Hook-Url"], "values": values, "settings": settings}
return Response(json.dumps(told), status=201, content_type="application/json")
"""


def test_the_body_goes_to_stdout_byte_for_byte(make_plugin: MakePlugin) -> None:
    body = "return Response(bytes(range(256)), status=200)"
    emulator = make_plugin(endpoints={"GET /bytes": body})
    assert emulator.ok("request", "GET", "/bytes").out == bytes(range(256))


def test_status_and_headers_are_shown_on_demand(make_plugin: MakePlugin) -> None:
    body = """
    response = Response("hi", status=418, headers={"X-One": "1"})
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response
    """
    told = make_plugin(endpoints={"GET /tea": body}).ok("request", "GET", "/tea", "-i").out
    head, _, content = told.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 418 I'm a Teapot\r\n")
    assert b"X-One: 1" in head
    assert (head.count(b"Set-Cookie"), b"b=2" in head) == (1, True)
    assert content == b"hi"


def test_the_plugin_gets_the_request_that_dify_would_make(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(endpoints={"POST /echo/<path:rest>": ECHO})
    words = ["POST", "/echo/a/b?z=1&a=2&flag", "-d", "text", "-H", "Host: example.com"]
    told = emulator.ok("request", *words).json
    assert told["body"] == "text"
    assert told["query"] == "a=2&flag=&z=1"
    assert told["host"] == "example.com"
    assert told["values"] == {"rest": "a/b"}
    assert told["hook"].startswith("http://example.com/e/")
    assert told["hook"].endswith("/echo/a/b")


def test_a_body_can_come_from_a_file(make_plugin: MakePlugin, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(bytes(range(256)))
    emulator = make_plugin(endpoints={"PUT /echo": "return Response(r.get_data())"})
    told = emulator.ok("request", "PUT", "/echo", "-d", f"@{tmp_path / 'body'}")
    assert told.out == bytes(range(256))


def test_a_streamed_response_comes_whole(make_plugin: MakePlugin) -> None:
    body = """
    def pieces():
        for number in range(300):
            yield f"{number},"
    return Response(pieces(), content_type="text/plain")
    """
    told = make_plugin(endpoints={"GET /stream": body}).ok("request", "GET", "/stream").text
    assert told == "".join(f"{number}," for number in range(300))


def test_a_value_error_is_a_404_and_any_other_exception_a_500(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(
        endpoints={"GET /value": "int('x')", "GET /other": "raise RuntimeError('broken')"}
    )
    value = emulator.ok("request", "GET", "/value", "-i").text
    assert value.startswith("HTTP/1.1 404 ")
    assert value.endswith("invalid literal for int() with base 10: 'x'")
    other = emulator("request", "GET", "/other", "-i")
    assert other.code == 1
    assert other.text.startswith("HTTP/1.1 500 ")
    assert other.text.endswith("Internal Server Error: broken")


def test_what_is_not_a_response_is_the_daemons_500(make_plugin: MakePlugin) -> None:
    result = make_plugin(endpoints={"GET /none": "return 'text'"})("request", "GET", "/none", "-i")
    assert result.code == 1
    assert result.text.startswith("HTTP/1.1 500 ")
    assert '"code":-500' in result.text
    assert "PluginDaemonInternalServerError" in result.text


def test_an_error_after_the_first_piece_is_appended_to_the_body(make_plugin: MakePlugin) -> None:
    body = """
    def pieces():
        yield "begun;"
        raise RuntimeError("broken")
    return Response(pieces())
    """
    result = make_plugin(endpoints={"GET /late": body})("request", "GET", "/late", "-i")
    assert result.code == 1
    assert result.text.startswith("HTTP/1.1 200 ")
    assert 'begun;{"args":{' in result.text


def test_a_route_that_does_not_match_is_a_404_with_a_note(make_plugin: MakePlugin) -> None:
    result = make_plugin(endpoints={"GET /a": "return Response('')"}).ok("request", "GET", "/b")
    assert result.text.startswith("Failed to dispatch endpoint request: 404 Not Found")
    assert "DE401" in result.err


def test_settings_reach_the_endpoint_and_missing_defaults_are_told(make_plugin: MakePlugin) -> None:
    settings = [
        {"name": "token", "type": "secret-input", "required": True, "label": {"en_US": "Token"}},
        {"name": "title", "type": "text-input", "default": "x", "label": {"en_US": "Title"}},
    ]
    emulator = make_plugin(endpoints={"POST /echo": ECHO}, settings=settings)
    missing = emulator("request", "POST", "/echo")
    assert missing.code == 2
    assert "failed to validate settings: missing required setting: token" in missing.err
    result = emulator.ok("request", "POST", "/echo", "--setting", "token=sesame-open")
    assert result.json["settings"] == {"token": "sesame-open"}
    assert "DE404" in result.err
    for file in emulator.state.iterdir():
        assert b"sesame-open" not in file.read_bytes()


def test_patch_is_not_routed(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(endpoints={"GET /a": "return Response('')"})
    result = emulator("request", "PATCH", "/a")
    assert result.code == 2
    assert "does not route PATCH" in result.err


def test_a_plugin_without_endpoints_says_so(make_plugin: MakePlugin) -> None:
    result = make_plugin(tools={"x": "yield"})("request", "GET", "/")
    assert (result.code, "declares no endpoints" in result.err) == (1, True)


def test_the_manifest_has_to_grant_endpoints(make_plugin: MakePlugin) -> None:
    resource = {"memory": 1, "permission": {"endpoint": {"enabled": False}}}
    emulator = make_plugin(
        endpoints={"GET /a": "return Response('')"}, manifest={"resource": resource}
    )
    result = emulator("request", "GET", "/a")
    assert result.code == 1
    assert "you need to enable endpoint access in plugin manifest" in result.err


def test_the_inbox_sample_receives_and_streams_back(tmp_path: Path) -> None:
    emulator = Emulator(SAMPLES / "inbox", tmp_path)
    auth = ["--setting", "token=sesame", "-H", "Authorization: Bearer sesame"]
    for number in range(3):
        emulator.ok("request", "POST", "/events", "-d", f'{{"n": {number}}}', *auth)
    lines = emulator.ok("request", "GET", "/events", *auth).text.splitlines()
    assert [f'"n": {number}' in line for number, line in enumerate(lines)] == [True] * 3
    content = bytes(range(256)) * 1000
    (tmp_path / "file.bin").write_bytes(content)
    emulator.ok("request", "PUT", "/files/a/b.bin", "-d", f"@{tmp_path / 'file.bin'}", *auth)
    assert emulator.ok("request", "GET", "/files/a/b.bin", *auth).out == content
    refused = emulator.ok("request", "GET", "/events", "--setting", "token=sesame", "-i").text
    assert refused.startswith("HTTP/1.1 401 ")
