"""What storage commands say of an operation."""

from emulator.cli import reporting
from emulator.dify.storage import Outcome
from emulator.errors import RefusedError


def tell(outcome: Outcome) -> None:
    """Say the notes; raise RefusedError with Dify's words if it was refused."""
    for note in outcome.notes:
        reporting.say_note(note.code, f"{note.happened} {note.advice}")
    if outcome.error is not None:
        raise RefusedError(f"{outcome.op} {outcome.key!r}: {outcome.error}")
