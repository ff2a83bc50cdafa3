"""The peer: ``python -m main`` driven by hand, storage answered from a dict.

As little as can be: no rules, no history, no checks. What the emulator costs is measured
against this.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any


def call_tool(folder: Path, provider: str, tool: str, parameters: dict[str, Any]) -> list[Any]:
    """Start the plugin, call a tool once, give what it yields, end the plugin."""
    process = subprocess.Popen(
        [sys.executable, "-m", "main"],
        cwd=folder,
        env={**os.environ, "INSTALL_METHOD": "local", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        return _converse(process, provider, tool, parameters)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _converse(
    process: subprocess.Popen[bytes], provider: str, tool: str, parameters: dict[str, Any]
) -> list[Any]:
    assert process.stdout
    request = {
        "user_id": "local-user",
        "type": "tool",
        "action": "invoke_tool",
        "provider": provider,
        "tool": tool,
        "credentials": {},
        "tool_parameters": parameters,
    }
    _send(process, {"session_id": "1", "event": "request", "data": request})
    store: dict[str, str] = {}
    results = []
    for line in process.stdout:
        with contextlib.suppress(ValueError):
            message = json.loads(line)
            if message.get("event") != "session":
                continue
            kind, data = message["data"]["type"], message["data"]["data"]
            if kind == "invoke":
                _answer(process, store, data)
            elif kind == "stream":
                results.append(data)
            elif kind == "error":
                raise RuntimeError(data)
            else:
                return results
    raise RuntimeError("the plugin ended")


def _answer(process: subprocess.Popen[bytes], store: dict[str, str], data: dict[str, Any]) -> None:
    request, key = data["request"], data["request"]["key"]
    match request["opt"]:
        case "set":
            store[key] = request["value"]
            found: Any = "ok"
        case "get":
            found = store[key]
        case "exist":
            found = key in store
        case _:
            found = "ok" if store.pop(key, None) is not None else None
    answer = {"backwards_request_id": data["backwards_request_id"], "event": "response"}
    for part in ({"message": "struct", "data": {"data": found}}, {"event": "end", "data": None}):
        body = {"message": "", **answer, **part}
        _send(process, {"session_id": "1", "event": "backwards_response", "data": body})


def _send(process: subprocess.Popen[bytes], message: dict[str, Any]) -> None:
    assert process.stdin
    process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()
