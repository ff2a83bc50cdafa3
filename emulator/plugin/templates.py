"""The templates that a plugin can be made from."""

from dataclasses import dataclass
from pathlib import Path

import emulator

_PACKAGE = Path(emulator.__file__).parent
_SHIPPED = _PACKAGE / "_shipped" / "templates"
"""Where a wheel has them; in a checkout they lie beside the package."""


@dataclass(frozen=True, slots=True)
class Template:
    """A folder under ``templates/``, which is a plugin itself."""

    name: str
    about: str
    command: str
    """What to try first, in the new plugin's folder."""
    stores: bool = False
    not_yet: str = ""
    """What of it the emulator cannot run."""

    @property
    def folder(self) -> Path:
        return (_SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent / "templates") / self.name


_CHECK = "check"

TEMPLATES = {
    each.name: each
    for each in (
        Template(
            "tool",
            "a tool with parameters of several types",
            "run word_count text='to be or not to be'",
        ),
        Template(
            "memory",
            "tools that keep notes for each user, with tests",
            "run add_note note='Tea at five'",
            stores=True,
        ),
        Template(
            "extension",
            "endpoints that receive events and list them",
            "request POST /events -H 'Authorization: Bearer secret' -d '{\"hello\": \"world\"}'",
            stores=True,
        ),
        Template(
            "agent-strategy",
            "a model that calls tools until it can answer",
            _CHECK,
            not_yet="agent strategies",
        ),
        Template("datasource", "pages for knowledge bases", _CHECK, not_yet="data sources"),
        Template("trigger", "signed webhooks that start workflows", _CHECK, not_yet="triggers"),
        Template("model", "a model that repeats what it is told", _CHECK, not_yet="models"),
    )
}
