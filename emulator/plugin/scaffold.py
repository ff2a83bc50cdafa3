"""A new plugin out of a template.

A template is a plugin itself: it is checked, run and linted as it lies there. A few words of it,
which mean nothing anywhere else, stand for what differs from plugin to plugin. They are exchanged
in one pass. What comes in their place has no character that YAML, TOML or Python would take for
more than a letter.
"""

import errno
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from emulator.errors import EmulatorError, UsageError
from emulator.plugin import plugin_names
from emulator.plugin.rules import STORAGE_LARGEST, STORAGE_SMALLEST
from emulator.plugin.templates import Template

LANGUAGES = ("en_US", "zh_Hans", "ja_JP", "pt_BR")
"""Of labels. Dify wants the first one of every plugin."""

SDK_FOR_PYTHON = {"3.12": "dify_plugin>=0.7.4,<0.11.0", "3.11": "dify_plugin>=0.7.4,<0.8.0"}
"""By the oldest Python that a plugin is to run on: from 0.8.0 on the SDK needs 3.12."""

STORAGE_SIZE = 1_048_576

_LEFT_OUT = {".dify-emulator", ".venv", "__pycache__", "uv.lock"}
_LEFT_OUT |= {".mypy_cache", ".pytest_cache", ".ruff_cache"}
"""What trying a template out leaves behind in it, and pip in an installed one."""


@dataclass(frozen=True, slots=True)
class NewPlugin:
    """What is to be made. Raises UsageError for what Dify would refuse."""

    name: str
    author: str
    template: Template
    storage_size: int | None = None
    languages: tuple[str, ...] = LANGUAGES[:1]
    python: str = "3.12"

    def __post_init__(self) -> None:
        plugin_names.check_name(self.name)
        plugin_names.check_author(self.author)
        plugin_names.check_together(self.name, self.author)
        if self.storage_size is not None:
            check_storage_size(self.storage_size)

    @property
    def words(self) -> dict[str, str]:
        """What takes the place of the template's own words."""
        return {
            "template-author": self.author,
            "template-name": self.name,
            "template_name": plugin_names.module_name(self.name),
            "template-project": plugin_names.project_name(self.name),
            "Template name": plugin_names.label(self.name),
            "1048576": str(self.storage_size or STORAGE_SIZE),
            "2026-01-01T00:00:00+00:00": datetime.now(UTC).isoformat(timespec="seconds"),
            "dify_plugin>=0.7.4,<0.11.0": SDK_FOR_PYTHON[self.python],
            ">=3.12": f">={self.python}",
        }


def check_storage_size(size: int) -> int:
    """Refuse what the daemon would refuse as a storage size (D plugin_declaration.go)."""
    if not STORAGE_SMALLEST <= size <= STORAGE_LARGEST:
        raise UsageError(
            f"The storage size cannot be {size} bytes: Dify takes {STORAGE_SMALLEST} (1 KiB) to "
            f"{STORAGE_LARGEST} (1 GiB)."
        )
    return size


def check_free(folder: Path) -> None:
    """Refuse a place where something is already; an empty folder is nothing."""
    try:
        is_free = not folder.exists() or _is_empty(folder)
    except OSError as error:
        raise _failure(folder, error) from None
    if not is_free:
        raise _taken(folder)


def make_plugin(folder: Path, plugin: NewPlugin) -> list[str]:
    """Make the folder, whole or not at all, and return what is in it.

    Raises UsageError if something is there, EmulatorError if nothing can be written there.
    """
    check_free(folder)
    try:
        # Not under its name before it is whole: whoever interrupts us finds no half plugin there.
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as beside:
            whole = Path(beside) / "plugin"
            files = []
            for name, text in _files(plugin):
                (whole / name).parent.mkdir(parents=True, exist_ok=True)
                (whole / name).write_text(text, encoding="utf-8")
                files.append(name)
            # Of two that make the same one the second fails here, as does every other surprise.
            whole.rename(folder)
            return files
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise _taken(folder) from None
        raise _failure(folder, error) from None


def _files(plugin: NewPlugin) -> Iterator[tuple[str, str]]:
    """The files by their paths, in their order."""
    words = plugin.words
    pattern = re.compile("|".join(map(re.escape, words)))

    def exchange(text: str) -> str:
        return pattern.sub(lambda found: words[found.group()], text)

    for path in sorted(_walk(plugin.template.folder)):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".yaml":
            text = _only(plugin.languages, text)
        yield exchange(str(path.relative_to(plugin.template.folder))), exchange(text)


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _LEFT_OUT:
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def _only(languages: tuple[str, ...], text: str) -> str:
    """Without the labels in other languages, of which each has a line of its own."""
    unwanted = [each for each in LANGUAGES[1:] if each not in languages]
    if not unwanted:
        return text
    return re.sub(rf"^ *({'|'.join(unwanted)}): .*\n", "", text, flags=re.MULTILINE)


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _taken(folder: Path) -> UsageError:
    return UsageError(
        f"There is a {str(folder)!r} here already, and nothing is overwritten.",
        advice="Choose another name, or remove it.",
    )


def _failure(folder: Path, error: OSError) -> EmulatorError:
    return EmulatorError(f"{folder}: cannot be made: {error.strerror}.")
