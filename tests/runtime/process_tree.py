"""Processes found by a mark in their environment, whoever their parent is by now."""

import contextlib
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path

_NAME = "TEST_PROCESS_TREE"


@dataclass(frozen=True)
class Tree:
    """All processes that got an environment, guards among them."""

    value: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def environment(self) -> dict[str, str]:
        """What marks a process, and those that it starts."""
        return {_NAME: self.value}

    def pids(self) -> list[int]:
        """Those that are there."""
        shown = subprocess.run(["ps", "axeww", "-o", "pid=,command="], capture_output=True)
        lines = shown.stdout.decode("utf-8", "replace").splitlines()
        mark = f"{_NAME}={self.value}"
        return [int(line.split(maxsplit=1)[0]) for line in lines if mark in line]

    def memory(self) -> int:
        """Bytes, of which those that processes share count once. Linux only.

        Without those of files: libraries are shared with whatever else runs on this machine, so
        that it is more when others end.
        """
        total = 0
        for pid in self.pids():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                (kilobytes,) = [line.split()[1] for line in lines if line.startswith("Pss_Anon:")]
                total += int(kilobytes) * 1024
        return total
