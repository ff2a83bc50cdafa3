"""The emulator as a whole process, from its start to its end."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def emulator(state: Path, plugin: Path, *words: str) -> float:
    """Run a command; gives the seconds that it took."""
    started = time.perf_counter()
    subprocess.run(
        _command(state, plugin, *words),
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - started


def first_output(state: Path, plugin: Path, *words: str) -> float:
    """Run a command; gives the seconds until its first byte on stdout."""
    started = time.perf_counter()
    with subprocess.Popen(
        _command(state, plugin, *words), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        os.read(process.stdout.fileno(), 1)
        taken = time.perf_counter() - started
        process.stdout.read()
    return taken


def python(*words: str) -> float:
    """Run a Python that imports nothing of ours; gives the seconds that it took."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True)
    return time.perf_counter() - started


def round_document(state: Path, plugin: Path, *words: str) -> dict[str, Any]:
    """Run a command that prints a round as JSON; gives the round."""
    command = [*_command(state, plugin, *words), "--json"]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    document: dict[str, Any] = json.loads(output)
    return document


def _command(state: Path, plugin: Path, *words: str) -> list[str]:
    place = ("-p", str(plugin), "--state-dir", str(state))
    return [sys.executable, "-m", "emulator", *words, *place]
