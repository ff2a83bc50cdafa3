"""What a new plugin and its author may be called, and what follows from the plugin's name."""

import keyword
import re
import unicodedata

from emulator.errors import UsageError
from emulator.plugin.rules import AUTHOR, NAME

_LONGEST_TOGETHER = 183
"""Dify keeps ``author/name:0.0.1@checksum`` in 255 characters, and the checksum takes 64 of them
(D internal/types/models/installation.go)."""

_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}")

_LONGEST_MODULE = 64
"""The paths of a manifest have at most 128 characters (D plugin_declaration.go)."""


def check_name(name: str) -> str:
    """Refuse what the daemon would refuse as a plugin's name (D plugin_declaration.go)."""
    if not re.fullmatch(NAME, name):
        raise _refusal("plugin's name", name, "128", NAME, legal(name, 128))
    return name


def check_author(author: str) -> str:
    """Refuse what the daemon would refuse as an author (D plugin_declaration.go)."""
    if not re.fullmatch(AUTHOR, author):
        raise _refusal("author", author, "64", AUTHOR, legal(author, 64))
    if _UUID.fullmatch(author):
        raise UsageError(
            f"{author!r} cannot be an author: Dify takes a UUID for plugins being debugged.",
            advice="Choose another --author.",
        )
    return author


def check_together(name: str, author: str) -> None:
    """Refuse two names that are too long for Dify's database."""
    if len(name) + len(author) > _LONGEST_TOGETHER:
        raise UsageError(
            f"The plugin's name and its author have {len(name) + len(author)} characters together; "
            f"Dify can install no more than {_LONGEST_TOGETHER}.",
            advice="Choose a shorter one.",
        )


def legal(text: str, longest: int) -> str:
    """The nearest name that Dify takes, or nothing: ``Ada Lovelace`` becomes ``ada-lovelace``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-")[:longest].rstrip("-")


def module_name(name: str) -> str:
    """A plugin's name as Python can import it: ``my-plugin`` becomes ``my_plugin``."""
    module = "_".join(_words(name))[:_LONGEST_MODULE]
    if not module.isidentifier() or keyword.iskeyword(module):
        module = f"plugin_{module}".rstrip("_")
    return module


def project_name(name: str) -> str:
    """The same for pyproject.toml, which wants a letter or digit at both ends."""
    return "-".join(_words(name)) or "plugin"


def label(name: str) -> str:
    """The same for people: ``my-plugin`` becomes ``My plugin``."""
    return " ".join(_words(name)).capitalize() or name


def _words(name: str) -> list[str]:
    return re.findall("[a-z0-9]+", name)


def _refusal(what: str, given: str, longest: str, rule: str, instead: str) -> UsageError:
    advice = f"Write {instead!r}, for example." if instead else ""
    return UsageError(
        f"{given!r} cannot be the {what}: Dify takes lower-case letters, digits, `_` and `-` only, "
        f"1 to {longest} of them ({rule}).",
        advice=advice,
    )
