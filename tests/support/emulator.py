"""``dify-emulator`` as a test sees it: a process with words, output and an exit code."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "sample_plugins"


@dataclass(frozen=True)
class Result:
    """What a finished command left."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Emulator:
    """Commands on one plugin, its state kept in a folder of the test's."""

    plugin: Path
    state: Path
    python: str = sys.executable
    environment: tuple[tuple[str, str], ...] = ()

    def __call__(self, *words: str, stdin: bytes = b"", timeout: float = 60) -> Result:
        done = subprocess.run(
            self.command(*words),
            input=stdin,
            capture_output=True,
            timeout=timeout,
            env=self.environ(),
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))

    def ok(self, *words: str, stdin: bytes = b"") -> Result:
        """A command that has to succeed."""
        result = self(*words, stdin=stdin)
        assert result.code == 0, f"{words} ended with {result.code}:\n{result.err}{result.text}"
        return result

    def command(self, *words: str) -> list[str]:
        place = ["-p", str(self.plugin), "--state-dir", str(self.state)]
        group = 2 if words[0] in ("storage", "snapshot", "rounds") else 1
        return [self.python, "-m", "emulator", *words[:group], *place, *words[group:]]

    def environ(self) -> dict[str, str]:
        # A shell that keeps Python from writing bytecode would hide what we do about it.
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        return {**kept, "NO_COLOR": "1", **dict(self.environment)}
