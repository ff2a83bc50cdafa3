"""What storage commands say of an operation."""

from emulator.cli import reporting
from emulator.dify.storage import Outcome


def say_notes(outcome: Outcome) -> None:
    for note in outcome.notes:
        reporting.say_note(note.code, f"{note.happened} {note.advice}")
