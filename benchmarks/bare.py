"""The peer: ``python -m main`` driven by hand, storage answered from a dict.

As little as can be: no rules, no history, no checks. What the emulator costs is measured
against this.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class BarePlugin:
    """A plugin's process and what it has stored."""

    def __init__(self, folder: Path, store: Mapping[str, bytes] | None = None) -> None:
        self._store = {key: value.hex() for key, value in (store or {}).items()}
        self._partial = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "main"],
            cwd=folder,
            env={**os.environ, "INSTALL_METHOD": "local", "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.pid = self._process.pid

    def request(self, session: str, data: Mapping[str, Any]) -> None:
        """Ask something of the plugin."""
        self._send({"session_id": session, "event": "request", "data": data})

    def messages(self) -> Iterator[tuple[str, str, Any]]:
        """What sessions say: session, type and data. What they ask for is answered meanwhile."""
        assert self._process.stdout
        while data := os.read(self._process.stdout.fileno(), 65536):
            *lines, self._partial = (self._partial + data).split(b"\n")
            for line in lines:
                try:
                    message = json.loads(line)
                except ValueError:  # blank, or printed
                    continue
                if message.get("event") != "session":
                    continue
                session, said = message["session_id"], message["data"]
                if said["type"] == "invoke":
                    self._answer(session, said["data"])
                else:
                    yield session, said["type"], said["data"]
        raise RuntimeError("the plugin ended")

    def results(self) -> list[Any]:
        """What the only session that is open yields, until it ends."""
        results = []
        for _, kind, data in self.messages():
            if kind == "error":
                raise RuntimeError(data)
            if kind == "end":
                break
            results.append(data)
        return results

    def end(self) -> None:
        """A stdin that closes does not end a plugin, so it is killed."""
        os.killpg(self.pid, signal.SIGKILL)
        self._process.communicate()

    def _answer(self, session: str, data: dict[str, Any]) -> None:
        request, key = data["request"], data["request"]["key"]
        match request["opt"]:
            case "set":
                self._store[key] = request["value"]
                found: Any = "ok"
            case "get":
                found = self._store[key]
            case "exist":
                found = key in self._store
            case _:
                found = "ok" if self._store.pop(key, None) is not None else None
        answer = {"backwards_request_id": data["backwards_request_id"], "event": "response"}
        for part in (
            {"message": "struct", "data": {"data": found}},
            {"event": "end", "data": None},
        ):
            body = {"message": "", **answer, **part}
            self._send({"session_id": session, "event": "backwards_response", "data": body})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()


@contextmanager
def bare_plugin(folder: Path, store: Mapping[str, bytes] | None = None) -> Iterator[BarePlugin]:
    """A plugin's process, perhaps not yet ready; gone at the end."""
    plugin = BarePlugin(folder, store)
    try:
        yield plugin
    finally:
        plugin.end()


def call_tool(folder: Path, provider: str, tool: str, parameters: dict[str, Any]) -> list[Any]:
    """Start the plugin, call a tool once, give what it yields, end the plugin."""
    request = {
        "user_id": "local-user",
        "type": "tool",
        "action": "invoke_tool",
        "provider": provider,
        "tool": tool,
        "credentials": {},
        "tool_parameters": parameters,
    }
    with bare_plugin(folder) as plugin:
        plugin.request("1", request)
        return plugin.results()


def endpoint_request(raw: bytes) -> dict[str, Any]:
    """What is asked of a plugin for a request over HTTP."""
    return {
        "user_id": "",
        "type": "endpoint",
        "action": "invoke_endpoint",
        "raw_http_request": raw.hex(),
        "settings": {},
    }
