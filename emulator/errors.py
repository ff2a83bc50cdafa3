"""The one exception family. The command line turns it into a message and an exit code.

An error names what happened, where, and what to do. ``exit_code`` is part of the contract with
scripts: 1 the plugin failed or what was asked for is not there, 2 wrong usage, 3 the plugin could
not be loaded, 4 the state file cannot be used.
"""

from pathlib import Path


class EmulatorError(Exception):
    """Something the user has to know about.

    ``message`` says what happened and where; ``advice`` what to do; ``details`` is longer evidence,
    such as a traceback, that is only shown when asked for.
    """

    exit_code = 1

    def __init__(self, message: str, *, advice: str = "", details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.details = details


class NotThereError(EmulatorError):
    """What was asked for does not exist: a key, a round, an endpoint."""


class RefusedError(EmulatorError):
    """Dify would refuse this, with these words."""


class UsageError(EmulatorError):
    """The words of a command, a parameter, a seed or the configuration are wrong."""

    exit_code = 2


class PluginLoadError(EmulatorError):
    """The plugin could not be loaded: its declarations, its environment or its code.

    ``folder`` is the plugin's, if the fault lies in it and `check` may know more of it; ``place``
    the ``file:line`` there that raised, if it was not the SDK.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        advice: str = "",
        details: str = "",
        folder: Path | None = None,
        place: str | None = None,
    ) -> None:
        super().__init__(message, advice=advice, details=details)
        self.folder, self.place = folder, place


class DeclarationsError(PluginLoadError):
    """The plugin's declarations are not as Dify wants them; the SDK might take them."""


class DiagnosedError(PluginLoadError):
    """A plugin did not load, and this is what `check` finds wrong with it."""


class StateFileError(EmulatorError):
    """The state file cannot be used: not ours, damaged, newer, or not writable."""

    exit_code = 4
