"""Why a plugin does not load, in the words of `check` where it knows them."""

from emulator.check.findings import AT_LOAD, Finding, When
from emulator.check.plugin_check import check_plugin
from emulator.errors import DeclarationsError, DiagnosedError, EmulatorError, PluginLoadError


def diagnosed(error: EmulatorError) -> EmulatorError:
    """The error itself, or what is known better of a plugin that did not load.

    The SDK stops at the first thing that is wrong, and often names neither file nor line. What was
    said at first is in the details. What the plugin's own code raised is told as it is, unless
    `check` has found just that: the rest is not why it did not load.
    """
    if not isinstance(error, PluginLoadError) or error.folder is None:
        return error
    try:
        found = check_plugin(error.folder)
    except PluginLoadError:
        return error
    explains = _is_refused if isinstance(error, DeclarationsError) else _fails_at_load
    errors = [each for each in found if each.is_error and explains(each)]
    if error.place and not any(_stands_at(error.place, each) for each in errors):
        return error
    if not errors:
        return error
    return DiagnosedError(
        f"{error.folder}: the plugin does not load:\n" + "\n".join(map(_told, errors)),
        advice="`dify-emulator check` shows these and whatever else Dify would mind.",
        details="\n".join(filter(None, (error.message, error.details))),
    )


def _is_refused(finding: Finding) -> bool:
    """Whether the plugin itself is refused, and not only a call that it makes."""
    return any(each.when is not When.RUN_TIME for each in finding.by)


def _fails_at_load(finding: Finding) -> bool:
    return AT_LOAD in finding.by


def _stands_at(place: str, finding: Finding) -> bool:
    return place == f"{finding.place.file}:{finding.place.line}"


def _told(finding: Finding) -> str:
    return f"  {finding}\n      {finding.advice}"
