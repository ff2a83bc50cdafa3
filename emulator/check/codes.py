"""The codes of what `check` finds. Never reused; docs/checks.md tells each with its source.

DE6.. the declarations, DE7.. the code, DE8.. the package and its environment. Notes on rounds have
the codes below these (emulator/dify/notes.py).
"""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    ERROR = "error"
    """Somebody refuses the plugin, or a call that it makes. Cannot be silenced."""
    WARNING = "warning"
    """Somebody changes or drops something without a word, or a call will fail some day."""


@dataclass(frozen=True, slots=True)
class Rule:
    level: Level
    title: str


def _error(title: str) -> Rule:
    return Rule(Level.ERROR, title)


def _warning(title: str) -> Rule:
    return Rule(Level.WARNING, title)


RULES = {
    # reading the files
    "DE601": _error("a file that a declaration names is not there"),
    "DE602": _error("not YAML that Dify and the SDK can both read"),
    "DE603": _error("a key twice in one mapping"),
    # their shape
    "DE604": _error("a value of the wrong kind"),
    "DE605": _error("a field is missing"),
    "DE606": _error("a needed field is misspelled"),
    "DE607": _error("a needed field stands at the wrong level"),
    "DE608": _warning("a field is misspelled and so without effect"),
    "DE609": _warning("a field stands at the wrong level and so has no effect"),
    "DE610": _warning("a field that nobody reads"),
    # their values
    "DE611": _error("not one of the values that are allowed"),
    "DE612": _error("text that does not match its pattern"),
    "DE613": _error("too long, too large or too small"),
    # DE614 to DE629: further on shapes
    # DE630 to DE659: the manifest, and values that depend on others
    # DE701 to DE719: Python sources and their classes
    # DE720 to DE739: what the code reads, against what is declared
    # DE750 to DE779: storage and permissions
    # DE801 to DE849: the package, its files and its environment
}


WARNINGS = frozenset(code for code, rule in RULES.items() if rule.level is Level.WARNING)
"""What the configuration can silence."""
