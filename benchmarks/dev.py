"""A running ``dev``, as a script that reads its events sees it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_START_SECONDS = 60
_END_SECONDS = 20
_LOOK_SECONDS = 0.002


class Dev:
    """``dev --json``, ready. Its events go to a file, so that nobody has to read them in time."""

    def __init__(self, process: subprocess.Popen[bytes], events: Path) -> None:
        self.pid = process.pid
        self._process = process
        self._events = events.open()
        self._partial = ""
        ready = self.wait_for("ready", _START_SECONDS)
        self.url: str = ready["url"]
        self.port = int(self.url.rpartition(":")[2])
        self._endpoints = ready["plugins"][0]["endpoints"]
        self.way = ""
        """How the last generation that was heard of was started."""
        self.generation = 0
        self._hear(self.wait_for("loaded", _START_SECONDS))

    def endpoint(self, path: str) -> str:
        """The path under which an endpoint is served."""
        urls = [each["url"] for each in self._endpoints if each["path"] == path]
        return str(urls[0].removeprefix(self.url))

    def new_events(self) -> list[dict[str, Any]]:
        """What has happened since this was asked last."""
        *lines, self._partial = (self._partial + self._events.read()).split("\n")
        events = [json.loads(line) for line in lines]
        for event in events:
            self._hear(event)
        return events

    def wait_for(self, name: str, seconds: float) -> dict[str, Any]:
        """The next event of a name; others before it are let go."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            line = self._events.readline()
            self._partial += line
            if self._partial.endswith("\n"):
                event: dict[str, Any] = json.loads(self._partial)
                self._partial = ""
                if event["event"] == name:
                    return event
            elif self._process.poll() is not None:
                raise RuntimeError(f"dev ended with {self._process.returncode}")
            elif not line:
                time.sleep(_LOOK_SECONDS)
        raise TimeoutError(f"no event {name!r} within {seconds} s")

    def _hear(self, event: dict[str, Any]) -> None:
        if event["event"] == "loaded":
            self.way, self.generation = event["way"], event["generation"]


@contextmanager
def running_dev(
    plugin: Path, state: Path, *words: str, environment: Mapping[str, str] | None = None
) -> Iterator[Dev]:
    """A dev on one plugin; gone at the end."""
    state.mkdir(parents=True, exist_ok=True)
    events = state / "events.jsonl"
    place = ("--state-dir", str(state), "--port", "0")
    with events.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "emulator", "dev", str(plugin), *place, "--json", *words],
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
        )
    try:
        yield Dev(process, events)
    finally:
        process.terminate()
        process.wait(_END_SECONDS)
