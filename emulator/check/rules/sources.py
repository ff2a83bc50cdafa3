"""Sources that the SDK does not find, or that are not Python."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.modules import PYTHON_OF_DIFY, Module, Modules, TooDeep
from emulator.check.code.sources import DeclaredSource, found_by_older_sdk, source_module
from emulator.check.findings import AT_LOAD, Finding, Place
from emulator.check.names import did_you_mean


def source_files(plugin: CheckedPlugin) -> Iterator[Finding]:
    """DE701, DE702: a source that the SDK does not find, or only a newer one."""
    for each in plugin.sources:
        if each.module is not None:
            if not found_by_older_sdk(plugin.modules, each.text):
                yield _only_by_newer(each)
        elif not _may_be_hidden(plugin.folder, each.text):
            yield _not_found(plugin.modules, each)


def _only_by_newer(source: DeclaredSource) -> Finding:
    assert source.module is not None
    message = f"`source` is {source.text!r}, which the SDK did not find up to 0.7"
    advice = f"Write {source.module.file!r}."
    return Finding(source.place, "DE702", message, advice, (AT_LOAD,))


def _not_found(modules: Modules, source: DeclaredSource) -> Finding:
    message = f"`source` is {source.text!r}, and the SDK finds no Python file under that name"
    right = _meant(modules, source.text)
    advice = (
        (f"Write {right!r}." if right else "")
        or did_you_mean(source.text, modules)
        or "Write that file, or name the one that is meant."
    )
    return Finding(source.place, "DE701", message, advice, (AT_LOAD,))


def _meant(modules: Modules, text: str) -> str | None:
    """The file that is named in another way: with backslashes, as a module, from elsewhere."""
    path = text.replace("\\", "/").lstrip("./")
    for each in (path, path.replace(".", "/") + ".py", path + ".py"):
        if (found := source_module(modules, each)) is not None:
            return found.file
    same = [file for file in modules if PurePosixPath(file).name == PurePosixPath(path).name]
    return same[0] if len(same) == 1 else None


def _may_be_hidden(folder: Path, text: str) -> bool:
    """Whether something may lie there that is not read: behind a link, or compiled."""
    path = folder / text
    try:
        around = [each for each in (path, *path.parents) if each.is_relative_to(folder)]
        compiled = [each for each in path.parent.glob("*.*") if each.suffix in (".so", ".pyc")]
        return bool(compiled) or any(each != folder and each.is_symlink() for each in around)
    except (OSError, ValueError):  # a name that no file can have
        return False


def python_files(plugin: CheckedPlugin) -> Iterator[Finding]:
    """DE703: a module that is loaded with the plugin, and is not Python."""
    for module in plugin.loading.modules:
        if isinstance(module.parsed, SyntaxError) and not _may_be_python(module, module.parsed):
            yield _no_python(module, module.parsed)


def _no_python(module: Module, error: SyntaxError) -> Finding:
    place = Place(module.file, error.lineno or 1, error.offset or 1)
    message = f"is not Python: {error.msg}"
    return Finding(place, "DE703", message, "Mend the syntax here.", (AT_LOAD,))


_F_STRING = re.compile(rb"""\b[rR]?[fF][rR]?["']""")
_LONG_F_STRING = re.compile(rb"""\b[rR]?[fF][rR]?(\"{3}|'{3})""")
_GENERIC = re.compile(rb"\s*(type\s|((async\s+)?def|class)\s+\w+\s*\[)")


def _may_be_python(module: Module, error: SyntaxError) -> bool:
    """Whether it may be Python to Dify, though not to the one that `check` runs on.

    Any quotes within f-strings, `type X = ...` and `def f[T]` came with Dify's 3.12.
    """
    if isinstance(error, TooDeep):
        return True
    if sys.version_info >= PYTHON_OF_DIFY:
        return False
    first = error.lineno or 1
    lines = module.source.splitlines()[first - 1 : max(error.end_lineno or 0, first)]
    return (
        error.msg.startswith("f-string")
        or bool(_LONG_F_STRING.search(module.source))
        or any(_F_STRING.search(line) or _GENERIC.match(line) for line in lines)
    )
