"""Endpoints that cannot be run: the client is told why, and what to do."""

from pathlib import Path

from tests.server.connection import Connection
from tests.support.dev import Dev
from tests.support.emulator import Emulator
from tests.support.plugin import write_plugin
from tests.support.stored import stored

COUNT = """
count = int(storage.get("count")) + 1 if storage.exist("count") else 1
storage.set("count", str(count).encode())
return Response(f"one {count}")
"""
BROKEN = "from dify_plugin import Endpoint\n\nclass Broken(Endpoint):\n    def !\n"

TOKEN = {"name": "token", "type": "secret-input", "required": True, "label": {"en_US": "Token"}}


def plugin(folder: Path, body: str = COUNT, name: str = "plugin") -> Path:
    return write_plugin(folder / name, endpoints={"GET /x": body}, manifest={"name": name})


def endpoint_of(folder: Path) -> Path:
    return folder / "endpoints" / "endpoint0.py"


def test_code_that_does_not_load_is_a_503_with_its_place(tmp_path: Path) -> None:
    folder = plugin(tmp_path)
    code = endpoint_of(folder).read_text()
    endpoint_of(folder).write_text(BROKEN)
    with Dev(folder, state=tmp_path / "state") as dev:
        answer = dev.get("/x")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert "endpoints/endpoint0.py:4" in answer.text
        assert "SyntaxError" in answer.text
        with Connection(dev) as connection:
            connection.ask("HEAD", dev.endpoint_path("/x"))
            assert connection.answer(has_body=False).status == 503
        assert dev.events("round") == []
        endpoint_of(folder).write_text(code)
        dev.wait_for("loaded")
        assert dev.get("/x").text == "one 1"


def test_code_that_was_broken_by_a_save_is_a_503_too(tmp_path: Path) -> None:
    folder = plugin(tmp_path)
    with Dev(folder, state=tmp_path / "state", options=("--rerun", "none")) as dev:
        assert dev.get("/x").text == "one 1"
        endpoint_of(folder).write_text(BROKEN)
        dev.wait_for("broken")
        answer = dev.get("/x")
        assert (answer.status_code, "endpoints/endpoint0.py:4" in answer.text) == (503, True)
        endpoint_of(folder).write_text(BROKEN.replace("def !", "a = 1 +"))
        dev.wait_for("broken", lambda event: "1 +" in str(event))
        assert dev.get("/x").status_code == 503


def test_a_stale_answer_says_so(tmp_path: Path) -> None:
    folder = plugin(tmp_path)
    options = ("--rerun", "none", "--on-broken", "stale")
    with Dev(folder, state=tmp_path / "state", options=options) as dev:
        fresh = dev.get("/x")
        assert (fresh.text, "Dify-Emulator-Stale" in fresh.headers) == ("one 1", False)
        code = endpoint_of(folder).read_text()
        endpoint_of(folder).write_text(BROKEN)
        assert dev.wait_for("broken")["stale"] == 1
        stale = dev.get("/x")
        assert (stale.status_code, stale.text) == (200, "one 2")
        assert stale.headers["Dify-Emulator-Stale"].startswith("generation 1; ")
        assert dev.wait_for("round", lambda event: event["stale"])["generation"] == 1
        endpoint_of(folder).write_text(code.replace("one", "two"))
        dev.wait_for("loaded", lambda event: event["generation"] == 2)
        mended = dev.get("/x")
        assert (mended.text, "Dify-Emulator-Stale" in mended.headers) == ("two 3", False)


def test_a_setting_that_is_missing_is_told_in_difys_words(tmp_path: Path) -> None:
    folder = tmp_path / "plugin"
    body = "return Response(settings['token'])"
    write_plugin(folder, endpoints={"GET /x": body}, settings=[TOKEN])
    with Dev(folder, state=tmp_path / "state") as dev:
        answer = dev.get("/x")
        assert answer.status_code == 503
        assert "failed to validate settings: missing required setting: token" in answer.text
        assert "dify-emulator.yaml" in answer.text
        (folder / "dify-emulator.yaml").write_text("settings:\n  token: sesame-open\n")
        dev.wait_for("loaded", lambda event: event["generation"] == 2)
        assert dev.get("/x").text == "sesame-open"
        told = dev.wait_for("round", lambda event: event["status"] == "ok")
        assert "sesame-open" not in str(told)


def test_a_plugin_has_to_declare_endpoints_and_be_granted_them(tmp_path: Path) -> None:
    denied = {"memory": 1, "permission": {"endpoint": {"enabled": False}}}
    one, two = tmp_path / "one", tmp_path / "two"
    write_plugin(one, endpoints={"GET /x": COUNT}, manifest={"name": "one", "resource": denied})
    write_plugin(two, tools={"x": "yield"}, manifest={"name": "two"})
    with Dev(one, two, state=tmp_path / "state") as dev:
        answer = dev.get("/x", plugin=0)
        assert answer.status_code == 503
        assert "you need to enable endpoint access in plugin manifest" in answer.text
        assert "resource.permission.endpoint.enabled" in answer.text
        answer = dev.get("/x", plugin=1)
        assert (answer.status_code, "declares no endpoints" in answer.text) == (503, True)


def test_two_plugins_have_endpoints_and_storage_of_their_own(tmp_path: Path) -> None:
    one, two = plugin(tmp_path, name="one"), plugin(tmp_path, COUNT.replace("one", "two"), "two")
    with Dev(one, two, state=tmp_path / "state") as dev:
        hooks = {dev.endpoint_path(plugin=number) for number in range(2)}
        assert len(hooks) == 2
        answers = [dev.get("/x", plugin=number).text for number in (0, 0, 1, 0)]
        assert answers == ["one 1", "one 2", "two 1", "one 3"]
        endpoint_of(one).write_text(BROKEN)
        dev.wait_for("broken", lambda event: event["plugin"] == "tests/one")
        assert [dev.get("/x", plugin=number).status_code for number in (0, 1)] == [503, 200]
        assert dev.stop() == 130
    assert stored(tmp_path / "state", plugin="tests/one") == {"count": b"3"}
    assert stored(tmp_path / "state", plugin="tests/two") == {"count": b"2"}


def test_what_plugins_of_one_dev_store_is_no_news_from_outside(tmp_path: Path) -> None:
    one, two = plugin(tmp_path, name="one"), plugin(tmp_path, name="two")
    with Dev(one, two, state=tmp_path / "state") as dev:
        for number in range(10):
            dev.get("/x", plugin=number % 2)
        Emulator(one, tmp_path / "state").ok("storage", "set", "outside", "1")
        dev.wait_for("storage", lambda event: event["key"] == "outside")
        told = [(event["plugin"], event["key"]) for event in dev.events("storage")]
    assert told == [("tests/one", "outside")]


def test_two_plugins_of_one_name_are_refused(tmp_path: Path) -> None:
    one = plugin(tmp_path / "one")
    two = plugin(tmp_path / "two")
    dev = Dev(one, two, state=tmp_path / "state")
    assert dev.refused() == 2
    assert "Two of the plugins are called tests/plugin" in "".join(dev.stderr)
