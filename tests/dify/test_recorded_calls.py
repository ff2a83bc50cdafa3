"""What a round keeps of its call is enough to make it again, and holds no secret."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emulator.dify.calls import Call, EndpointCall, GivenFile, ToolCall
from emulator.dify.endpoint_request import IncomingRequest
from emulator.dify.invocation import Invocation
from emulator.dify.recorded_calls import as_recorded, recall
from emulator.errors import NotThereError, UsageError
from emulator.plugin.config import Config
from emulator.plugin.plugin import Plugin, read_plugin
from emulator.workspace.recorded_inputs import RecordedInputs, read_inputs
from emulator.workspace.rounds import RoundBook, RoundStart
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store
from tests.support.plugin import parameter, write_plugin

KINDS = {"text": "string", "deep": "object", "pin": "secret-input", "one": "file", "all": "files"}
SECRET = "hunter2&more"
CONFIG = Config(credentials={"token": SECRET}, settings={"token": SECRET, "title": "Letters"})


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    label = {"en_US": "Label"}
    return read_plugin(
        write_plugin(
            tmp_path / "plugin",
            tools={"look": "pass"},
            parameters={"look": [parameter(name, kind) for name, kind in KINDS.items()]},
            endpoints={"POST /x": "pass"},
            settings=[
                {"name": "token", "type": "secret-input", "label": label},
                {"name": "title", "type": "text-input", "label": label},
            ],
        )
    )


@pytest.fixture
def again(
    plugin: Plugin, state_file: StateFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Prepare a call, keep it as a round does, and recall it, with another configuration."""

    def make(call: Call, config: Config = CONFIG, **environment: str) -> Call:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        recorded = keep(state_file, prepared(plugin, call))
        return recall(recorded, state_file, config, tmp_path / "recalled")

    return make


def prepared(plugin: Plugin, call: Call) -> Invocation:
    return call.prepare(plugin, CONFIG, lambda path: {"url": f"http://here/{path}"})


def keep(file: StateFile, invocation: Invocation) -> RecordedInputs:
    scope = Store(file, "default", "tests/plugin").scope
    start = RoundStart(
        *(scope, "tool", "t", "u", None, invocation.inputs, 1), files=invocation.files
    )
    return read_inputs(file, RoundBook(file).begin(start), "tests/plugin")


def in_state(file: StateFile) -> bytes:
    return b"".join(each.read_bytes() for each in file.path.parent.glob("state.db*"))


def test_a_call_of_a_tool_comes_back_as_it_was_made(again: Any, state_file: StateFile) -> None:
    call = ToolCall(
        "look",
        {"text": f"${{token}} ${{{SECRET}", "deep": {"a": [1, f"<{SECRET}>"], SECRET: None}},
        *("ada", "test", "talk", "message", "app"),
        {"key": SECRET[::-1], "port": 8080},
    )
    given = Config(credentials={**CONFIG.credentials, "key": SECRET[::-1], "port": 8080})
    assert again(call, given) == replace(call, secrets={"token": SECRET})
    for secret in (SECRET, SECRET[::-1]):
        assert secret.encode() not in in_state(state_file)


def test_who_called_and_the_provider_are_kept_where_nobody_named_them(again: Any) -> None:
    call = again(ToolCall("look", {}), Config(user="somebody-else"))
    assert (call.user, call.provider) == ("local-user", "test")


def test_a_request_comes_back_byte_for_byte(again: Any, state_file: StateFile) -> None:
    request = IncomingRequest(
        *("POST", b"/x/hunter2%26more", b"token=hunter2%26more&a=${b}"),
        headers=[(b"X-Token", SECRET.encode()), (b"Odd", b"\xff")],
        body=json.dumps({"token": SECRET}).encode() + b"\x00\xff" + SECRET.encode(),
        host="here",
        closes=True,
    )
    call = EndpointCall(request, {"title": "given"})
    assert again(call) == replace(call, secrets={"token": SECRET})
    assert b"hunter2" not in in_state(state_file)


def test_a_body_is_kept_as_far_as_dify_passes_it_on(plugin: Plugin) -> None:
    body = bytes(11 * 1024 * 1024)
    kept = as_recorded(
        prepared(plugin, EndpointCall(IncomingRequest("POST", b"/x", body=body))).inputs
    )
    assert isinstance(kept, EndpointCall)
    assert len(kept.request.body) == 10 * 1024 * 1024


