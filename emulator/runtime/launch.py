"""How a plugin is started, and starting it with nothing prepared."""

import json
import os
import pickle
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from emulator.errors import PluginLoadError
from emulator.runtime import inside
from emulator.runtime.child import Child
from emulator.runtime.own_modules import own_names
from emulator.runtime.spawn import CHANNEL, spawn


@dataclass(frozen=True, slots=True)
class Launch:
    """How a plugin is started (D local_runtime/subprocess.go:20-46)."""

    python: Path
    entrypoint: str
    folder: Path
    environment: Mapping[str, str]
    sources: Mapping[str, bytes] | None = None
    """The plugin's modules by their names in the folder. None takes them from disk; then it is not
    told either what is imported beyond them."""


def start_cold(launch: Launch) -> Child:
    """Start a plugin in a new interpreter. Raises PluginLoadError."""
    child = start_waiting(launch.python, launch.folder, launch.environment)
    become(child, launch)
    return child


def start_waiting(python: Path, folder: Path, environment: Mapping[str, str]) -> Child:
    """Start an interpreter that waits for orders. Raises PluginLoadError."""
    if os.getpid() == 1:
        raise PluginLoadError(
            "dify-emulator is process 1 of its container: the SDK ends a plugin whose parent "
            "is process 1.",
            advice="Start the container with an init, such as `docker run --init`.",
        )
    place = Path(inside.__file__).parent
    return spawn([str(python), str(place), str(CHANNEL)], folder, dict(environment))


def become(child: Child, launch: Launch) -> None:
    """Have a waiting process run the plugin."""
    files = [] if launch.sources is None else [open_sources(launch.sources)]
    order(child.channel, "become", files, **describe(launch))


def describe(launch: Launch) -> dict[str, Any]:
    """What a process has to know to run the plugin."""
    sources = launch.sources
    return {
        "folder": str(launch.folder),
        "entrypoint": launch.entrypoint,
        "tells_imports_beyond": None if sources is None else sorted(own_names(sources)),
    }


def order(channel: socket.socket, what: str, files: Iterable[int] = (), **details: Any) -> None:
    """Send an order; closes the files that go along. A process that is gone takes it silently."""
    files = list(files)
    line = json.dumps({"do": what, "files": len(files), **details}).encode() + b"\n"
    try:
        sent = socket.send_fds(channel, [line], files) if files else 0
        channel.sendall(line[sent:])
    except OSError:
        pass  # its end is told by whoever waits for it
    finally:
        for fd in files:
            os.close(fd)


def open_sources(sources: Mapping[str, bytes]) -> int:
    """An open file without a name that holds the sources, as the plugin's process reads them."""
    with TemporaryFile() as file:
        pickle.dump(dict(sources), file)
        file.flush()
        file.seek(0)
        return os.dup(file.fileno())
