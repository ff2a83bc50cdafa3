"""``os`` and ``signal`` as they are before gevent patches them.

What gevent puts in their place needs its loop to run: its ``fork`` and ``waitpid`` start one, and
its ``close`` (since 25.8.1) leaves files open until one comes by. In a process that is to be
forked there must be none.
"""

import os as patched_os
import signal as patched_signal
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os as os
    import signal as signal
else:

    def _copy(module: ModuleType) -> ModuleType:
        copy = ModuleType(module.__name__)
        vars(copy).update(vars(module))
        return copy

    os, signal = _copy(patched_os), _copy(patched_signal)
