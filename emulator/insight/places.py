"""Places of calls in the plugin's code as operations have them: ``store.py:31 < tools/a.py:14``."""

from collections.abc import Iterator


def steps(place: str | None) -> Iterator[tuple[str, int]]:
    """File and line of the call, then those of its callers, outwards."""
    for step in (place or "").split(" < "):
        file, _, line = step.rpartition(":")
        if file and line.isdigit():
            yield file, int(line)


def at(place: str | None) -> str:
    """Where a call was made, to follow a word in a sentence; nothing if that is not known."""
    for file, line in steps(place):
        return f" ({file}:{line})"
    return ""