def test_secrets_given_on_the_command_line_are_taken_from_the_environment(again: Any) -> None:
    call = ToolCall("look", {"pin": "z9"}, credentials={"my-key": "k1"})
    recalled = again(call, Config(), PIN="from-upper", MY_KEY="key")
    assert (recalled.parameters["pin"], recalled.credentials["my-key"]) == ("from-upper", "key")
    assert again(call, Config(), pin="exact").parameters["pin"] == "exact"
    configured = Config(credentials={"my-key": 7})
    assert again(call, configured).credentials["my-key"] == 7
    setting = EndpointCall(IncomingRequest("POST", b"/x"), {"token": "given"})
    assert again(setting, Config(settings={"token": "another"})).settings == {"token": "another"}


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (ToolCall("look", {}, credentials={"the-key": "k"}), "credentials"),
        (EndpointCall(IncomingRequest("POST", b"/x", body=b"hunter2&more")), "settings"),
    ],
)
def test_a_missing_secret_is_named_and_where_to_put_it(again: Any, call: Call, where: str) -> None:
    with pytest.raises(UsageError, match=r"Round 1 was given the secret '(the-key|token)'") as told:
        again(call, Config())
    name = "THE_KEY" if where == "credentials" else "TOKEN"
    assert told.value.advice == (
        f"Put it into dify-emulator.yaml under `{where}`, or set the environment variable {name}."
    )


def test_what_was_secret_stays_secret_when_it_is_declared_no_more(
    again: Any, plugin: Plugin
) -> None:
    call = again(ToolCall("look", {"pin": "z9", "text": SECRET}), Config(), PIN="z9", TOKEN=SECRET)
    tool = plugin.folder / "tools" / "look.yaml"
    tool.write_text(tool.read_text().replace("secret-input", "string"))
    kept = call.prepare(read_plugin(plugin.folder), Config(), lambda _: {})
    assert kept.inputs["call"]["parameters"] == {
        "pin": {"value": "${pin}"},
        "text": {"value": "${token}"},
    }
    assert kept.secrets.mask(SECRET) == "${token}"


def test_files_come_back_as_they_were_under_their_names(
    again: Any, tmp_path: Path, state_file: StateFile
) -> None:
    files = [tmp_path / name for name in ("one.txt", "a/same.txt", f"{SECRET}/same.txt")]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"from {file.parent.name[:3]}")
    given = [GivenFile(file) for file in files]
    recalled = again(ToolCall("look", {"one": given[0], "all": [*given[1:], given[0]]}))
    for file in files:
        file.write_text("changed")
    one, others = recalled.parameters["one"], recalled.parameters["all"]
    assert [each.path.name for each in others] == ["same.txt", "same.txt", "one.txt"]
    assert [each.path.read_text() for each in others[:2]] == ["from a", "from hun"]
    assert one == others[2]
    assert one.path.read_text() not in ("changed", "")
    assert SECRET.encode() not in in_state(state_file)


@pytest.mark.parametrize("kind", ["too large", "holds a secret"])
def test_a_file_that_is_not_kept_is_taken_from_where_it_was(
    again: Any, tmp_path: Path, state_file: StateFile, kind: str
) -> None:
    file = tmp_path / "one.txt"
    file.write_text("begins" if kind == "too large" else f"in it: {SECRET}")
    if kind == "too large":
        os.truncate(file, 64 * 1024 * 1024 + 1)
    call = ToolCall("look", {"one": GivenFile(file)})
    assert again(call).parameters == call.parameters
    assert file.read_bytes()[:8] not in in_state(state_file)
    recorded = read_inputs(state_file, 1, "tests/plugin")
    file.unlink()
    with pytest.raises(NotThereError, match=r"Round 1 was given .*one\.txt, which is gone"):
        recall(recorded, state_file, CONFIG, tmp_path / "recalled")


@pytest.mark.parametrize(
    "inputs",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"provider": "p", "parameters": {}}, id="another shape"),
        pytest.param({"call": {"kind": "tool", "what": 1}, "secrets": []}, id="another call"),
        pytest.param({"call": "tool", "secrets": []}, id="no call"),
    ],
)
def test_what_is_not_kept_cannot_be_recalled(
    state_file: StateFile, tmp_path: Path, inputs: dict[str, Any]
) -> None:
    assert as_recorded(inputs) is None
    with pytest.raises(NotThereError, match="What round 3 was called with is not kept"):
        recall(RecordedInputs(3, "default", inputs, {}), state_file, Config(), tmp_path)


def test_a_recorded_call_can_be_shown_with_names_for_secrets(plugin: Plugin) -> None:
    call = ToolCall("look", {"text": f"${{HOME}} {SECRET}", "pin": "z9"}, "ada", "test")
    shown = as_recorded(prepared(plugin, call).inputs)
    assert shown == replace(call, parameters={"text": "${HOME} ${token}", "pin": "${pin}"})
