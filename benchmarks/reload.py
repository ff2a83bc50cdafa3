"""From just before a file is saved to the first whole answer of the new code, over HTTP.

One client asks without a pause all the time, so that whatever is there answers: the old code, the
new, or, where that can happen, an error.
"""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.bare import bare_plugin, endpoint_request
from benchmarks.client import Client
from benchmarks.dev import running_dev
from benchmarks.plugins import FIRST, Code, version_app, version_plugin
from benchmarks.rows import Options, figure, percentile, print_table
from benchmarks.saving import save

_WARM_UP = 3
_MOST_WARM_UP = 50
_OLD_ANSWERS = 5
"""How often the present version is asked for before the next is saved."""
_START_SECONDS = 60

_PLUGINS = {"plain": "", "imports pandas": "import pandas"}


@dataclass
class Times:
    """What saves took, in seconds, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    answers: int = 0
    failures: list[str] = field(default_factory=list)


def measure(options: Options) -> None:
    """Print a table of plugins and how long each way to reload them takes."""
    rows = []
    for name, line in _PLUGINS.items():
        module = line.removeprefix("import ")
        if module and importlib.util.find_spec(module) is None:
            rows.append((f"{name}: {module} is not installed here", *[""] * 7))
            continue
        folder = options.folder / name.replace(" ", "-")
        measured = {
            "`dev`": _dev(folder / "dev", line, options.saves),
            "`uvicorn --reload`": _uvicorn(folder / "uvicorn", line, max(3, options.saves // 3)),
            "restart of `python -m main`": _restart(folder / "bare", line, max(3, options.runs)),
        }
        for way, times in measured.items():
            wanted = "≤ 100, ≤ 250 ms, 0" if way == "`dev`" else ""
            rows.append(_row(f"{name}, {way}", times, wanted))
    print_table(
        "| saved under | saves | median ms | p99 ms | max ms | answers | failed | wanted |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
        rows,
    )


def _row(what: str, times: Times, wanted: str) -> tuple[str, ...]:
    for failure in times.failures[:3]:
        print(f"{what}: {failure}", file=sys.stderr)
    shown = (median(times.seconds), percentile(times.seconds, 99), max(times.seconds))
    numbers = [figure(seconds * 1000) for seconds in shown]
    many = str(len(times.seconds))
    return (what, many, *numbers, str(times.answers), str(len(times.failures)), wanted)


def _dev(folder: Path, line: str, saves: int) -> Times:
    code = version_plugin(folder / "plugin", line)
    with running_dev(folder / "plugin", folder / "state") as dev:

        def is_warm() -> bool:
            dev.new_events()
            return dev.way == "forked"

        return _save_and_ask(code, dev.port, dev.endpoint("/version"), saves, is_warm)


def _uvicorn(folder: Path, line: str, saves: int) -> Times:
    code = version_app(folder, line)
    with _running_uvicorn(folder) as port:
        return _save_and_ask(code, port, "/", saves, lambda: True)


def _restart(folder: Path, line: str, saves: int) -> Times:
    """The process is ended at the save, and the new one asked once, over its pipes."""
    code = version_plugin(folder, line)
    request = endpoint_request(b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n")
    times = Times()
    for number in range(saves):
        version = f"v{number:05}"
        with bare_plugin(folder) as old:
            old.request("1", request)
            old.results()
            started = time.perf_counter()
            save(code.file, code.of(version), number)
        with bare_plugin(folder) as new:
            new.request("1", request)
            said = str(new.results())
            times.seconds.append(time.perf_counter() - started)
        times.answers += 1
        if version.encode().hex() not in said:
            times.failures.append(said)
    return times


def _save_and_ask(
    code: Code, port: int, path: str, saves: int, is_warm: Callable[[], bool]
) -> Times:
    asking = _Asking(code, path, Client(port))
    asking.until_served()
    for number in range(_MOST_WARM_UP):
        if number >= _WARM_UP and is_warm():
            break
        asking.save_once()
    asking.times = Times()
    for _ in range(saves):
        asking.save_once()
    return asking.times


@dataclass
class _Asking:
    """Saves one version after the other, and asks for it."""

    code: Code
    path: str
    client: Client
    version: str = FIRST
    times: Times = field(default_factory=Times)
    _saves: int = 0

    def until_served(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while self.client.get(self.path) != (200, self.version):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.path} is not served")

    def save_once(self) -> None:
        self._saves += 1
        old, self.version = self.version, f"v{self._saves:05}"
        for _ in range(_OLD_ANSWERS):
            self._ask(old)
        started = time.perf_counter()
        save(self.code.file, self.code.of(self.version), self._saves)
        while self._ask(old, self.version) != self.version:
            pass
        self.times.seconds.append(time.perf_counter() - started)

    def _ask(self, *versions: str) -> str:
        """One answer, whatever it is; one that is not of these versions is a failure."""
        status, body = self.client.get(self.path)
        self.times.answers += 1
        if status != 200 or body not in versions:
            self.times.failures.append(f"{status} {body}")
        return body


@contextmanager
def _running_uvicorn(folder: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    options = ("--port", str(port), "--log-level", "critical", "--lifespan", "off")
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app:app", "--reload", *options],
        cwd=folder,
        # Bytecode of a file that was saved twice within a second would be stale.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    )
    try:
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
