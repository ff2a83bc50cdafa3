"""Where in the plugin's own code its calls to Dify come from, by the ids that they bear.

:mod:`emulator.runtime.inside.places` makes the ids.
"""

import threading

_PATIENCE_SECONDS = 1.0
_NAME_DIGITS = 16
_NOWHERE = "0" * 8


class Places:
    """What a process has told of its places. One thread tells, and others ask.

    A place is told before the call that comes from it is made. The two take different ways here,
    so the call may still be the first to arrive.
    """

    def __init__(self) -> None:
        self._token: str | None = None
        self._texts: dict[str, str] = {}
        self._complete = False
        self._changed = threading.Condition()

    def begin(self, token: str) -> None:
        """The process names its places by this token and a number."""
        with self._changed:
            self._token = token
            self._changed.notify_all()

    def add(self, name: str, lines: list[str]) -> None:
        # A file's name need not be text, but what is told of it is stored as such.
        text = " < ".join(lines).encode(errors="backslashreplace").decode()
        with self._changed:
            self._texts[name] = text
            self._changed.notify_all()

    def end(self) -> None:
        """Nothing more will be told."""
        with self._changed:
            self._complete = True
            self._changed.notify_all()

    def of(self, request_id: str) -> str | None:
        """The lines of a call, innermost first: ``memory.py:31 < tools/remember.py:14``."""
        name = request_id[:_NAME_DIGITS]
        text = self._texts.get(name)
        if text is None and self._may_come(name):
            with self._changed:
                self._changed.wait_for(lambda: not self._may_come(name), _PATIENCE_SECONDS)
            text = self._texts.get(name)
        return text

    def _may_come(self, name: str) -> bool:
        if self._complete or name in self._texts:
            return False
        if self._token is None:
            return True
        return name.startswith(self._token) and not name.endswith(_NOWHERE)
