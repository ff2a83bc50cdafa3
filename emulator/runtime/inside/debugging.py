"""``breakpoint()`` in a plugin's code: pdb on the developer's terminal."""

import logging
import os
import sys
from typing import Any

from .channel import Channel


def let_breakpoints_reach(channel: Channel) -> None:
    """Have ``breakpoint()`` ask the emulator for its terminal, unless PYTHONBREAKPOINT is set."""
    if "PYTHONBREAKPOINT" in os.environ:
        return

    def hook(*_args: Any, **_keywords: Any) -> None:
        from .debugger import Debugger, NoTerminal

        frame = sys._getframe(1)
        try:
            Debugger(channel).set_trace(frame)
        except NoTerminal:
            place = f"{frame.f_code.co_filename}:{frame.f_lineno}"
            _logger().warning("%s: no terminal for breakpoint()", place)

    sys.breakpointhook = hook


def _logger() -> logging.Logger:
    """One that says it in the order of the messages: stderr may be heard after the round's end."""
    logger = logging.getLogger(__name__)
    sdk = sys.modules.get("dify_plugin.config.logger_format")
    if sdk is not None and not logger.handlers:
        logger.addHandler(sdk.plugin_logger_handler)
    return logger
