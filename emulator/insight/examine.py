"""What a finished round reveals about how its plugin uses memory."""

from emulator.dify.notes import Note
from emulator.dify.round import Finished


def examine(round: Finished) -> list[Note]:
    """The notes that a round gives cause for, beyond those of its single operations."""
    return []
