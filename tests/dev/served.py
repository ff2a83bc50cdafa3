"""A plugin that a running ``dev`` serves: its files are changed, and it is called."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from emulator.dify.calls import ToolCall, write_call
from tests.support.dev import Dev, Event
from tests.support.emulator import Emulator
from tests.support.plugin import write_plugin
from tests.support.stored import stored
from tests.support.waiting import wait_until

SECONDS = 60
TOOL = "tools/say.py"


def saying(text: str, more: str = "") -> str:
    """The file of a tool that says something."""
    return f"""\
from dify_plugin import Tool
{more}

class Say(Tool):
    def _invoke(self, tool_parameters):
        yield self.create_text_message({text!r})
"""


def write_saying(folder: Path, text: str = "one", **options: Any) -> Path:
    """A plugin with a tool ``say``."""
    write_plugin(folder, **{"tools": {"say": ""}, **options})
    (folder / TOOL).write_text(saying(text))
    return folder


class Served:
    """One plugin and its dev."""

    def __init__(self, folder: Path, dev: Dev) -> None:
        self.folder, self.dev = folder, dev
        self.command = Emulator(folder, dev.state)

    def write(self, name: str, text: str) -> Path:
        """Write a file in place."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def save(self, text: str, more: str = "") -> None:
        """Have the tool say something else from now on."""
        self.write(TOOL, saying(text, more))

    def call(self, tool: str = "say", **parameters: Any) -> Event:
        """The document of a round, or what there was instead: an ``error``."""
        asked = {
            "folder": str(self.folder),
            "workspace": "default",
            "timeout": SECONDS,
            "call": write_call(ToolCall(tool, parameters)),
        }
        with httpx.Client(trust_env=False, timeout=SECONDS) as client:
            answer = client.post(f"{self.dev.url}/-/api/rounds", json=asked)
        last: Event = json.loads(answer.text.splitlines()[-1])
        return {**last["round"], "stale": last["stale"]} if "round" in last else last

    def said(self, tool: str = "say") -> str:
        """What the tool says."""
        document = self.call(tool)
        assert "error" not in document or document["error"] is None, document
        return "".join(message["message"]["text"] for message in document["messages"])

    def says(self, text: str) -> None:
        """Wait until the tool says something."""
        wait_until(lambda: self.said() == text, SECONDS)

    @property
    def generation(self) -> int:
        """Of the last one that was loaded."""
        return int(self.dev.events("loaded")[-1]["generation"])

    def loaded(self, generation: int) -> Event:
        """Wait for a generation; gives the event."""
        return self.dev.wait_for("loaded", lambda event: event["generation"] == generation)

    def broken(self, number: int = 1) -> Event:
        """Wait until that many times something did not load; gives the event."""
        wait_until(lambda: len(self.dev.events("broken")) >= number, SECONDS)
        return self.dev.events("broken")[number - 1]

    def died(self, number: int) -> None:
        """Wait until that many processes have ended by themselves."""
        wait_until(lambda: len(self.dev.events("died")) == number, SECONDS)

    def wait_for_key(self, key: str) -> None:
        """Wait until the plugin has stored something."""
        wait_until(lambda: key in stored(self.dev.state), SECONDS)

    def next_change(self) -> list[str]:
        """Save something, wait until it is loaded; gives all files that count as changed by then.

        Whatever was done before, and counts, has been loaded by then or is among them.
        """
        before = self.generation
        self.write("marker.py", f"before = {before}\n")
        event = self.dev.wait_for("loaded", lambda event: event["generation"] > before)
        assert event["generation"] == before + 1
        return list(event["changed"])


@contextmanager
def served(folder: Path, *options: str, state: Path | None = None, **more: Any) -> Iterator[Served]:
    """Run a dev for a plugin; it has loaded its first generation, or failed to."""
    with Dev(folder, state=state or folder.parent / "state", options=options, **more) as dev:
        plugin = Served(folder.resolve(), dev)
        wait_until(lambda: dev.events("loaded") + dev.events("broken"), SECONDS)
        yield plugin


def fresh_inode(path: Path, text: str) -> None:
    """Write beside it, and rename over it, as many editors do."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    beside.write_text(text)
    beside.replace(path)
