"""What gets into the package and has no business there: state, environments, secrets."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.document import Unreadable, entries, read_document
from emulator.check.findings import AT_PACKAGING, Finding
from emulator.check.package.ignore_file import IgnoreFile
from emulator.plugin.config import FILE as CONFIG_FILE

STATE_FOLDER = ".dify-emulator"

_FOLDERS = {
    ".git": "the history of git",
    "node_modules": "packages of Node",
    "__pycache__": "bytecode of this machine's Python",
}

_SECRET = re.compile(
    r"^[ \t]*(?:export[ \t]+)?(\w*(?:KEY|SECRET|TOKEN|PASSWORD)\w*)[ \t]*=[ \t]*[^\s#]",
    re.MULTILINE | re.IGNORECASE,
)


def state_folder(plugin: CheckedPlugin) -> Iterator[Finding]:
    """The emulator's own: told before it is there, for the first `run` makes it."""
    if plugin.ignore_file.line_against(f"{STATE_FOLDER}/state.db") is None:
        is_there = (plugin.folder / STATE_FOLDER).is_dir()
        gets = (
            "gets into the package" if is_there else "would get into the package once it is there"
        )
        message = f"`{STATE_FOLDER}`, where the emulator keeps its state, {gets}"
        yield _too_much(plugin.ignore_file, "DE805", message, f"{STATE_FOLDER}/")


def foreign_files(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Folders and files that are made by tools, each kind once."""
    package, ignore_file = plugin.package, plugin.ignore_file
    places = {each.rpartition("/")[2]: each for each in reversed(package.folders)}
    for name, what in _FOLDERS.items():
        if name in places:
            message = f"`{places[name]}`, {what}, gets into the package"
            yield _too_much(ignore_file, "DE806", message, f"{name}/")
    for each in package.files:
        folder, _, name = each.name.rpartition("/")
        if name == "pyvenv.cfg" and folder:
            message = f"`{folder}`, a virtual environment, gets into the package"
            yield _too_much(ignore_file, "DE806", message, f"/{folder}/")
        if name.endswith(".difypkg"):
            message = f"`{each.name}`, another package, gets into the package"
            yield _too_much(ignore_file, "DE806", message, "*.difypkg")


def secrets(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Whoever has the package can read it."""
    for each in plugin.package.files:
        name = each.name.rpartition("/")[2]
        if each.name == ".env" and (keys := _keys(plugin.folder / each.name)):
            shown = ", ".join(f"`{key}`" for key in keys)
            message = f"`.env` gets into the package, and with it {shown}"
            yield _too_much(plugin.ignore_file, "DE807", message, ".env")
        if each.name == CONFIG_FILE and _has_secrets(plugin.folder):
            message = f"`{CONFIG_FILE}` gets into the package, and with it credentials"
            yield _too_much(plugin.ignore_file, "DE807", message, CONFIG_FILE)
        if name.endswith(".private.pem"):  # what `dify signature generate` writes
            message = f"`{each.name}`, a private key, gets into the package"
            yield _too_much(plugin.ignore_file, "DE807", message, "*.private.pem")


def _keys(path: Path) -> list[str]:
    """The first few that are set in a file of environment variables."""
    try:
        names = _SECRET.findall(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return []
    return list(dict.fromkeys(names))[:3]


def _has_secrets(folder: Path) -> bool:
    """Whether our own configuration holds credentials themselves, not names of variables."""
    try:
        credentials = read_document(folder, CONFIG_FILE).find("credentials")
    except Unreadable:
        return False
    return any(
        isinstance(each.value, yaml.ScalarNode)
        and each.value.value
        and "${" not in each.value.value
        for each in entries(credentials)
    )


def _too_much(ignore_file: IgnoreFile, code: str, message: str, line: str) -> Finding:
    if ignore_file.name:
        advice = f"Add the line `{line}` to {ignore_file.name}."
    else:
        advice = f"Write a .difyignore with the line `{line}`."
    return Finding(ignore_file.place(), code, message, advice, (AT_PACKAGING,))
