"""Saves in quick succession under constant load: what fails, what is mixed, what is left over.

The plugin has its version in two files. One is imported with the plugin, the other in the middle
of the first call, so an answer shows from which moments both were taken. A save writes one after
the other: the pairs that were on disk together are (n, n) and (n + 1, n), and nothing else fits.
"""

import json
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from benchmarks.client import Client
from benchmarks.dev import Dev, running_dev
from benchmarks.plugins import pair_code, pair_plugin
from benchmarks.processes import can_look, memory_bytes, with_variable
from benchmarks.rows import Options, print_table
from benchmarks.saving import save
from emulator.dify.calls import ToolCall, write_call

_SAVES = 200
_EVERY_SECONDS = 0.05
_WARM_UP_SAVES = 20
_WARM_UP_CALLS = 200
_WAIT_SECONDS = 60
_LOOK_SECONDS = 0.1
_LOOKS = 10
_VARIABLE = "EMULATOR_BENCHMARK"


@dataclass
class Caller:
    """Calls again and again, in a thread of its own, and judges what comes back."""

    call: Callable[[], str]
    """Gives the pair of versions; raises AssertionError."""
    calls: int = 0
    failed: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    _stopping: bool = False

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._thread.join()

    def _work(self) -> None:
        while not self._stopping:
            self.calls += 1
            try:
                pair = self.call()
            except AssertionError as error:
                self.failed.append(str(error))
                continue
            early, late = map(int, pair.split())
            if early - late not in (0, 1):
                self.mixed.append(pair)


@dataclass(frozen=True)
class _Left:
    """What there is once everything is quiet."""

    processes: int
    memory: int
    generation: int
    """The last one that was loaded."""


def measure(options: Options) -> None:
    """Print a table of what the saves left."""
    if not can_look():
        print("left out: processes are looked at under Linux's /proc\n")
        return
    plugin = pair_plugin(options.folder / "plugin")
    mark = uuid.uuid4().hex
    with running_dev(plugin, options.folder / "state", environment={_VARIABLE: mark}) as dev:
        with _under_load(dev, plugin) as callers:
            _wait(lambda: min(each.calls for each in callers) > _WARM_UP_CALLS)
            _save_apart(plugin, range(1, _WARM_UP_SAVES))
        before = _quiet(dev, mark)
        with _under_load(dev, plugin) as callers:
            late = _save_apart(plugin, range(_WARM_UP_SAVES, _WARM_UP_SAVES + _SAVES))
        after = _quiet(dev, mark)
    left = len(with_variable(_VARIABLE, mark))
    _print(callers, before, after, left)
    if late > _EVERY_SECONDS:
        print(f"the last save was {late:.2f} s late", file=sys.stderr)


@contextmanager
def _under_load(dev: Dev, plugin: Path) -> Iterator[list[Caller]]:
    """Two clients of the endpoint and one of the tool, all the time."""
    calls = _request(dev), _request(dev), _tool_call(dev, plugin)
    callers = [Caller(call) for call in calls]
    try:
        yield callers
    finally:
        for each in callers:
            each.stop()


def _request(dev: Dev) -> Callable[[], str]:
    client, path = Client(dev.port), dev.endpoint("/versions")

    def call() -> str:
        status, body = client.get(path)
        assert status == 200, f"{status} {body}"
        return body

    return call


def _tool_call(dev: Dev, plugin: Path) -> Callable[[], str]:
    client = Client(dev.port)
    asked = {"folder": str(plugin.resolve()), "workspace": "default", "timeout": 60}
    body = json.dumps({**asked, "call": write_call(ToolCall("versions", {}))})

    def call() -> str:
        status, lines = client.post("/-/api/rounds", body)
        assert status == 200, f"{status} {lines}"
        said = json.loads(lines.splitlines()[-1])
        assert said.get("round", {}).get("status") == "ok", lines
        assert not said["stale"], lines
        text: str = said["round"]["messages"][0]["message"]["text"]
        return text

    return call


def _save_apart(plugin: Path, versions: range) -> float:
    """In a process of its own: beside the callers' threads, the moment between the truncation of a
    file and its writing would be long, as it is for no editor."""
    with ProcessPoolExecutor(1, get_context("spawn")) as editor:
        return editor.submit(_save, plugin, versions).result()


def _save(plugin: Path, versions: range) -> float:
    """Save each version in its turn; gives how late the last one was."""
    begun, late = time.perf_counter(), 0.0
    for number, version in enumerate(versions):
        late = time.perf_counter() - begun - number * _EVERY_SECONDS
        time.sleep(max(0, -late))
        for name in ("early.py", "late.py"):
            save(plugin / name, pair_code(version), version)
    return max(0, late)


def _quiet(dev: Dev, mark: str) -> _Left:
    """What is left when processes have neither come nor gone for a while."""
    seen: list[list[int]] = []

    def is_quiet() -> bool:
        dev.new_events()
        seen.append(sorted(with_variable(_VARIABLE, mark)))
        time.sleep(_LOOK_SECONDS)
        return len(seen) >= _LOOKS and all(each == seen[-1] for each in seen[-_LOOKS:])

    _wait(is_quiet)
    return _Left(len(seen[-1]), memory_bytes(seen[-1]), dev.generation)


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"did not happen within {_WAIT_SECONDS} s")
        time.sleep(0.01)


def _print(callers: list[Caller], before: _Left, after: _Left, left: int) -> None:
    for each in callers:
        for text in [*each.failed[:3], *each.mixed[:3]]:
            print(text, file=sys.stderr)
    growth = (after.memory / before.memory - 1) * 100
    megabytes = [f"{each.memory / 2**20:.1f}" for each in (before, after)]
    print_table(
        f"| {_SAVES} saves, one each {_EVERY_SECONDS * 1000:.0f} ms | before | after | wanted |",
        "|---|---:|---:|---|",
        [
            ("calls", "", str(sum(each.calls for each in callers)), ""),
            ("failed", "", str(sum(len(each.failed) for each in callers)), "0"),
            ("of mixed code", "", str(sum(len(each.mixed) for each in callers)), "0"),
            ("generations made", "", str(after.generation - before.generation), ""),
            ("processes", str(before.processes), str(after.processes), "as before"),
            ("memory of all of them, MiB", *megabytes, f"± 10 %; this is {growth:+.1f} %"),
            ("processes after the end of `dev`", "", str(left), "0"),
        ],
    )
