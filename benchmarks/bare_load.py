"""Load on a plugin over its pipes, without the emulator: what the SDK itself costs."""

import time
from collections.abc import Mapping
from itertools import count
from typing import Any

from benchmarks.bare import BarePlugin
from benchmarks.load import Load


def load_over_pipes(
    plugin: BarePlugin, request: Mapping[str, Any], body: bytes, sessions: int, seconds: float
) -> Load:
    """Keep so many sessions under way for so long."""
    load, names = Load(), (f"{time.monotonic_ns()}-{number}" for number in count())
    asked_at: dict[str, float] = {}
    answers: dict[str, str] = {}
    expected = body.hex()

    def ask() -> None:
        name = next(names)
        asked_at[name], answers[name] = time.perf_counter(), ""
        plugin.request(name, request)

    with load.measured():
        end = time.perf_counter() + seconds
        for _ in range(sessions):
            ask()
        for name, kind, data in plugin.messages():
            if kind == "stream":
                answers[name] += data.get("result") or ""
            elif kind == "end":
                now = time.perf_counter()
                load.latencies.append(now - asked_at.pop(name))
                load.failed += answers.pop(name) != expected
                if now < end:
                    ask()
                elif not asked_at:
                    break
    return load
