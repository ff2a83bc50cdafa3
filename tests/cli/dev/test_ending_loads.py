"""``dev`` that is ended in the middle of a load."""

import socket
from pathlib import Path

import pytest

from tests.cli.dev.conftest import OpenDev
from tests.cli.dev.ending import Ending
from tests.conftest import MakePlugin
from tests.support.emulator import Emulator
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are found in /proc")

CTRL_C = "\x03"
TOOLS = {"tools": {"t": "yield self.create_text_message('t')"}}


def hanging(flag: Path) -> str:
    """Code that says that it is there, and never ends."""
    return f"import pathlib, time\npathlib.Path({str(flag)!r}).touch()\ntime.sleep(600)\n"


@pytest.mark.parametrize("ends", ["ctrl-c", "kill"])
def test_a_first_load_that_never_ends(
    make_plugin: MakePlugin, open_dev: OpenDev, tmp_path: Path, ends: str
) -> None:
    flag = tmp_path / "flag"
    emulator = make_plugin(**TOOLS)
    (emulator.plugin / "main.py").write_text(hanging(flag))
    ending = Ending(emulator, open_dev, until=flag.exists)
    if ends == "kill":
        ending.by_kill()
    else:
        ending.by_key(CTRL_C, 130)


def test_a_reload_that_never_ends_and_a_request_that_waits_for_it(
    make_plugin: MakePlugin, open_dev: OpenDev, tmp_path: Path
) -> None:
    flag = tmp_path / "flag"
    emulator = make_plugin(endpoints={"GET /hello": "return Response('hello')"})
    ending = Ending(emulator, open_dev)
    code = emulator.plugin / "endpoints" / "endpoint0.py"
    code.write_text(hanging(flag))
    wait_until(flag.exists, 60)
    with socket.create_connection(ending.address, timeout=60) as waiting:
        path = ending.url.removeprefix("http://").partition("/")[2]
        waiting.sendall(f"GET /{path}/hello HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        ending.by_key(CTRL_C, 130)
        answered = waiting.recv(65536)
        assert answered == b"" or answered.startswith(b"HTTP/1.1 503 ")


@pytest.mark.parametrize("ends", ["ctrl-c", "kill"])
def test_a_package_that_never_ends_to_load_ahead(
    make_plugin: MakePlugin, open_dev: OpenDev, tmp_path: Path, ends: str
) -> None:
    emulator, flag, environment = with_package(make_plugin(**TOOLS), tmp_path)
    ending = Ending(emulator, open_dev, environment=environment)
    wait_until(flag.exists, 60)
    code = emulator.plugin / "tools" / "t.py"
    code.write_text(code.read_text() + "\n# saved\n")  # the next generation waits for the package
    if ends == "kill":
        ending.by_kill()
    else:
        ending.by_key(CTRL_C, 130)


def with_package(emulator: Emulator, folder: Path) -> tuple[Emulator, Path, dict[str, str]]:
    """Give a plugin a package that loads once, and then never again."""
    flag, once = folder / "flag", folder / "once"
    (folder / "packages").mkdir()
    code = f"import os\nif os.path.exists({str(once)!r}):\n"
    code += "".join(f"    {line}\n" for line in hanging(flag).splitlines())
    code += f"open({str(once)!r}, 'w').close()\n"
    (folder / "packages" / "moody.py").write_text(code)
    tool = emulator.plugin / "tools" / "t.py"
    tool.write_text("import moody\n" + tool.read_text())
    return emulator, flag, {"PYTHONPATH": str(folder / "packages")}


def test_a_load_that_is_interrupted_in_its_first_moment(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(**TOOLS)
    # It says where it is before anything is loaded.
    ending = Ending(emulator, open_dev, until=(emulator.state / "dev.json").exists)
    ending.by_key(CTRL_C, 130)
