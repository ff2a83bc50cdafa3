"""Where in the plugin's own code each of its calls to Dify comes from.

The SDK gives a call an id of 32 hex digits, all of them drawn. Those that it gets here are as long,
and half of each names the place. What that means is told once for a place and before its first
call, so that a call needs no more than to look at its stack.
"""

import itertools
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import CodeType, FrameType, FunctionType, ModuleType

from .channel import Channel
from .own_code import path_in_plugin
from .unpatched import os

_SDK = "dify_plugin.core.runtime"
_DRAWS = "_generate_backwards_request_id"
_FRAMES = 8
_MOST = 10_000
"""Generated code may have no end of places, nor of files."""


def tell_places(folder: str, channel: Channel) -> None:
    """Have the ids of calls name places as soon as the SDK is loaded."""
    sdk = _Sdk(Places(folder, channel))
    sdk.take()
    sys.meta_path.insert(0, sdk)


class Places:
    """Names places, and tells the emulator of each new one."""

    def __init__(self, folder: str, channel: Channel) -> None:
        self._channel = channel
        self._token = os.urandom(4).hex()
        self._unknown = f"{self._token}{0:08x}"
        self._own = _OwnFiles(folder)
        self._numbers = itertools.count(1)
        self._names: dict[tuple[str, ...], str] = {}
        self._seen: dict[tuple[int, ...], tuple[str, list[CodeType]]] = {}
        """Not by the code itself, which equals the same code of another file. It is kept beside,
        so that its number does not become another's."""
        channel.send({"places": self._token})
        os.register_at_fork(after_in_child=self._stop)

    def name(self, frame: FrameType | None) -> str:
        """16 hex digits for the plugin's innermost frame and those that it was called by."""
        try:
            frames = self._own_frames(frame)
            key = tuple([number for each in frames for number in (id(each.f_code), each.f_lasti)])
            seen = self._seen.get(key)
            return seen[0] if seen is not None else self._name_new(key, frames)
        except Exception:  # the emulator is gone, or the stack is full
            return self._unknown

    def _own_frames(self, frame: FrameType | None) -> list[FrameType]:
        own = self._own
        frames: list[FrameType] = []
        while frame is not None and len(frames) < _FRAMES:
            if own[frame.f_code.co_filename] is not None:
                frames.append(frame)
            elif frames:
                break
            frame = frame.f_back
        return frames

    def _name_new(self, key: tuple[int, ...], frames: list[FrameType]) -> str:
        lines = [f"{self._own[each.f_code.co_filename]}:{each.f_lineno}" for each in frames]
        # A comprehension is a frame of its own on Python 3.11, on the line of its function.
        at = tuple(line for line, _ in itertools.groupby(lines))
        name = self._names.get(at)
        if name is None:
            if not at or len(self._names) >= _MOST:
                return self._unknown
            name = f"{self._token}{next(self._numbers):08x}"
            self._channel.send({"place": name, "at": at})
            self._names[at] = name  # now at the earliest: other threads are not to use it untold
        if len(self._seen) >= _MOST:
            self._seen.clear()
        self._seen[key] = name, [each.f_code for each in frames]
        return name

    def _stop(self) -> None:
        """A child process would give its places the numbers that its parent gives to others."""
        self._names, self._seen, self._own = {}, {}, _OwnFiles(None)


class _OwnFiles(dict[str, str | None]):
    """Paths of code files in the plugin's folder; None for those that are not its own."""

    def __init__(self, folder: str | None) -> None:
        self._folder = folder

    def __missing__(self, file: str) -> str | None:
        if len(self) >= _MOST:
            self.clear()
        self[file] = path = path_in_plugin(self._folder, file) if self._folder else None
        return path


class _Sdk:
    """Has the SDK draw its ids here, once it is loaded. On disk it stays as it is.

    It finds nothing, and looks whenever some module is looked for. To be there in time that is
    enough: a session of the SDK imports what its calls are made with. A loader of ours around
    the SDK's own module would show in the traceback of an import that fails.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._taken: object = None

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        self.take()
        return None

    def take(self) -> None:
        calls = getattr(sys.modules.get(_SDK), "BackwardsInvocation", None)
        if calls is self._taken:
            return
        self._taken = calls
        if isinstance(calls, type) and isinstance(vars(calls).get(_DRAWS), FunctionType):
            setattr(calls, _DRAWS, _generator(self._places))


def _generator(places: Places) -> Callable[[object], str]:
    # A function and not a bound method, which would not be given the instance.
    def _generate_backwards_request_id(self: object) -> str:
        return places.name(sys._getframe(1)) + os.urandom(8).hex()

    return _generate_backwards_request_id
