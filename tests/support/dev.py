"""``dify-emulator dev`` as a test sees it: a process, its events, its endpoints."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import httpx

from emulator.plugin.plugin import hook_id_of
from tests.support.waiting import wait_until

Event = dict[str, Any]


class Dev:
    """A running ``dev``. In a ``with`` it is ready, and afterwards nothing of it is left."""

    def __init__(
        self,
        *folders: Path,
        state: Path,
        options: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        port: int | None = 0,
        python: str = sys.executable,
        seconds: float = 60,
    ) -> None:
        """``port`` None leaves the choice to ``dev``; ``seconds`` is how long a wait may take."""
        self.state = state
        chosen = [] if port is None else ["--port", str(port)]
        words = ["dev", *map(str, folders), "--state-dir", str(state), *chosen, "--json", *options]
        self._command = [python, "-m", "emulator", *words]
        self._environment = environment or {}
        self._seconds = seconds
        self.all_events: list[Event] = []
        """In the order in which they were told."""
        self.stderr: list[str] = []

    def __enter__(self) -> "Dev":
        self._start()
        try:
            self.ready = self.wait_for("ready")
        except BaseException:
            self.end()
            raise
        return self

    def refused(self) -> int:
        """Start one that cannot start; gives the exit code."""
        self._start()
        try:
            return self.wait()
        finally:
            self.end()

    def _start(self) -> None:
        left_out = ("PYTHONDONTWRITEBYTECODE", "DIFY_EMULATOR_STATE_DIR")
        inherited = {name: value for name, value in os.environ.items() if name not in left_out}
        self.process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**inherited, "NO_COLOR": "1", **self._environment},
            start_new_session=True,
        )
        assert self.process.stdout
        assert self.process.stderr
        self._readers = [
            _reading(self.process.stdout, lambda line: self.all_events.append(json.loads(line))),
            _reading(self.process.stderr, self.stderr.append),
        ]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def url(self) -> str:
        return str(self.ready["url"])

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def endpoint_url(self, path: str = "", plugin: int = 0) -> str:
        """The URL of a path of a plugin's endpoints."""
        return f"{self.url}{self.endpoint_path(path, plugin)}"

    def endpoint_path(self, path: str = "", plugin: int = 0) -> str:
        return f"/e/{hook_id_of(self.ready['plugins'][plugin]['id'])}{path}"

    def request(self, method: str, path: str, *, plugin: int = 0, **options: Any) -> httpx.Response:
        """One request to an endpoint, on a connection of its own."""
        options = {"timeout": self._seconds, "trust_env": False, **options}
        return httpx.request(method, self.endpoint_url(path, plugin), **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def events(self, name: str) -> list[Event]:
        """The events of this name so far."""
        return [event for event in list(self.all_events) if event["event"] == name]

    def wait_for(
        self, name: str, predicate: Callable[[Event], object] = lambda event: True
    ) -> Event:
        """The first event of this name, ever, for which something holds."""
        found: list[Event] = []

        def is_there_or_never() -> bool:
            ended = not any(reader.is_alive() for reader in self._readers)
            found.extend(event for event in self.events(name) if predicate(event))
            return ended or bool(found)

        try:
            wait_until(is_there_or_never, self._seconds)
        finally:
            assert found, f"{name!r} was not told, but this: {self.told()}"
        return found[0]

    def told(self) -> str:
        """Everything that it has told so far, for the message of a test that failed."""
        events = "\n".join(json.dumps(event)[:2000] for event in self.all_events)
        return f"\n{events}\n{''.join(self.stderr)}"

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def stop(self) -> int:
        """Ctrl-C, and wait for the end; gives the exit code."""
        self.interrupt()
        return self.wait()

    def wait(self) -> int:
        """Wait for the end; gives the exit code."""
        code = self.process.wait(self._seconds)
        for reader in self._readers:
            reader.join(self._seconds)
        return code

    def processes(self) -> list[int]:
        """All processes that descend from it, itself left out."""
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
        )
        pairs = [
            (int(pid), int(parent))
            for pid, parent in map(str.split, listed.stdout.split("\n")[:-1])
        ]
        found = [self.pid]
        for process in found:  # grows meanwhile
            found += [pid for pid, parent in pairs if parent == process]
        return found[1:]

    def end(self) -> None:
        """End it, however it is, and whatever it has started."""
        if self.process.poll() is None:
            started = self.processes()
            os.killpg(self.pid, signal.SIGKILL)
            for pid in started:  # they end by themselves, which is no test's to rely on
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.wait()


def _reading(stream: IO[bytes], take: Callable[[str], None]) -> threading.Thread:
    def read() -> None:
        for line in stream:
            take(line.decode("utf-8", "replace"))
        stream.close()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread
