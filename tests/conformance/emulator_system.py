"""The emulator as the system under test."""

import base64
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

from emulator.dify.answers import Answers
from emulator.dify.dify_error import DifyError
from emulator.dify.endpoint_request import IncomingRequest, forwarded
from emulator.dify.invocation import Caller, Invocation, Kind, invoke_tool
from emulator.dify.round import Round
from emulator.dify.secrets import Secrets
from emulator.dify.storage import Storage
from emulator.dify.tool_messages import BadResult, ToolMessages
from emulator.plugin.manifest import Permission as ManifestPermission
from emulator.plugin.plugin import DeclaredTool
from emulator.plugin.tool import Tool, ToolProvider
from emulator.runtime.launch import Launch
from emulator.runtime.running import RunningPlugin
from emulator.wire.messages import BadSessionMessage, Invoke
from emulator.wire.reader import MessageReader
from emulator.wire.writer import encode_request
from emulator.workspace.rounds import RoundBook
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store as WorkspaceStore
from tests.conformance import scripted_plugin
from tests.conformance.system import (
    SESSION,
    STORAGE_GRANTED,
    Answer,
    Call,
    Exit,
    Failure,
    Hear,
    Heard,
    HttpRequest,
    Output,
    Pause,
    Permission,
    Refused,
    Reply,
    Response,
    Rules,
    Step,
    Store,
    Unsupported,
)

PLUGIN = "author/name"
STUCK = 20.0
"""Seconds after which a caller that waits in vain is called stuck. No case needs to wait."""


