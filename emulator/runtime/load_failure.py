"""Why a plugin did not load, in a few lines that name the file, out of what it left on stderr."""

import re
from dataclasses import dataclass
from pathlib import Path

from emulator.errors import PluginLoadError

_FRAME = re.compile(r'^\s*File "(?P<file>.+?)", line (?P<line>\d+)', re.MULTILINE)
_MODULE = re.compile(r"No module named '([^']+)'")


@dataclass(frozen=True, slots=True)
class _Failure:
    where: str
    what: str


def load_failure(folder: Path, reason: str, stderr: str) -> PluginLoadError:
    """The error for a plugin that ended before it was ready; the whole stderr is its detail."""
    failure = _read(folder, stderr)
    if failure is None:
        return PluginLoadError(
            f"{folder}: the plugin {reason} before it was ready.",
            advice="Run its entrypoint by hand to see why: python -m main",
            details=stderr,
        )
    return PluginLoadError(
        f"{failure.where}: {failure.what}", advice=_advice(failure.what), details=stderr
    )


def _read(folder: Path, stderr: str) -> _Failure | None:
    start = stderr.rfind("Traceback (most recent call last):")
    if start < 0:
        return None
    traceback = stderr[start:]
    # The exception begins at the last line that is not indented; its text may go on.
    lines = traceback.splitlines()
    first = max(
        (i for i, line in enumerate(lines) if line[:1].strip() and _is_raised(line)), default=0
    )
    what = " ".join(line.strip() for line in lines[first:] if line.strip()) if first else ""
    where = str(folder)
    root = folder.resolve()
    for frame in _FRAME.finditer(traceback):
        path = Path(frame["file"])
        # A SyntaxError quotes its file by the same words as a frame.
        if path.is_relative_to(root) and not path.is_relative_to(root / ".venv"):
            where = f"{path.relative_to(root)}:{frame['line']}"
    return _Failure(where, what or lines[-1].strip())


def _is_raised(line: str) -> bool:
    return bool(
        re.match(r"^[A-Za-z_][\w.]*(Error|Exception|Exit|Interrupt|Warning|Missing\w*)?(:|$)", line)
    )


def _advice(what: str) -> str:
    if found := _MODULE.search(what):
        return (
            f"If {found[1]!r} is a package, add it to the plugin's requirements; "
            "if it is the plugin's own file, mind its name and folder."
        )
    return "The whole traceback is there with --verbose."
