"""Finding secrets in a text, however they are spelled."""

from collections.abc import Iterable, Iterator

from emulator.dify.mixed_spellings import MixedSpelling, mixed_spelling_of
from emulator.dify.spellings import Spelling

Cut = Iterator[str | Spelling]


class SpellingFinder:
    """Knows the spellings of some secrets."""

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        # Longest first, so that a secret within another leaves nothing of it.
        self._exact = sorted(spellings, key=lambda each: -len(each.text))
        mixed = map(mixed_spelling_of, self._exact)
        self._mixed = [each for each in mixed if each is not None]

    def cut(self, text: str) -> Cut:
        """The secrets in a text, and what stands before, between and after them."""
        return _cut(text, self._exact, 0, self._mixed)


def _cut(text: str, exact: list[Spelling], begin: int, mixed: list[MixedSpelling]) -> Cut:
    for number in range(begin, len(exact)):
        if exact[number].text in text:
            for place, part in enumerate(text.split(exact[number].text)):
                if place:
                    yield exact[number]
                yield from _cut(part, exact, number + 1, mixed)
            return
    yield from _cut_mixed(text, mixed)


def _cut_mixed(text: str, mixed: list[MixedSpelling]) -> Cut:
    if not mixed:
        yield text
        return
    end = 0
    for found in mixed[0].pattern.finditer(text):
        yield from _cut_mixed(text[end : found.start()], mixed[1:])
        yield mixed[0].spelled(found[0])
        end = found.end()
    yield from _cut_mixed(text[end:], mixed[1:])
