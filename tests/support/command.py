"""The command line with nothing but the words given: no plugin's folder, no state folder."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.emulator import Result

MODULE = [sys.executable, "-m", "emulator"]
SCRIPT = [str(Path(sys.executable).with_name("dify-emulator"))]


def run_command(
    *words: str,
    folder: Path,
    program: list[str] = MODULE,
    environment: dict[str, str] | None = None,
) -> Result:
    """Run it in a folder."""
    inherited = {k: v for k, v in os.environ.items() if k != "DIFY_EMULATOR_STATE_DIR"}
    done = subprocess.run(
        [*program, *words],
        cwd=folder,
        env={**inherited, "NO_COLOR": "1", **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))
