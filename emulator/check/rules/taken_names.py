"""The plugin's modules that stand before others of their name, for the SDK as for everybody."""

from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.findings import AT_LOAD, Finding, Place

_STANDARD = (
    "argparse", "ast", "asyncio", "base64", "bisect", "bz2", "calendar", "collections",
    "concurrent", "contextlib", "contextvars", "copy", "copyreg", "csv", "dataclasses",
    "datetime", "decimal", "difflib", "dis", "email", "enum", "fnmatch", "fractions",
    "functools", "gettext", "hashlib", "heapq", "hmac", "html", "http", "inspect", "ipaddress",
    "json", "keyword", "linecache", "locale", "logging", "lzma", "mimetypes", "numbers",
    "opcode", "operator", "pathlib", "pickle", "platform", "pprint", "queue", "quopri",
    "random", "re", "reprlib", "secrets", "selectors", "shlex", "shutil", "signal", "socket",
    "socketserver", "ssl", "string", "stringprep", "struct", "subprocess", "sysconfig",
    "tempfile", "textwrap", "threading", "token", "tokenize", "traceback", "typing", "urllib",
    "uuid", "weakref", "zipfile", "zoneinfo",
)  # fmt: skip
"""What the SDK imports of the standard library, 0.3.5 as 0.10.2, and Python not before it."""

_INSTALLED = (
    "dify_plugin", "annotated_types", "certifi", "charset_normalizer", "click", "dotenv",
    "flask", "gevent", "greenlet", "httpx", "idna", "itsdangerous", "jinja2", "markupsafe",
    "multidict", "propcache", "pydantic", "pydantic_core", "pydantic_settings", "requests",
    "typing_extensions", "typing_inspection", "urllib3", "werkzeug", "yaml", "yarl", "zope",
)  # fmt: skip
"""What it imports of what is installed with it, and itself."""


def taken_names(plugin: CheckedPlugin) -> Iterator[Finding]:
    """DE713: a module at the top of the plugin that takes the place of one that the SDK imports.

    The plugin's folder comes first on the path (`python -m main`); a folder without `__init__.py`
    does not count there.
    """
    for module in plugin.modules.values():
        if module.name in _STANDARD or module.name in _INSTALLED:
            yield Finding(
                Place(module.file),
                "DE713",
                f"takes the place of the module `{module.name}` that the SDK imports",
                "Give it another name, or put it into a folder.",
                (AT_LOAD,),
            )
