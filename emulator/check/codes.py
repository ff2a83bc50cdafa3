"""The codes of what `check` finds. Never reused; docs/checks.md tells each with its source.

DE6.. the declarations, DE7.. the code, DE8.. the package and its environment. Notes on rounds have
the codes below these (emulator/dify/notes.py).
"""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    ERROR = "error"
    """Somebody refuses the plugin, or a call that it makes. Cannot be silenced."""
    WARNING = "warning"
    """Somebody changes or drops something without a word, or a call will fail some day."""


class Rule(NamedTuple):
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
    "DE614": _warning("a language that Dify does not know"),
    "DE615": _warning("a declaration that no provider names"),
    # DE616 to DE629: further on shapes
    # the manifest, and values that depend on others
    "DE630": _warning("a key twice where Go does not look"),
    "DE631": _warning("a declaration that is too large to be read quickly"),
    "DE632": _warning("a value that Go and the SDK read differently"),
    "DE633": _error("a time without a zone"),
    "DE634": _error("a version that the SDK does not take"),
    "DE635": _error("a repository that is no URL"),
    "DE636": _error("a key that is no text"),
    "DE637": _warning("more storage than the daemon ever gives"),
    "DE638": _warning("another Python than Dify has"),
    "DE639": _error("an entrypoint that is not there"),
    "DE640": _error("kinds of plugins that do not go together"),
    "DE641": _warning("several providers where one is taken"),
    "DE642": _error("endpoints without the permission for them"),
    "DE643": _error("a path that the package does not know"),
    "DE644": _error("a scope that its type does not have"),
    "DE645": _error("a list as the default of a single choice"),
    "DE646": _warning("`multiple` where the SDK's versions differ"),
    "DE647": _warning("a choice without options"),
    "DE648": _warning("a default that is not among the options"),
    "DE649": _warning("a name twice in one list"),
    # Python sources and their classes
    "DE701": _error("a source that is not there"),
    "DE702": _warning("a source that older SDKs do not find"),
    "DE703": _error("a file that is not Python"),
    "DE704": _error("a source without the class that is needed"),
    "DE705": _error("a source with two of the class that is needed"),
    "DE706": _error("a class with abstract methods left in it"),
    "DE707": _error("a method that does not take what the SDK hands it"),
    "DE708": _error("a method that is async, and so never runs"),
    "DE709": _error("a method that does not hand back what the SDK needs"),
    "DE710": _error("an import of a module that the plugin does not have"),
    "DE711": _error("an import of a name that a module does not have"),
    "DE712": _error("a relative import that leads out of the plugin"),
    "DE713": _warning("a module that takes the place of one that the SDK imports"),
    "DE714": _warning("a check of credentials that is async, and so never runs"),
    "DE715": _error("a kind of model without a class"),
    "DE716": _error("an import of a name that no SDK has"),
    # DE717 to DE719: further on code
    # what the code reads, against what is declared
    "DE720": _warning("a parameter is read, and not declared"),
    "DE721": _warning("a parameter is declared, and never read"),
    "DE722": _warning("a parameter that the model may leave out is taken to be there"),
    "DE723": _warning("a credential is read, and not declared"),
    "DE724": _warning("a credential is declared, and never read"),
    "DE725": _warning("a credential that may be left out is taken to be there"),
    "DE726": _warning("a setting of an endpoint is read, and not declared"),
    "DE727": _warning("a setting of an endpoint is declared, and never read"),
    "DE728": _warning("a setting that may be left out is taken to be there"),
    "DE729": _warning("a value that the path of an endpoint does not have is read"),
    # storage and permissions
    "DE750": _error("a method that the session's objects do not have"),
    "DE751": _error("a use that the session's objects are not made for"),
    "DE752": _error("arguments that the storage's methods do not take"),
    "DE753": _error("`await` before a call to Dify"),
    "DE754": _warning("`get` tested for a missing key, for which it raises"),
    "DE755": _warning("an `except` that does not catch what the storage raises"),
    "DE756": _error("a value that is not bytes, given to `set`"),
    "DE757": _error("bytes of the storage used as if they were text"),
    "DE758": _warning("bytes of the storage compared with text"),
    "DE759": _error("a key that Dify refuses"),
    "DE760": _warning("a key that Dify keeps under another name"),
    "DE770": _error("a call to Dify that the manifest does not grant"),
    "DE771": _error("a call to Dify from a model"),
    "DE772": _warning("a thread that may outlive its round uses the session"),
    # the package, its files and its environment
    "DE801": _error("an icon that is not where Dify looks for it"),
    "DE802": _error("no folder for the icons"),
    "DE805": _warning("the emulator's state in the package"),
    "DE806": _warning("files in the package that tools made"),
    "DE807": _warning("secrets in the package"),
    "DE808": _error("a package that is too large"),
    "DE809": _error("a link that cannot be packaged"),
    "DE810": _error("a needed file that is kept out of the package"),
    "DE811": _warning("no README.md"),
    "DE812": _warning("a readme that Dify does not find"),
    "DE820": _error("nothing to install from"),
    "DE821": _error("the SDK is not installed"),
    "DE822": _warning("the SDK is not asked for"),
    "DE823": _error("a pyproject.toml that uv refuses"),
    "DE824": _error("a Python that the SDK does not support is allowed"),
    "DE825": _warning("the Python that Dify has is not allowed"),
    "DE826": _warning("two files that ask for different versions of the SDK"),
    "DE827": _error("an SDK that does not know what is declared"),
}


WARNINGS = frozenset(code for code, rule in RULES.items() if rule.level is Level.WARNING)
"""What the configuration can silence."""
