"""What storage commands say of an operation."""

from emulator.cli import reporting
from emulator.dify.storage import Outcome

# Told to plugins whose code stumbles over a missing key; on the command line the error says it.
_FOR_CODE = ("DE202", "DE208")


def say_notes(outcome: Outcome) -> None:
    for note in outcome.notes:
        if note.code not in _FOR_CODE:
            reporting.say_note(note.code, f"{note.happened} {note.advice}")
