"""Waiting for something to become true, instead of for time to pass."""

import subprocess
import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Return as soon as the condition holds; fail if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not happen within {seconds} s"
        time.sleep(0.002)


def is_running(pid: int) -> bool:
    """Whether a process is there and is not merely a zombie that nobody has reaped."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return shown.returncode == 0 and not shown.stdout.startswith("Z")
