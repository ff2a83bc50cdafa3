"""Credentials and secret settings: given to the plugin, never written down."""

from collections.abc import Iterator
from typing import Any

_SHORTEST = 4
"""Characters. Masking shorter secrets would mask half of every text."""


class Secrets:
    """Values that must not appear in the state file, in logs or in a document."""

    def __init__(self, values: dict[str, Any]) -> None:
        texts = ((text, name) for name, value in values.items() for text in _texts_in(value))
        # Longest first, so that a secret within another leaves nothing of it.
        self._texts = sorted(
            ((text, f"${{{name}}}") for text, name in texts if len(text) >= _SHORTEST),
            key=lambda pair: -len(pair[0]),
        )

    def mask(self, value: Any) -> Any:
        """The value with every secret in it replaced by its name: ``${token}``."""
        if not self._texts:
            return value
        if isinstance(value, str):
            for text, name in self._texts:
                value = value.replace(text, name)
            return value
        if isinstance(value, dict):
            return {self.mask(key): self.mask(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.mask(item) for item in value]
        return value


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item)
