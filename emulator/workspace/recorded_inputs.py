"""What a round was called with, as the state file keeps it."""

import json
from dataclasses import dataclass
from typing import Any

from emulator.workspace.blobs import read_blob
from emulator.workspace.rounds import check_there, of_another_plugin
from emulator.workspace.state_file import StateFile


@dataclass(frozen=True, slots=True)
class RecordedInputs:
    """Of one round."""

    round: int
    workspace: str
    inputs: dict[str, Any]
    files: dict[str, int]
    """Files that were given to it, by their paths, as numbers of blobs."""


def read_inputs(file: StateFile, round: int, plugin: str) -> RecordedInputs:
    """What a plugin's round was called with. Raises NotThereError."""
    with file.reading() as db:
        check_there(db, round)
        workspace, owner, text = db.execute(
            "SELECT workspace, plugin, inputs FROM rounds JOIN scopes ON scopes.id = scope"
            " WHERE rounds.id = ?",
            (round,),
        ).fetchone()
    if owner != plugin:
        raise of_another_plugin(round, owner, plugin)
    inputs = json.loads(text)
    return RecordedInputs(round, workspace, inputs, inputs.pop("files", {}))


def read_given_file(file: StateFile, blob: int) -> bytes:
    """The contents of a file that was given to a round."""
    with file.reading() as db:
        return read_blob(db, blob)
