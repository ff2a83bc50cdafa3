"""Which codes the configuration can silence: all notes, and what `check` only warns of."""

from emulator.check.codes import RULES, Level
from emulator.dify.notes import ADVICE

CODES = {
    **dict.fromkeys(ADVICE, True),
    **{code: rule.level is Level.WARNING for code, rule in RULES.items()},
}
"""All codes there are, and whether each can be silenced: errors of `check` cannot."""
