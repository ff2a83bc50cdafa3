"""The sample plugin under old and new SDKs, each in an environment of its own."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.runtime.generations import Generations
from tests.support.dev import Dev
from tests.support.emulator import SAMPLES, Emulator
from tests.support.waiting import wait_until

# The oldest that starts with today's dependencies, two in between, and one for Python 3.12 up.
VERSIONS = ["0.3.5", "0.5.1", "0.7.4", "0.10.2"]


def interpreter_for(version: str) -> str | None:
    """A Python that this SDK runs on: 0.8.0 and later need 3.12."""
    if version != "0.10.2" or sys.version_info >= (3, 12):
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(name) for name in ("python3.13", "python3.12")]
    candidates += [str(found / "bin" / "python") for found in sorted(pyenv.glob("3.1[23]*"))]
    return next((each for each in candidates if each and runs_new_python(each)), None)


def runs_new_python(python: str) -> bool:
    check = "import sys; sys.exit(sys.version_info < (3, 12))"
    return subprocess.run([python, "-c", check], capture_output=True).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_the_memory_sample_runs_under(version: str, tmp_path: Path) -> None:
    python = interpreter_for(version)
    if python is None:
        pytest.skip(f"dify_plugin {version} needs Python 3.12")
    environment = tmp_path / "environment"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "-q", "--python", python, str(environment)], check=True)
    sdk = environment / "bin" / "python"
    install = [*uv, "pip", "install", "-q", "--compile-bytecode", "--python", str(sdk)]
    subprocess.run([*install, f"dify_plugin=={version}"], check=True)

    emulator = Emulator(SAMPLES / "memory", tmp_path / "state")
    on_sdk = ["--python", str(sdk)]
    emulator.ok("run", "remember", "name=colour", "value=blue", *on_sdk)
    assert emulator.ok("run", "recall", "name=colour", *on_sdk).text.startswith("blue\n")
    told = emulator.ok("request", "GET", "/memory/local-user", *on_sdk)
    assert told.json == {"colour": "blue"}
    emulator.ok("run", "forget", "name=colour", *on_sdk)
    assert emulator.ok("storage", "list").text == ""
    check_dev(tmp_path, on_sdk)
    check_places(tmp_path, sdk)


def check_dev(folder: Path, options: list[str]) -> None:
    """New code is forked off a process that has this SDK loaded, and leaves no files open there."""
    plugin = folder / "memory"
    shutil.copytree(SAMPLES / "memory", plugin, ignore=shutil.ignore_patterns(".dify-emulator"))
    tool = plugin / "tools" / "recall.py"
    with Dev(plugin, state=folder / "state", options=tuple(options)) as dev:
        dev.wait_for("loaded")
        before = open_files(dev)
        for version in range(2, 6):
            tool.write_text(f"{tool.read_text()}# {version}\n")
            loaded = dev.wait_for("loaded", lambda each: each["generation"] == version)  # noqa: B023
            assert loaded["way"] == "forked"
            assert dev.get("/memory/nobody").status_code == 404
        wait_until(lambda: open_files(dev) == before)


def check_places(folder: Path, python: Path) -> None:
    """The lines that a call comes from are known, however its process was started."""
    with Generations(folder / "memory", folder, python=python) as generations:
        for way in ("cold", "forked"):
            generation = generations.next()
            assert generation.way == way
            assert generation.round("remember", name="a", value="b")["error"] is None
            first, *_, last = map(str, generation.places)
            tool = r"memory_store\.py:\d+ < tools/remember\.py:\d+"
            assert re.fullmatch(rf"memory_store\.py:\d+ < {tool}", first)
            assert re.fullmatch(tool, last)
            generations.starts.prepare()


def open_files(dev: Dev) -> list[int]:
    """How many files each process of a dev has open; none on a system that does not tell."""
    counts = []
    for pid in dev.processes():
        with suppress(OSError):
            counts.append(len(list(Path(f"/proc/{pid}/fd").iterdir())))
    return sorted(counts)
