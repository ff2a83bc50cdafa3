"""Files over HTTP: what was offered, byte for byte; nothing else; nothing afterwards."""

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from emulator.server.files import FileServer


def get(url: str) -> httpx.Response:
    # As the SDK fetches a file: no redirects, 5 s.
    return httpx.get(url, timeout=5, follow_redirects=False, trust_env=False)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(bytes(range(256)), id="every byte"),
        pytest.param(b"line\r\n\0" * 500_000, id="three megabytes"),
    ],
)
def test_a_file_comes_byte_for_byte(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    with FileServer() as server:
        answer = get(server.offer(tmp_path / "a.bin")["url"])
    assert (answer.status_code, answer.content) == (200, content)


@pytest.mark.parametrize(
    "name",
    [
        "a b.txt",
        "ü 🜚.txt",
        "a?b=c.txt",
        "?.txt",
        "a#b.txt",
        "#1.txt",
        "100%.txt",
        "a%2Fb.txt",
        "%2e%2e",
        "a;b,c&d=e+f.txt",
        "new\nline.txt",
        "'\"<>\\.txt",
        "...",
        ".hidden",
        "a.tar.gz",
    ],
)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(name)
    with FileServer() as server:
        offered = server.offer(tmp_path / name)
        answer = get(offered["url"])
    assert (answer.status_code, answer.text) == (200, name)
    assert offered["filename"] == name


@pytest.mark.parametrize(
    ("name", "mime_type", "kind", "extension"),
    [
        ("photo.png", "image/png", "image", ".png"),
        ("PHOTO.JPEG", "image/jpeg", "image", ".JPEG"),
        ("sound.mp3", "audio/mpeg", "audio", ".mp3"),
        ("film.mp4", "video/mp4", "video", ".mp4"),
        ("text.txt", "text/plain", "document", ".txt"),
        ("REPORT.PDF", "application/pdf", "document", ".PDF"),
        ("data.json", "application/json", "document", ".json"),
        ("program", "application/octet-stream", "custom", ""),
        ("a.unheard-of", "application/octet-stream", "custom", ".unheard-of"),
    ],
)
def test_a_file_is_described_as_dify_describes_it(
    tmp_path: Path, name: str, mime_type: str, kind: str, extension: str
) -> None:
    (tmp_path / name).write_bytes(b"12345")
    with FileServer() as server:
        offered = server.offer(tmp_path / name)
    url = offered.pop("url")
    assert urlsplit(url).hostname == "127.0.0.1"
    assert offered == {
        "dify_model_identity": "__dify__file__",
        "mime_type": mime_type,
        "filename": name,
        "extension": extension,
        "size": 5,
        "type": kind,
    }


def test_only_what_was_offered_can_be_had(tmp_path: Path) -> None:
    for name in ("offered", "secret"):
        (tmp_path / name).write_text(name)
    with FileServer() as server:
        url = server.offer(tmp_path / "offered")["url"]
        base, _, token = url.removesuffix("/offered").rpartition("/")
        assert len(token) >= 20
        for other in (
            f"{base}/{'x' * len(token)}/offered",
            f"{base}/{token[:-1]}/offered",
            f"{base}/",
            base.removesuffix("/-/files") + "/",
            f"{base}/{token}/../../../secret",
            f"{base}/{token}/x/../../secret",
        ):
            answer = get(other)
            assert answer.status_code == 404
            assert "secret" not in answer.text
        # The name in the URL is for people: the token says which file it is.
        assert get(f"{base}/{token}/secret").text == "offered"


def test_two_offers_of_a_file_have_nothing_in_common(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with FileServer() as server:
        urls = {server.offer(tmp_path / "a")["url"] for _ in range(20)}
        assert len(urls) == 20
        assert {get(url).text for url in urls} == {"x"}


def test_a_file_may_only_be_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with FileServer() as server:
        url = server.offer(tmp_path / "a")["url"]
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert httpx.request(method, url, trust_env=False).status_code == 405
        head = httpx.head(url, trust_env=False)
    assert (head.status_code, head.headers["content-length"]) == (200, "1")
    assert (tmp_path / "a").read_text() == "x"


def test_a_file_that_has_gone_meanwhile_is_a_404_and_no_traceback(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").write_text("x")
    with FileServer() as server:
        url = server.offer(tmp_path / "a")["url"]
        (tmp_path / "a").unlink()
        assert get(url).status_code == 404
    assert capfd.readouterr() == ("", "")


def test_many_may_fetch_at_once(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / str(number)).write_bytes(bytes([number]) * 100_000)
    with FileServer() as server, ThreadPoolExecutor(10) as pool:
        urls = [server.offer(tmp_path / str(number))["url"] for number in range(20)]
        answers = list(pool.map(get, urls))
    assert [answer.content[:1] for answer in answers] == [bytes([n]) for n in range(20)]
    assert {len(answer.content) for answer in answers} == {100_000}


def test_two_servers_do_not_know_of_each_other(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with FileServer() as one, FileServer() as other:
        first, second = (urlsplit(server.offer(tmp_path / "a")["url"]) for server in (one, other))
        assert first.port != second.port
        crossed = first._replace(netloc=second.netloc)
        assert get(crossed.geturl()).status_code == 404


def test_at_the_end_nobody_listens_any_more(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with FileServer() as server:
        url = server.offer(tmp_path / "a")["url"]
        port = urlsplit(url).port
        assert port is not None
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
