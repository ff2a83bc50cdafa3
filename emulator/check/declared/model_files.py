"""The files of a pattern of models, as the SDK and Go each find them."""

import re
from collections.abc import Iterator
from pathlib import Path

from emulator.check.declared.shapes import BOTH, SDK, Readers
from emulator.check.package.go_match import BadPattern, to_regex


def model_files(folder: Path, pattern: str) -> list[tuple[str, Readers]]:
    """The files, and who finds each. Raises ValueError if the SDK does not take the pattern.

    The SDK has pathlib's `glob` (S entities/model/provider.py), where `**` is any number of
    folders; for Go's `filepath.Match` (D decoder/helper.go) it is one.
    """
    try:
        found = sorted(each for each in folder.glob(pattern) if each.is_file())
    except (NotImplementedError, IndexError) as error:  # an absolute one
        raise ValueError(str(error)) from None
    except OSError:
        return []
    names = [each.relative_to(folder).as_posix() for each in found]
    return [(name, BOTH if _go_matches(pattern, name) else SDK) for name in names]


def _go_matches(pattern: str, name: str) -> bool:
    parts = list(zip_parts(pattern, name))
    try:
        return bool(parts) and all(re.fullmatch(to_regex(part), text) for part, text in parts)
    except BadPattern:
        return False


def zip_parts(pattern: str, name: str) -> Iterator[tuple[str, str]]:
    """The pattern of each folder with its name; none if they are not equally deep."""
    patterns, names = pattern.split("/"), name.split("/")
    if len(patterns) == len(names):
        yield from zip(patterns, names, strict=True)
