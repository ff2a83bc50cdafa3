"""``dev.json``: how other commands find a running dev (contract: pid, url, plugins)."""

import contextlib
import fcntl
import json
import os
import time
from pathlib import Path
from typing import IO, Any

from emulator.errors import RefusedError
from emulator.workspace.state_file import prepare_state_dir

FILE = "dev.json"
LOCK = "dev.lock"
_MOMENT_SECONDS = 0.2


class Announcement:
    """Says in a state folder that a dev runs. One at a time: a lock that ends with its process."""

    def __init__(self, state_dir: Path) -> None:
        """Raises RefusedError if another dev runs there."""
        prepare_state_dir(state_dir)
        self._file = state_dir / FILE
        self._lock: IO[str] = (state_dir / LOCK).open("w")
        if not self._take():
            self._lock.close()
            other = find_dev(state_dir)
            where = f" (pid {other['pid']}, {other['url']})" if other else ""
            raise RefusedError(
                f"A dev is running already on {state_dir}{where}.",
                advice="End it, or give this one a state folder of its own with --state-dir.",
            )

    def _take(self) -> bool:
        # Whoever looks whether a dev runs holds the lock for a moment.
        until = time.monotonic() + _MOMENT_SECONDS
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() > until:
                    return False
                time.sleep(0.01)

    def write(self, url: str, plugins: list[dict[str, Any]]) -> None:
        """Say where it is, so that nobody ever reads half of it."""
        document = {"pid": os.getpid(), "url": url, "plugins": plugins}
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(document, indent=2) + "\n")
        new.replace(self._file)

    def remove(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._file.unlink()
        self._lock.close()


def find_dev(state_dir: Path) -> dict[str, Any] | None:
    """What a running dev says of itself; None if there is none, or its process is gone."""
    try:
        document: dict[str, Any] = json.loads((state_dir / FILE).read_text())
        is_whole = isinstance(document["url"], str) and isinstance(document["plugins"], list)
        return document if is_whole and _is_locked(state_dir) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_locked(state_dir: Path) -> bool:
    """Whether a dev runs: its number may be another process's by now, its lock cannot."""
    with (state_dir / LOCK).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
