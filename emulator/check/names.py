"""The nearest right name for a wrong one."""

import difflib
from collections.abc import Iterable

_NEAR = 0.75
_SHORT = 2


def nearest(word: str, right: Iterable[str]) -> str | None:
    """The right name that is most like this one; None if none is. Capitals do not matter."""
    by_small = {each.casefold().replace("-", "_"): each for each in right}
    small = word.casefold().replace("-", "_")
    # words of two letters have most of them in common soon
    cutoff = _NEAR if len(small) > _SHORT else 1.0
    near = difflib.get_close_matches(small, by_small, n=1, cutoff=cutoff)
    return by_small[near[0]] if near else None


def did_you_mean(word: str, right: Iterable[str]) -> str:
    """An advice, empty if nothing is near."""
    near = nearest(word, right)
    return f"Did you mean {near!r}?" if near else ""
