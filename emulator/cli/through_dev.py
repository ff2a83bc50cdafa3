"""A call made through a running ``dev``, whose generation is warm."""

import base64
import json
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from emulator import errors
from emulator.cli import reporting
from emulator.cli.project import Project
from emulator.dev.announcement import find_dev
from emulator.dify.calls import Call, write_call
from emulator.errors import EmulatorError

if TYPE_CHECKING:
    from emulator.dify.round import Watcher

_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  what listens everywhere is reached here


def call_through_dev(
    project: Project, call: Call, timeout: float, watcher: "Watcher | None", *, reruns: bool
) -> dict[str, Any] | None:
    """The round's document; None if no dev serves this plugin. Raises EmulatorError.

    ``reruns`` has dev make the call again on new code.
    """
    dev = find_dev(project.state_dir)
    folder = str(project.folder.resolve())
    if dev is None or folder not in [plugin["path"] for plugin in dev["plugins"]]:
        return None
    address = urlsplit(dev["url"])
    host = address.hostname or ""
    connection = HTTPConnection(_HERE.get(host, host), address.port)
    asked = {
        "folder": folder,
        "workspace": project.workspace,
        "timeout": timeout,
        "call": write_call(call),
        "reruns": reruns,
    }
    try:
        connection.request("POST", "/-/api/rounds", json.dumps(asked).encode("utf-8", "replace"))
        response = connection.getresponse()
        return _follow(response, watcher)
    except ConnectionRefusedError:  # it has ended without a word
        return None
    except (HTTPException, OSError, ValueError):
        raise EmulatorError("The dev that ran this round has ended.") from None
    finally:
        connection.close()


def _follow(response: HTTPResponse, watcher: "Watcher | None") -> dict[str, Any]:
    for line in response:
        match json.loads(line):
            case {"round": dict(document), "stale": stale}:
                if stale:
                    reporting.say(f"Stale: {stale}", fg="yellow")
                return document
            case {"error": told}:
                kind = getattr(errors, told["kind"])
                raise kind(told["message"], advice=told["advice"], details=told["details"])
            case seen if watcher is not None:
                _show(seen, watcher)
    raise HTTPException("no result")


def _show(seen: dict[str, Any], watcher: "Watcher") -> None:
    match seen:
        case {"tool_message": message}:
            watcher.on_tool_message(message)
        case {"response": head, "piece": piece}:
            from emulator.dify.endpoint_response import EndpointResponse

            response = EndpointResponse(head["status"], head["headers"], head_sent=head["sent"])
            watcher.on_response(response, base64.b64decode(piece))
        case {"log": log}:
            from emulator.runtime.running import PluginLog

            watcher.on_log(PluginLog(**log))
