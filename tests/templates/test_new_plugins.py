"""A new user's session with each template: made, checked, loaded under the SDK, run."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emulator.plugin.templates import TEMPLATES
from tests.support.command import run_command
from tests.support.dev import Dev
from tests.support.emulator import Result
from tests.support.waiting import wait_until
from tests.test_docs import environ


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("new")


@pytest.fixture(scope="module")
def made(place: Path) -> Iterator[dict[str, Result]]:
    """A plugin of each template, and what `new` printed."""

    def make(template: str) -> Result:
        words = ["new", f"my-{template}", "--template", template, "--author", "ada"]
        return run_command(*words, "--language", "zh_Hans", folder=place)

    with ThreadPoolExecutor(2) as pool:
        yield dict(zip(TEMPLATES, pool.map(make, TEMPLATES), strict=True))


def command_in(printed: str) -> str:
    (command,) = (line for line in printed.splitlines() if line.startswith("cd "))
    return command


def test_each_is_made_and_told(made: dict[str, Result]) -> None:
    for template, result in made.items():
        assert (result.code, result.err) == (0, "")
        assert result.text.startswith(f"Made my-{template}/: {TEMPLATES[template].about}, by ada, ")
        not_yet = TEMPLATES[template].not_yet
        assert (f"cannot run {not_yet} yet" in result.text) == bool(not_yet)


def test_check_finds_nothing_in_any(place: Path, made: dict[str, Result]) -> None:
    result = run_command("check", *(f"my-{template}" for template in made), "--json", folder=place)
    assert result.code == 0
    assert (result.json["errors"], result.json["warnings"]) == (0, 0)


@pytest.fixture(scope="module")
def dev(place: Path, made: dict[str, Result]) -> Iterator[Dev]:
    """All of them, served by one `dev`."""
    folders = [place / f"my-{template}" for template in made]
    with Dev(*folders, state=place / "state") as dev:
        yield dev


def test_each_loads_under_the_sdk(dev: Dev) -> None:
    wait_until(lambda: dev.events("broken") or len(dev.events("loaded")) == len(TEMPLATES), 60)
    loaded = {event["plugin"] for event in dev.events("loaded")}
    assert loaded == {f"ada/my-{template}" for template in TEMPLATES}, dev.told()


EXPECTED = {
    "tool": "6 words. Most frequent: to (2), be (2), or (1).",
    "memory": "Noted. Notes kept: 1.",
    "extension": '{"events": 1}',
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_command_that_is_printed_works(
    place: Path, made: dict[str, Result], template: str
) -> None:
    done = subprocess.run(
        ["bash", "-c", command_in(made[template].text)],
        cwd=place,
        env=environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = f"{done.stdout}\n{done.stderr}".split("\n")
    assert next(filter(None, printed)) == EXPECTED.get(template, "Nothing found.")
    assert "DE" not in done.stderr  # no note


def test_memory_tells_users_apart(place: Path, dev: Dev) -> None:
    words = ["-p", "my-memory", "--state-dir", str(dev.state)]
    run_command("run", "add_note", "note=of ada", "--user", "ada", *words, folder=place)
    for user, expected in (("ada", "of ada"), ("../ada", "There are no notes.")):
        result = run_command("run", "list_notes", "--user", user, *words, folder=place)
        assert result.text.splitlines()[0] == expected


def test_memorys_own_tests_pass(place: Path, made: dict[str, Result]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=place / "my-memory",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "10 passed" in done.stdout


def test_the_extension_wants_a_token_and_json_of_its_size(place: Path, dev: Dev) -> None:
    words = ["request", "POST", "/events", "-p", "my-extension", "-i"]
    words += ["--state-dir", str(dev.state)]
    allowed = [*words, "-H", "Authorization: Bearer secret"]
    assert run_command(*words, "-d", "{}", folder=place).text.startswith("HTTP/1.1 401")
    assert run_command(*allowed, "-d", "{", folder=place).text.startswith("HTTP/1.1 400")
    large = json.dumps("x" * 5000)
    assert run_command(*allowed, "-d", large, folder=place).text.startswith("HTTP/1.1 413")
