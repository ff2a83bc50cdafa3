from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass
class Visits:
    count: int = 0
    last: str | None = None

    def record(self) -> None:
        self.count += 1
        self.last = datetime.now(UTC).isoformat()
