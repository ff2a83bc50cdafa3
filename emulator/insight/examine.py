"""What a finished round reveals about how its plugin uses memory.

Asked at the end of every round: each rule looks at the operations in hand first, asks the state
file only where these look wrong, and the plugin's source only when all else is settled.
"""

from emulator.dify.finished import Finished
from emulator.dify.notes import Note
from emulator.insight.crossed_users import crossed_users
from emulator.insight.growth import growth
from emulator.insight.lost_updates import lost_updates
from emulator.insight.memory_use import memory_use
from emulator.insight.older_code import older_code
from emulator.insight.only_added import only_added
from emulator.insight.quota import quota
from emulator.insight.refused_calls import refused_calls
from emulator.insight.unread import unread

_RULES = (
    refused_calls,
    quota,
    growth,
    lost_updates,
    crossed_users,
    unread,
    only_added,
    older_code,
)


def examine(round: Finished) -> list[Note]:
    """The notes that a round gives cause for, beyond those of its single operations."""
    if not round.operations:
        return []
    use = memory_use(round.operations)
    return [note for rule in _RULES for note in rule(round, use)]
