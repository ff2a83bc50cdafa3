"""The emulator's own pages answer this machine only, and no web page of another site."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from emulator.dev.dev_server import PORT
from tests.server.connection import Answer, Connection
from tests.support.dev import Dev
from tests.support.plugin import write_plugin

ENDPOINTS = {"GET /x": "return Response(r.host)"}

_UNREACHABLE = (ConnectionRefusedError, TimeoutError)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guard")
    return write_plugin(folder / "plugin", endpoints=ENDPOINTS)


@pytest.fixture(scope="module")
def dev(folder: Path) -> Iterator[Dev]:
    with Dev(folder, state=folder.parent / "state") as dev:
        yield dev


def ask(
    dev: Dev,
    target: str,
    *headers: str,
    method: str = "GET",
    host: str | None = "localhost",
    version: str = "1.1",
) -> Answer:
    with Connection(dev) as connection:
        connection.ask(method, target, *headers, host=host, version=version)
        return connection.answer()


def is_let_in(answer: Answer) -> bool:
    """Whether it was looked for at all, on a page that is not there."""
    assert (answer.status, b"Refused: " in answer.body) in [(404, False), (403, True)]
    return answer.status == 404


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:5004", "127.0.0.1", "127.0.0.1:80", "127.9.9.9", "[::1]:5004"]
)
def test_a_loopback_host_is_let_in(dev: Dev, host: str) -> None:
    answer = ask(dev, "/-/nothing", host=host)
    assert is_let_in(answer)
    assert answer.body == b"There is no such page.\n"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:5004",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "0.0.0.0",
        "[::]:5004",
        "10.0.0.1",
        "localhost.",
        "::1",
        "",
    ],
)
def test_a_name_that_was_made_to_mean_this_machine_is_refused(dev: Dev, host: str) -> None:
    for target in ("/-/nothing", "/-/files/x/y", "/%2d/nothing", "/-%2Fnothing"):
        assert not is_let_in(ask(dev, target, host=host))


def test_without_a_host_or_with_two_there_is_no_way_in(dev: Dev) -> None:
    assert not is_let_in(ask(dev, "/-/nothing", host=None, version="1.0"))
    assert ask(dev, "/-/nothing", "Host: evil.example").status == 400


@pytest.mark.parametrize(
    "header",
    [
        "Origin: http://evil.example",
        "Origin: http://localhost:3000",
        "Origin: https://localhost.evil.example",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_page_of_another_site_is_refused(dev: Dev, method: str, header: str) -> None:
    answer = ask(dev, "/-/api/rounds", header, method=method)
    assert not is_let_in(answer)
    assert answer.all("access-control-allow-origin") == []


@pytest.mark.parametrize(
    "header", ["Origin: http://localhost", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none"]
)
def test_its_own_pages_are_let_in(dev: Dev, header: str) -> None:
    assert is_let_in(ask(dev, "/-/nothing", header))


@pytest.mark.parametrize("target", ["/-/", "/-/api", "/-/api/rounds", "/-/files/", "/-/files/x/y"])
def test_there_is_nothing_to_be_seen(dev: Dev, target: str) -> None:
    assert ask(dev, target).status == 404


def test_endpoints_are_for_everybody(dev: Dev) -> None:
    headers = ["Origin: http://evil.example", "Sec-Fetch-Site: cross-site"]
    answer = ask(dev, dev.endpoint_path("/x"), *headers, host="hooks.example")
    assert (answer.status, answer.body) == (200, b"hooks.example")


def test_nobody_listens_to_other_machines(dev: Dev) -> None:
    for address in ("127.0.0.2", _own_address()):
        if address is not None:
            with (
                pytest.raises(_UNREACHABLE),
                socket.create_connection((address, dev.port), timeout=5),
            ):
                pass


def test_who_listens_everywhere_has_pages_for_this_machine_only(folder: Path) -> None:
    with Dev(folder, state=folder.parent / "everywhere", options=("--host", "0.0.0.0")) as dev:
        assert dev.url == f"http://0.0.0.0:{dev.port}"
        assert is_let_in(ask(dev, "/-/nothing"))
        address = _own_address()
        if address is not None:
            for target, status in (("/-/nothing", 403), (dev.endpoint_path("/x"), 200)):
                with Connection(dev, address=address) as connection:
                    connection.ask("GET", target)
                    assert connection.answer().status == status


def test_it_may_listen_on_the_loopback_of_ipv6(folder: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with Dev(folder, state=folder.parent / "six", options=("--host", "::1")) as dev:
        assert dev.url == f"http://[::1]:{dev.port}"
        assert httpx.get(f"{dev.url}/-/nothing", trust_env=False).status_code == 404
        assert dev.get("/x").text == f"[::1]:{dev.port}"


def test_a_port_that_is_taken_is_refused(dev: Dev, folder: Path) -> None:
    second = Dev(folder, state=folder.parent / "second", port=dev.port)
    assert second.refused() == 2
    told = "".join(second.stderr)
    assert f"Nothing can listen on 127.0.0.1:{dev.port}" in told
    assert "--port" in told
    assert second.all_events == []
    assert not (folder.parent / "second" / "dev.json").exists()


def test_the_usual_port_gives_way_to_another(folder: Path) -> None:
    with socket.socket() as other:
        with contextlib.suppress(OSError):  # taken already: as good
            other.bind(("127.0.0.1", PORT))
            other.listen()
        with Dev(folder, state=folder.parent / "third", port=None) as dev:
            assert dev.port != PORT
            assert dev.get("/x").status_code == 200


def _own_address() -> str | None:
    """This machine's address in its network, if it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return None
        address: str = probe.getsockname()[0]
        return None if address.startswith("127.") else address
