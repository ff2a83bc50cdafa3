"""What processes take, as Linux tells it under /proc."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def can_look() -> bool:
    """Whether there is a /proc as Linux has it."""
    return Path("/proc/self/smaps_rollup").exists()


def cpu_seconds(pid: int) -> float:
    """What a process has taken of processors, without its children."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS


def with_variable(name: str, value: str) -> list[int]:
    """All processes that were started with an environment variable: also those whose parent is
    gone, which would be missing in a tree."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:  # ended meanwhile, or not ours
                continue
            if f"{name}={value}".encode() in environment.split(b"\0"):
                found.append(int(entry.name))
    return found


def memory_bytes(pids: list[int]) -> int:
    """What processes take of memory together: pages that several share count once (PSS)."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return total
