"""Why a plugin did not load, in a few lines that name the file, out of what it left on stderr."""

import re
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from emulator.errors import PluginLoadError

_FRAME = re.compile(r'^\s*File "(?P<file>.+?)", line (?P<line>\d+)', re.MULTILINE)
_RAISED = re.compile(r"^[A-Za-z_][\w.]*(:|$)")
_TRACEBACK = "Traceback (most recent call last):\n"
WHOLE_TRACEBACK = "The whole traceback is there with --verbose."
_TEXT_LINES = 6  # pydantic lists every field that is wrong
_MODULE = re.compile(r"No module named '([^']+)'")


@dataclass(frozen=True, slots=True)
class _Failure:
    where: str
    what: str
    is_own: bool
    """Whether the plugin's own code raised it, and not the SDK."""


def load_failure(folder: Path, python: Path, reason: str, stderr: str) -> PluginLoadError:
    """The error for a plugin that ended before it was ready; its stderr is the detail."""
    stderr = _without_afterlife(stderr)
    failure = _read(folder, stderr)
    if failure is None:
        said = "\n".join(stderr.strip().splitlines()[-_TEXT_LINES:])
        return PluginLoadError(
            f"{folder}: the plugin {reason} before it was ready." + (f"\n{said}" if said else ""),
            advice="Look at its entrypoint, main.py: it has to run the plugin and not to end.",
            details=stderr,
        )
    advice = _advice(failure.what, python)
    message = f"{failure.where}: {failure.what}"
    place = failure.where if failure.is_own else None
    return PluginLoadError(message, advice=advice, details=stderr, folder=folder, place=place)


def place_in_plugin(folder: Path, traceback: str) -> str | None:
    """``file:line`` of the innermost frame that is the plugin's own code."""
    root = folder.resolve()
    place = None
    for frame in _FRAME.finditer(traceback):
        path = Path(frame["file"])
        # A SyntaxError quotes its file by the same words as a frame.
        if _is_in(root, path):
            place = f"{path.relative_to(root)}:{frame['line']}"
    return place


def _without_afterlife(stderr: str) -> str:
    """Without what gevent adds when Python ends: complaints of locks that nobody takes any more."""
    kept: list[str] = []
    ignoring = False
    for line in stderr.splitlines(keepends=True):
        if line.startswith("Exception ignored in:"):
            ignoring = True
        elif ignoring:
            # Its traceback goes on to the first line that is not indented, the exception.
            ignoring = line == _TRACEBACK or line.startswith(" ")
        else:
            kept.append(line)
    return "".join(kept)


def _read(folder: Path, stderr: str) -> _Failure | None:
    root = folder.resolve()
    failures = [_read_traceback(root, each) for each in stderr.split(_TRACEBACK)[1:]]
    # The one that counts is the last one that leads through the plugin.
    through_plugin = [failure for failure in failures if failure.where != str(root)]
    chosen = through_plugin[-1:] or failures[:1]
    return chosen[0] if chosen else None


def _read_traceback(root: Path, traceback: str) -> _Failure:
    # The exception begins at the first line that is not indented; its text may go on.
    lines = [line for line in traceback.splitlines() if line.strip()]
    first = next((i for i, line in enumerate(lines) if _is_raised(line)), len(lines) - 1)
    text = [lines[first], *takewhile(lambda line: not _is_chained(line), lines[first + 1 :])]
    where = place_in_plugin(root, traceback) or str(root)
    what = " ".join(line.strip() for line in text[:_TEXT_LINES])
    return _Failure(where, what, _is_own(root, traceback))


def _is_own(root: Path, traceback: str) -> bool:
    """Whether the innermost frame, but for those of importing, is the plugin's."""
    frames = [each["file"] for each in _FRAME.finditer(traceback)]
    innermost = next((each for each in reversed(frames) if not each.startswith("<frozen")), "")
    return _is_in(root, Path(innermost))


def _is_in(root: Path, path: Path) -> bool:
    return path.is_relative_to(root) and not path.is_relative_to(root / ".venv")


def _is_raised(line: str) -> bool:
    return bool(_RAISED.match(line))


def _is_chained(line: str) -> bool:
    return line.startswith(("During handling of", "The above exception"))


def _advice(what: str, python: Path) -> str:
    found = _MODULE.search(what)
    if found is None:
        return WHOLE_TRACEBACK
    if found[1].partition(".")[0] == "dify_plugin":
        return f"{python} has no dify_plugin: install the plugin's requirements into it."
    return (
        f"If {found[1]!r} is a package, add it to the plugin's requirements; "
        "if it is the plugin's own file, mind its name and folder."
    )
