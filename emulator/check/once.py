"""The same thing to mend is told once, with all who mind it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from emulator.check.findings import Finding, Place, joined


def once_a_file(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Errors once a place; warnings that say the same once a file, with their number."""
    same: dict[tuple[str, str, str, Place | str], list[Finding]] = {}
    for each in findings:
        if each.by:
            where = each.place if each.is_error else each.place.file
            same.setdefault((each.code, each.message, each.advice, where), []).append(each)
    for alike in same.values():
        first = min(alike)
        number = len({each.place for each in alike})
        times = f" ({number} times in this file)" if number > 1 else ""
        by = joined(*(each.by for each in alike))
        yield replace(first, message=first.message + times, by=by)
