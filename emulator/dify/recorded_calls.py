"""Calls as their rounds keep them, and how they are made of that again.

Secrets are left out by name: credentials, secret parameters and secret settings as a whole, and
wherever their texts stand in anything else. To make the call again they are looked up: in the
configuration, or else among the environment's variables.
"""

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from emulator.dify.calls import Call, GivenFile, ToolCall, read_call, write_call
from emulator.dify.secrets import Secrets, fill, named
from emulator.errors import NotThereError, UsageError
from emulator.plugin.config import FILE, Config
from emulator.workspace.recorded_inputs import RecordedInputs, read_given_file
from emulator.workspace.state_file import StateFile

_KEPT_BYTES = 64 * 1024 * 1024
"""Of a file. Of a larger one only its path is kept."""

_BAD_SHAPE = (LookupError, TypeError, ValueError, AttributeError)

_DECLARED = ("kind", "tool", "provider")
"""What the plugin's declarations say holds no secret, whatever it looks like."""


def record(call: Call, secrets: Secrets, by_name: Collection[str]) -> dict[str, Any]:
    """What is kept of a call.

    ``by_name`` are the parameters, or the settings, that are secrets as a whole.
    """
    document = write_call(call)
    given = document["parameters" if isinstance(call, ToolCall) else "settings"]
    left_out = sorted(given.keys() & set(by_name))
    for name in left_out:
        del given[name]
    credentials = document.pop("credentials", {})
    del document["secrets"]
    declared = {name: document.pop(name) for name in _DECLARED if name in document}
    document, names = secrets.mask_to_fill(document)
    if isinstance(call, ToolCall):
        document["parameters"] |= {name: {"value": _placeholder(name)} for name in left_out}
        document["credentials"] = {name: _placeholder(name) for name in credentials}
    else:
        document["settings"] |= {name: _placeholder(name) for name in left_out}
    names = sorted({*names, *left_out, *credentials})
    return {"call": {**declared, **document}, "secrets": names}


def contents_of_files(call: ToolCall, secrets: Secrets) -> dict[str, bytes]:
    """The files given for parameters, by their paths as they are recorded.

    Left out are those that are too large to be kept, and those that hold a secret. Raises
    UsageError.
    """
    contents = {}
    for file in _files(call):
        try:
            content = file.path.read_bytes() if file.path.stat().st_size <= _KEPT_BYTES else None
        except OSError as error:
            raise UsageError(f"{file.path}: {error.strerror}.") from None
        if content is not None and secrets.mask(content) == content:
            recorded, _ = secrets.mask_to_fill(str(file.path))
            contents[recorded] = content
    return contents


def as_recorded(inputs: dict[str, Any]) -> Call | None:
    """The call of a round as it is kept, secrets by their names; None if it is not kept."""
    try:
        return read_call(fill(inputs["call"], [], lambda name: name))
    except _BAD_SHAPE:
        return None


def recall(recorded: RecordedInputs, file: StateFile, config: Config, folder: Path) -> Call:
    """The call of a round, to be made again; its files are written into ``folder``.

    Raises NotThereError if it is not kept, or a file is gone; UsageError if a secret is missing.
    """
    inputs = recorded.inputs
    if as_recorded(inputs) is None:
        raise NotThereError(
            f"What round {recorded.round} was called with is not kept in a form that is known.",
            advice="It was recorded by another version of dify-emulator.",
        )
    is_tool = inputs["call"]["kind"] == "tool"
    configured = named(config.credentials if is_tool else config.settings)
    where = "credentials" if is_tool else "settings"
    secrets: dict[str, Any] = {}

    def look_up(name: str) -> Any:
        if name not in secrets:
            secrets[name] = _look_up(name, configured, where, recorded.round)
        return secrets[name]

    call = read_call(fill(inputs["call"], inputs["secrets"], look_up))
    if not isinstance(call, ToolCall):
        return replace(call, secrets=secrets)
    contents = {
        fill(path, inputs["secrets"], look_up): read_given_file(file, blob)
        for path, blob in recorded.files.items()
    }
    others = {name: value for name, value in secrets.items() if name not in call.credentials}
    return replace(_with_files(call, contents, folder, recorded.round), secrets=others)


def _look_up(name: str, configured: Mapping[str, Any], where: str, round: int) -> Any:
    if name in configured:
        return configured[name]
    variable = re.sub(r"\W", "_", name).upper()
    for each in (name, variable):
        if each in os.environ:
            return os.environ[each]
    raise UsageError(
        f"Round {round} was given the secret {name!r}, and secrets are not kept.",
        advice=f"Put it into {FILE} under `{where}`, or set the environment variable {variable}.",
    )


def _files(call: ToolCall) -> list[GivenFile]:
    values = (
        each
        for value in call.parameters.values()
        for each in (value if isinstance(value, list) else [value])
    )
    return list(dict.fromkeys(each for each in values if isinstance(each, GivenFile)))


def _with_files(
    call: ToolCall, contents: Mapping[str, bytes], folder: Path, round: int
) -> ToolCall:
    """The call with its files as they were."""
    there: dict[GivenFile, GivenFile] = {}
    for number, given in enumerate(_files(call)):
        content = contents.get(str(given.path))
        if content is None:
            if not given.path.is_file():
                raise NotThereError(
                    f"Round {round} was given {given.path}, which is gone and was not kept.",
                    advice="Files are kept up to 64 MiB, and if they hold no secret.",
                )
            there[given] = given
            continue
        place = folder / str(number)
        place.mkdir(parents=True)
        there[given] = GivenFile(place / given.path.name)
        there[given].path.write_bytes(content)

    def put_back(value: Any) -> Any:
        if isinstance(value, list):
            return [put_back(each) for each in value]
        return there[value] if isinstance(value, GivenFile) else value

    return replace(call, parameters={k: put_back(v) for k, v in call.parameters.items()})


def _placeholder(name: str) -> str:
    return f"${{{name}}}"
