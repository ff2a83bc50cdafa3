"""Credentials and secret settings stand nowhere in the clear, whoever puts them wherever."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest

from tests.conftest import MakePlugin
from tests.support.dev import Dev
from tests.support.emulator import Emulator, Result
from tests.support.plugin import parameter

SECRET = 'pä"ss/wörd & 1'
"""Spelled in another way wherever there is one."""

TOOL = """
token = self.runtime.credentials["token"]
print("printed", token, repr(token), token.encode())
import json, logging
logging.getLogger("x").warning("logged %s", json.dumps(token))
yield self.create_text_message("it is " + token)
yield self.create_json_message({"deep": [{"token": token, token: 1}]})
yield self.create_blob_message(b"\\x00\\xff" + token.encode(), meta={"filename": token + ".bin"})
yield self.create_variable_message("v", token)
yield self.create_log_message(token, {"token": token})
raise ValueError(f"refused: {token} {[token]} {tool_parameters}")
"""

LOOK = """
import time
from threading import Thread
token = self.runtime.credentials["token"]
storage.exist("a//" + token)

def later():
    for _ in range(20):
        time.sleep(0)  # lets the handler end first
    storage.get("a/" + token)

Thread(target=later).start()
yield self.create_text_message("found")
"""

ENDPOINT = """
import json, urllib.parse
token = settings["token"]
print("printed", token, r.get_data(), r.headers, r.url)
if r.args.get("fail"):
    raise RuntimeError(f"{token} {r.get_data()} {r.url}")
body = json.dumps({"token": token}) + urllib.parse.quote(token) + token
return Response(body.encode("utf-8"), headers={"X-Token": urllib.parse.quote(token)})
"""


@pytest.fixture
def emulator(make_plugin: MakePlugin) -> Emulator:
    kinds = {"text": "string", "deep": "object", "pin": "secret-input", "file": "file"}
    setting = {"name": "token", "type": "secret-input", "required": True, "label": {"en_US": "T"}}
    return make_plugin(
        tools={"leak": TOOL, "look": LOOK},
        parameters={"leak": [parameter(name, kind) for name, kind in kinds.items()]},
        endpoints={"POST /<path:rest>": ENDPOINT},
        settings=[setting],
    )


def test_a_secret_of_a_tool_is_nowhere(emulator: Emulator) -> None:
    named = emulator.plugin.parent / "has secret.txt"
    named.write_text(f"in a file: {SECRET}")
    result = emulator(
        *("run", "leak", "--credential", f"token={SECRET}", "--json", f"text=I know {SECRET}"),
        *(f"deep:={json.dumps({'a': [SECRET, json.dumps(SECRET)], SECRET: 1})}", f"file@{named}"),
        f"pin={SECRET}",
    )
    assert result.json["error"]["message"].startswith("refused: ${")
    assert leaks(emulator, result) == []


def test_a_secret_is_in_no_note(emulator: Emulator) -> None:
    result = emulator.ok("run", "look", "--credential", f"token={SECRET}", "--json")
    notes = {note["code"]: note["message"] for note in result.json["notes"]}
    assert notes["DE201"].startswith("The key 'a//${token}' means 'a/${token}'.")
    assert notes["DE103"].startswith("storage.get('a/${token}') came after the round had ended")


def test_a_secret_of_a_request_is_nowhere(emulator: Emulator) -> None:
    both = base64.b64encode(f"ada:{SECRET}".encode()).decode()
    main = (emulator.plugin / "main.py").read_bytes()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    (emulator.plugin / "dify-emulator.yaml").write_text(
        f"settings:\n  token: {json.dumps(SECRET)}\n"
    )
    with Dev(emulator.plugin, state=emulator.state) as dev:
        results = [
            dev.request(
                "POST",
                f"/{quote(SECRET, safe='')}?token={quote_plus(SECRET)}{fails}",
                content=body,
                headers={"Authorization": f"Basic {both}", "X-Token": quote(SECRET), **kind},
            )
            for body, kind in (
                (json.dumps({"token": SECRET}), {}),
                (f"token={quote_plus(SECRET)}&a=1", form),
                (f"\x00{SECRET}".encode(), {}),
            )
            for fails in ("", "&fail=1")
        ]
        dev.wait_for("round", lambda event: event["round"] == len(results))
        assert [result.status_code for result in results] == [200, 500] * 3
        (emulator.plugin / "main.py").write_text("raise RuntimeError")
        assert dev.request("POST", f"/{quote(SECRET, safe='')}").status_code == 503
        refused = dev.wait_for("refused")["error"]["message"]
        assert refused.startswith("POST /${token:url}: 503")
        shown = json.dumps(dev.all_events, ensure_ascii=False) + "".join(dev.stderr)
        assert leaks(emulator, Result(0, shown.encode(), "")) == []
    (emulator.plugin / "main.py").write_bytes(main)
    assert leaks(emulator, emulator("rounds", "replay", "1", "2", "3", "4", "--json")) == []
    document = emulator("rounds", "show", "1", "--json")
    assert document.json["target"] == "POST /${token:url}"
    assert leaks(emulator, document, emulator("rounds", "show", "1")) == []


def leaks(emulator: Emulator, *results: Result) -> list[str]:
    """Where a spelling of the secret stands."""
    places = {file.name: file.read_bytes() for file in emulator.state.iterdir() if file.is_file()}
    for number, result in enumerate(results):
        places[f"stdout {number}"] = result.out
        places[f"stderr {number}"] = result.err.encode()
    assert "state.db" in places
    return [
        f"{spelled!r} in {place}"
        for place, data in places.items()
        for spelled in spellings()
        if spelled in data
    ]


def spellings() -> Iterator[bytes]:
    for text in (
        SECRET,
        json.dumps(SECRET)[1:-1],
        json.dumps(json.dumps(SECRET))[3:-3],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        repr(SECRET)[1:-1],
        repr(SECRET.encode())[2:-1],
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
    ):
        yield text.encode()
        for before in range(3):  # in the middle of base64
            whole = base64.b64encode(b"\0" * before + text.encode())
            yield whole[4 if before else 0 : -4]
