"""The nearest right name for a wrong one."""

import difflib
from collections.abc import Iterable


def nearest(word: str, right: Iterable[str]) -> str | None:
    """The right name that is most like this one; None if none is. Capitals do not matter."""
    by_small = {each.casefold().replace("-", "_"): each for each in right}
    near = difflib.get_close_matches(word.casefold().replace("-", "_"), by_small, n=1, cutoff=0.75)
    return by_small[near[0]] if near else None


def did_you_mean(word: str, right: Iterable[str]) -> str:
    """An advice, empty if nothing is near."""
    near = nearest(word, right)
    return f"Did you mean {near!r}?" if near else ""