class EmulatorSystem:
    """All parts on one state file; every store is a workspace of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._workspaces = 0

    @cached_property
    def file(self) -> StateFile:
        return StateFile(self.folder / "state" / "state.db")

    def close(self) -> None:
        if "file" in self.__dict__:
            self.file.close()

    def empty_store(self) -> WorkspaceStore:
        self._workspaces += 1
        return WorkspaceStore(self.file, f"T{self._workspaces}", PLUGIN)

    @property
    def storage(self) -> "StorageOfEmulator":
        return StorageOfEmulator(self)

    @property
    def invocations(self) -> "InvocationsOfEmulator":
        return InvocationsOfEmulator(self)

    @property
    def endpoint_requests(self) -> "EndpointRequests":
        return EndpointRequests()

    @property
    def sessions(self) -> "Sessions":
        return Sessions(self)

    @property
    def tool_requests(self) -> "ToolRequests":
        return ToolRequests()

    @property
    def tool_outputs(self) -> "ToolOutputs":
        return ToolOutputs()


class StoreOfEmulator:
    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @property
    def root(self) -> str:
        store = self._storage.store
        return f"storage/persistence/{store.workspace}/{store.plugin}"

    @property
    def allocated(self) -> int | None:
        return self._storage.store.allocated

    def set(self, key: str, value: bytes) -> Answer:
        return Answer(self._storage.set(key, value).error)

    def get(self, key: str) -> Answer:
        outcome = self._storage.get(key)
        return Answer(outcome.error, value=None if outcome.error else outcome.value)

    def delete(self, key: str) -> Answer:
        return Answer(self._storage.delete(key).error)

    def exist(self, key: str) -> Answer:
        outcome = self._storage.exist(key)
        return Answer(outcome.error, found=None if outcome.error else outcome.found)


class StorageOfEmulator:
    def __init__(self, system: EmulatorSystem) -> None:
        self._system = system

    def fresh(
        self, *, limit: int | None = 1 << 20, maximum: int | None = None, rules: Rules = "local"
    ) -> Store:
        store = self._system.empty_store()
        if maximum is None:
            return StoreOfEmulator(Storage(store, limit, rules))
        with patch("emulator.dify.storage.STORAGE_MAXIMUM", maximum):
            return StoreOfEmulator(Storage(store, limit, rules))

    def beside(self, store: Store, workspace: str, plugin: str) -> Store:
        return StoreOfEmulator(Storage(WorkspaceStore(self._system.file, workspace, plugin), None))


class InvocationsOfEmulator:
    def __init__(self, system: EmulatorSystem) -> None:
        self._system = system

    def fresh(self, permission: Permission = STORAGE_GRANTED) -> "Asker":
        return Asker(Storage(self._system.empty_store(), 1 << 20), permission)


class Asker:
    def __init__(self, storage: Storage, permission: Permission) -> None:
        self._sent: list[bytes] = []
        granted = ManifestPermission.model_validate(permission)
        self._answers = Answers(self._sent.append, granted, storage)

    def ask(self, data: str) -> Reply:
        inner = f'{{"type":"invoke","data":{data}}}'
        line = f'{{"event":"session","session_id":"s","data":{inner}}}\n'
        (message,) = MessageReader().feed(line.encode())
        assert isinstance(message, Invoke), f"not an invocation, but {message}"
        self._sent.clear()
        failures: list[BadSessionMessage] = []
        self._answers.answer("s", message.data, failures.append)
        if failures:
            return Reply(session_error=failures[0].message)
        response, end = (json.loads(line)["data"] for line in b"".join(self._sent).splitlines())
        assert (end["event"], end["message"], end["data"]) == ("end", "", None)
        if response["event"] == "error":
            return Reply(error=response["message"])
        assert (response["event"], response["message"]) == ("response", "struct")
        return Reply(data=response["data"])


class EndpointRequests:
    def received(self, request: HttpRequest, hook: bytes) -> bytes:
        if request.tls:
            raise Unsupported("the emulator does not serve TLS")
        path, question, query = request.target.partition(b"?")
        keeps = any(
            name.lower() == b"connection" and b"keep-alive" in value
            for name, value in request.headers
        )
        incoming = IncomingRequest(
            method=request.method.decode(),
            path=path,
            query=query if question else None,
            headers=list(request.headers),
            body=request.body,
            host=request.host.decode(),
            closes=request.version == b"1.0" and not keeps,
        )
        return forwarded(incoming, hook.decode())


class Sessions:
    def __init__(self, system: EmulatorSystem) -> None:
        self._system = system

    def tool(self, script: Sequence[Step]) -> Heard:
        return self._run("tool", script)

    def endpoint(self, script: Sequence[Step]) -> Heard:
        return self._run("endpoint", script)

    def _run(self, kind: Kind, script: Sequence[Step]) -> Heard:
        storage = Storage(self._system.empty_store(), 1 << 20)
        book = RoundBook(self._system.file)
        with tempfile.TemporaryDirectory(dir=self._system.folder) as folder:
            number = self._round(kind, _launch(Path(folder), script), storage, book)
        return _heard(book.show(number), _values(storage.store))

    def _round(self, kind: Kind, launch: Launch, storage: Storage, book: RoundBook) -> int:
        running = RunningPlugin(launch)
        try:
            running.wait_until_ready(STUCK)
            permission = ManifestPermission.model_validate(STORAGE_GRANTED)
            answers = Answers(running.send, permission, storage, place_of=running.place_of)
            data = {"user_id": "u", "type": kind, "action": f"invoke_{kind}"}
            invocation = Invocation(kind, "t", Caller("u"), data, {}, Secrets({}))
            return Round(running, answers, book, invocation, timeout=STUCK).run()
        finally:
            running.stop()


def _launch(folder: Path, script: Sequence[Step]) -> Launch:
    (folder / "main.py").write_bytes(Path(scripted_plugin.__file__).read_bytes())
    assert SESSION.encode() == scripted_plugin.SESSION
    verbs = [_verb(step) for step in script if not isinstance(step, Pause)]
    (folder / "script.json").write_text(json.dumps(verbs), encoding="utf-8")
    return Launch(Path(sys.executable), "main", folder, {})


def _verb(step: bytes | Hear | Exit) -> list[Any]:
    match step:
        case bytes():
            return ["say", base64.b64encode(step).decode()]
        case Hear(lines):
            return ["hear", lines]
        case Exit():
            return ["exit"]


def _values(store: WorkspaceStore) -> Mapping[str, bytes]:
    with store.transaction():
        found = [(value.key, store.find(value.key)) for value in store.values()]
        return {key: store.read(entry) for key, entry in found if entry}


def _heard(document: dict[str, Any], stored: Mapping[str, bytes]) -> Heard:
    error = document["error"]
    lost = error is not None and error["type"] == "LostMessage"
    stuck = document["status"] in ("crashed", "timeout") or lost
    messages = document["messages"]
    is_tool = document["kind"] == "tool"
    return Heard(
        outcome="stuck" if stuck else "failed" if error else "ended",
        error=Failure(error["type"], error["message"]) if error and not stuck else None,
        messages=messages if is_tool else (),
        response=None if is_tool else _response(messages),
        stored=stored,
        notes=frozenset(note["code"] for note in document["notes"]),
    )


def _response(messages: list[dict[str, Any]]) -> Response | None:
    if not messages:
        return None
    message = messages[0]["message"]
    body = message["body"]
    return Response(
        message["status"],
        {name.lower(): value for name, value in message["headers"].items()},
        base64.b64decode(body["base64"]) if isinstance(body, dict) else body.encode(),
    )


_LABEL = {"en_US": "x"}
_EXTRA = {"python": {"source": "x.py"}}
_IDENTITY = {"author": "author", "label": _LABEL, "icon": "icon.svg"}
_PROVIDER = ToolProvider.model_validate(
    {"identity": {**_IDENTITY, "name": "p"}, "tools": ["t.yaml"], "extra": _EXTRA}
)


class ToolRequests:
    def line(self, call: Call) -> bytes:
        described = [
            {"label": _LABEL, "human_description": _LABEL, "form": "llm", **parameter}
            for parameter in call.parameters
        ]
        tool = Tool.model_validate(
            {
                "identity": {**_IDENTITY, "name": "t"},
                "description": {"human": _LABEL, "llm": "x"},
                "parameters": described,
                "extra": _EXTRA,
            }
        )
        caller = Caller(call.user_id, call.conversation_id, call.message_id, call.app_id)
        declared = DeclaredTool(_PROVIDER, tool)
        try:
            asked = invoke_tool(declared, dict(call.given), dict(call.credentials), caller)
        except DifyError as error:
            raise Refused(str(error)) from None
        return encode_request(
            SESSION,
            asked.data,
            conversation_id=caller.conversation_id,
            message_id=caller.message_id,
            app_id=caller.app_id,
        )


class ToolOutputs:
    def collect(self, messages: Iterable[Mapping[str, Any]]) -> Output:
        collected = ToolMessages()
        try:
            for message in messages:
                collected.add(dict(message))
        except BadResult as bad:
            return Output(error=bad.message)
        of = [(each["type"], each["message"], each["meta"]) for each in collected.messages]
        return Output(
            text="".join(
                f"Link: {body['text']}\n" if kind == "link" else body["text"]
                for kind, body, _ in of
                if kind in ("text", "link")
            ),
            json=[body["json_object"] for kind, body, _ in of if kind == "json"],
            files=[
                (base64.b64decode(body["blob"]["base64"]), meta)
                for kind, body, meta in of
                if kind == "blob"
            ],
            variables={
                body["variable_name"]: body["variable_value"]
                for kind, body, _ in of
                if kind == "variable"
            },
            logs=[body for kind, body, _ in of if kind == "log"],
        )
