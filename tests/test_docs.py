"""What README and docs say: every command is run, and prints what stands there."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from emulator.dify.notes import ADVICE
from tests.support.emulator import ROOT, SAMPLES

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
_CHANGING = [
    (re.compile(r"\d+ ms"), "N ms"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"), "TIME"),
]


@dataclass
class Command:
    words: str
    expected: list[str]


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
    for command in commands_of(document):
        if command.words.startswith("cd "):
            folder = (folder / command.words[3:]).resolve()
            continue
        printed = run(command.words, folder)
        assert same(printed) == same("\n".join(command.expected)), command.words


def run(words: str, folder: Path) -> str:
    scripts = str(Path(sys.executable).parent)
    environ = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        ["bash", "-c", f"{{ {words}; }} 2> err"],
        cwd=folder,
        env=environ,
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


def test_links_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_documents_name_no_path_of_anybodys_machine() -> None:
    for document in DOCUMENTS:
        assert "/root/" not in document.read_text()
        assert "/home/" not in document.read_text()
