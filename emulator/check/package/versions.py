"""Version specifiers, as far as they are plain: `>=3.11,<4`. The `packaging` library knows all of
them, and takes a tenth of the time that `check` has to be imported."""

import re
from typing import NamedTuple

Release = tuple[int, ...]

_CLAUSE = re.compile(r"\s*(~=|==|!=|<=|>=|<|>)\s*v?(\d{1,9}(?:\.\d{1,9})*)(\.\*)?\s*", re.ASCII)


class Clause(NamedTuple):
    """One condition."""

    operator: str
    release: Release
    any_below: bool
    """Whether it ends in `.*`."""

    def allows(self, release: Release) -> bool:
        mine, other = _padded(self.release), _padded(release)
        begins = release[: len(self.release)] == self.release
        match self.operator:
            case "==":
                return begins if self.any_below else mine == other
            case "!=":
                return not begins if self.any_below else mine != other
            case "~=":
                return other >= mine and release[: len(self.release) - 1] == self.release[:-1]
            case ">=":
                return other >= mine
            case "<=":
                return other <= mine
            case ">":
                return other > mine
            case _:
                return other < mine


Specifier = tuple[Clause, ...]


def parse_specifier(text: str) -> Specifier | None:
    """Its clauses; None if one of them is not plain."""
    clauses = []
    for part in text.split(",") if text.strip() else ():
        found = _CLAUSE.fullmatch(part)
        if found is None:
            return None
        release = tuple(map(int, found[2].split(".")))
        clauses.append(Clause(found[1], release, found[3] is not None))
    return tuple(clauses)


def allows(specifier: Specifier, release: Release) -> bool:
    """Whether a release, written in full, meets all clauses."""
    return all(each.allows(release) for each in specifier)


def is_at_least(specifier: Specifier, release: Release) -> bool:
    """Whether nothing below a release meets it, by one of its clauses alone."""
    return any(
        each.operator in (">=", ">", "==", "~=") and _padded(each.release) >= _padded(release)
        for each in specifier
    )


def is_below(specifier: Specifier, release: Release) -> bool:
    """Whether nothing from a release on meets it, by one of its clauses alone."""
    return any(_ends_below(each, _padded(release)) for each in specifier)


def _ends_below(clause: Clause, release: Release) -> bool:
    mine = _padded(clause.release)
    if clause.operator == "<":
        return mine <= release
    if clause.operator == "~=" or (clause.operator == "==" and clause.any_below):
        # up to the next number in the place before the last, or in the last that is fixed
        fixed = clause.release[:-1] if clause.operator == "~=" else clause.release
        return _padded((*fixed[:-1], fixed[-1] + 1)) <= release if fixed else False
    return clause.operator in ("==", "<=") and mine < release


def _padded(release: Release) -> Release:
    return (*release, 0, 0, 0, 0)[:4]
