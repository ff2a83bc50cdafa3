"""What Dify starts: `python -m` with `meta.runner.entrypoint` (D local_runtime/subprocess.go)."""

from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.declarations import is_file
from emulator.check.declared.document import kind_of
from emulator.check.findings import AT_INSTALLATION, Finding


def entrypoint(plugin: CheckedPlugin) -> Iterator[Finding]:
    """A module that is not there, or a file's name in its place."""
    manifest = plugin.declarations.manifest
    node = manifest.find("meta", "runner", "entrypoint") if manifest else None
    if manifest is None or node is None or kind_of(node) != "text" or not node.value:
        return
    name = str(node.value)
    path = name.replace(".", "/")
    if any(is_file(plugin.folder / each) for each in _files(path)):
        return
    if name.endswith(".py") and is_file(plugin.folder / name):
        message = f"`meta.runner.entrypoint` is {name!r}, a file, and has to be a module"
        advice = f"Write {name.removesuffix('.py').replace('/', '.')}."
    else:
        message = f"`meta.runner.entrypoint` is {name!r}, and there is no {path}.py"
        advice = "Write `main`, and put what starts the plugin into main.py."
    yield Finding(manifest.place(node), "DE639", message, advice, (AT_INSTALLATION,))


def _files(path: str) -> tuple[str, ...]:
    return f"{path}.py", f"{path}/__main__.py"
