"""What a load on something gave."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Load:
    """Times in seconds."""

    latencies: list[float] = field(default_factory=list)
    failed: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    """What the load itself took of one processor."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.wall

    @contextmanager
    def measured(self) -> Iterator[None]:
        """What happens inside is the load."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall = time.perf_counter() - wall
        self.cpu = time.process_time() - cpu
