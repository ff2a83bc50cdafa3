"""What README and docs say: every command is run, and prints what stands there."""

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from emulator.check.codes import RULES
from emulator.dify.notes import ADVICE
from tests.support.emulator import ROOT, SAMPLES
from tests.support.waiting import wait_until

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
_CHANGING = [
    (re.compile(r"\d+ ms"), "N ms"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"), "TIME"),
    (re.compile(r"127\.0\.0\.1:\d+"), "HERE"),
]


@dataclass
class Command:
    words: str
    expected: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.expected)


def commands_of(document: Path) -> list[Command]:
    commands: list[Command] = []
    for block in _CONSOLE.findall(document.read_text()):
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append(Command(line[2:], []))
            else:
                commands[-1].expected.append(line)
    return commands


@pytest.mark.parametrize(
    "document", [each for each in DOCUMENTS if commands_of(each)], ids=lambda path: path.name
)
def test_every_command_prints_what_stands_there(document: Path, tmp_path: Path) -> None:
    samples = tmp_path / "sample_plugins"
    shutil.copytree(SAMPLES, samples, ignore=shutil.ignore_patterns(".dify-emulator"))
    folder = samples
    with Background() as background:
        for command in commands_of(document):
            if command.words.startswith("cd "):
                folder = (folder / command.words[3:]).resolve()
            elif command.words.endswith(" &"):
                background.start(command.words[:-2], folder)
            else:
                check(command, folder)


def check(command: Command, folder: Path) -> None:
    if command.words == "cat dev.log":  # what dev shows comes when it comes
        with suppress(AssertionError):
            wait_until(lambda: same(run(command.words, folder)) == same(command.text))
    assert same(run(command.words, folder)) == same(command.text), command.words


class Background:
    """Commands that end in &: they run on to the end of their document."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, words: str, folder: Path) -> None:
        process = subprocess.Popen(["bash", "-c", f"exec {words}"], cwd=folder, env=environ())
        self._processes.append(process)
        wait_until((folder / ".dify-emulator" / "dev.json").exists)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130


def run(words: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-c", f"{{ {words}; }} 2> err"],
        cwd=folder,
        env=environ(),
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    # Both go to one terminal; here the result comes first, so that the order is certain.
    err = folder / "err"
    told = err.read_text()
    err.unlink()
    return f"{done.stdout}\n{told}"


def environ() -> dict[str, str]:
    scripts = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
    }


def same(text: str) -> list[str]:
    """The lines, without what differs from run to run; of equal lines the order is let be."""
    for pattern, instead in _CHANGING:
        text = pattern.sub(instead, text)
    return sorted(line.rstrip() for line in text.splitlines() if line.strip())


def test_the_readme_has_commands_and_so_have_the_docs() -> None:
    assert sum(len(commands_of(each)) for each in DOCUMENTS) > 25


def test_every_note_is_told_in_the_docs_and_no_other() -> None:
    told = re.findall(r"^\| (DE\d{3}) \|", (ROOT / "docs" / "notes.md").read_text(), re.MULTILINE)
    assert told == list(ADVICE)


def test_every_check_is_told_in_the_docs_with_its_level_and_no_other() -> None:
    page = (ROOT / "docs" / "checks.md").read_text()
    told = re.findall(r"^\| (DE\d{3}) \| (\w+) \|", page, re.MULTILINE)
    assert sorted(told) == [(code, str(rule.level)) for code, rule in sorted(RULES.items())]


def test_links_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_documents_name_no_path_of_anybodys_machine() -> None:
    for document in DOCUMENTS:
        assert "/root/" not in document.read_text()
        assert "/home/" not in document.read_text()
