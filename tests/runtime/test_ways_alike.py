"""However a generation was started, it finds what ``python -m main`` finds, and can do as much."""

import json
import os
import subprocess
import sys
import venv
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from emulator.runtime.warm_starts import Way
from tests.runtime.generations import Generations, Started, write_package
from tests.support.plugin import parameter, write_plugin

WAYS: list[Way] = ["cold", "forked", "spare"]
THREAD = """
import threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
"""
DESCRIBE = """
import json, logging, multiprocessing, os, signal, sys, threading
names = [name for name in dir(signal) if name[:3] == "SIG" and name[3] != "_"]
with open(os.environ["DESCRIBED"], "w") as file:
    json.dump({
        "argv": sys.argv,
        "name": __name__,
        "file": __file__,
        "package": __package__,
        "spec": __spec__.name,
        "is main": sys.modules["__main__"].__dict__ is globals(),
        "folder": os.getcwd(),
        "path": sys.path,
        "umask": os.umask(0o022),
        "signals": {name: str(signal.getsignal(getattr(signal, name))) for name in names},
        "blocked": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
        "main thread": threading.current_thread() is threading.main_thread(),
        "thread": threading.current_thread().name,
        "process": multiprocessing.current_process().name,
        "handlers": len(logging.getLogger().handlers),
        "level": logging.getLogger().level,
        "trace": [str(sys.gettrace()), str(sys.excepthook), str(sys.displayhook)],
        "executable": sys.executable,
        "environment": sorted(set(os.environ) - {"_", "PWD", "OLDPWD", "SHLVL", "LC_CTYPE"}),
    }, file)
"""


def started(generations: Generations, way: Way) -> Started:
    """A generation that was started in a certain way."""
    if way == "spare":
        generations.starts.learn("lively")
    if way != "cold":
        generations.starts.prepare()
    generation = generations.next()
    assert generation.way == way
    return generation


def lively(tmp_path: Path) -> dict[str, str]:
    """An environment with a package that keeps processes from being forked."""
    return {**write_package(tmp_path / "packages", "lively", THREAD), "NO_PROXY": "localhost"}


@pytest.mark.parametrize("way", WAYS)
def test_a_plugin_finds_what_it_finds_when_it_is_run_by_hand(tmp_path: Path, way: Way) -> None:
    folder = write_plugin(tmp_path / "plugin", tools={"say": "yield"})
    main = folder / "main.py"
    described = tmp_path / "described.json"
    main.write_text(DESCRIBE + main.read_text())
    environment = {**lively(tmp_path), "DESCRIBED": str(described)}
    with Generations(folder, tmp_path, environment) as generations:
        started(generations, way)
        found = json.loads(described.read_text())
        main.write_text(DESCRIBE)
        subprocess.run(
            [sys.executable, "-m", "main"],
            cwd=folder,
            env=generations.environment,
            stdin=subprocess.DEVNULL,
            check=True,
        )
    assert found == json.loads(described.read_text())


DOES = """
import asyncio, concurrent.futures, os, socket, subprocess, tempfile, threading, time
import gevent, httpx, requests
url = tool_parameters["url"]
done = {}
done["requests"] = requests.get(url).text
done["httpx"] = httpx.get(url, trust_env=False).text
done["looked up"] = bool(socket.getaddrinfo("localhost", 80))
done["subprocess"] = subprocess.run(["echo", "hi"], capture_output=True, text=True).stdout
done["exit"] = subprocess.run(["sh", "-c", "exit 7"]).returncode
done["system"] = os.waitstatus_to_exitcode(os.system("exit 3"))
seen = []
threads = [threading.Thread(target=seen.append, args=[n]) for n in range(5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
done["threads"] = sorted(seen)
with concurrent.futures.ThreadPoolExecutor() as pool:
    done["pool"] = list(pool.map(abs, [-1, -2]))
done["native"] = gevent.get_hub().threadpool.apply(sum, [[1, 2, 3]])
started = time.monotonic()
gevent.joinall([gevent.spawn(time.sleep, 0.05) for _ in range(20)])
done["at once"] = time.monotonic() - started < 0.9
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x")
done["storage"] = (storage.set("k", b"v"), storage.get("k").decode())[1]
yield self.create_json_message(done)
"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.mark.parametrize("way", WAYS)
def test_a_plugin_can_do_what_plugins_do(tmp_path: Path, way: Way) -> None:
    folder = write_plugin(
        tmp_path / "plugin", tools={"say": DOES}, parameters={"say": [parameter("url")]}
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    with server, Generations(folder, tmp_path, lively(tmp_path)) as generations:
        url = f"http://localhost:{server.server_port}/"
        done = started(generations, way).call(url=url)
        server.shutdown()
    assert done == {
        "requests": "hello",
        "httpx": "hello",
        "looked up": True,
        "subprocess": "hi\n",
        "exit": 7,
        "system": 3,
        "threads": [0, 1, 2, 3, 4],
        "pool": [1, 2],
        "native": 6,
        "at once": True,
        "storage": "v",
    }


def test_packages_of_the_plugins_own_environment_are_loaded_ahead(tmp_path: Path) -> None:
    body = "import os, inner\n"
    body += "yield self.create_json_message({'pid': inner.pid, 'parent': os.getppid()})"
    folder = write_plugin(tmp_path / "plugin", tools={"say": body})
    venv.create(folder / ".venv", symlinks=True)
    (packages,) = (folder / ".venv").glob("lib/*/site-packages")
    (packages / "inner.py").write_text("import os\npid = os.getpid()\n")
    places = [each for each in sys.path if each.endswith("site-packages")]
    (packages / "outer.pth").write_text("\n".join(places))
    python = folder / ".venv" / "bin" / "python"
    with Generations(folder, tmp_path, python=python) as generations:
        first = generations.next()
        assert first.call()["pid"] == first.running.pid
        generations.starts.prepare()
        told = generations.next().call()
        assert told["pid"] == told["parent"] != os.getpid()
        assert list(packages.glob("__pycache__/inner*")) == []
