"""A running plugin: sessions come in, messages go to whoever opened them."""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from emulator.errors import PluginLoadError
from emulator.plugin.code import read_code
from emulator.runtime.beneath import Beneath
from emulator.runtime.child import Child
from emulator.runtime.debugger_terminal import StandardTerminal, Stopwatch, Terminal
from emulator.runtime.launch import Launch, start_cold
from emulator.runtime.load_failure import load_failure
from emulator.runtime.places import Places
from emulator.runtime.process import Death, PluginProcess
from emulator.wire.messages import (
    Dropped,
    Glued,
    Heartbeat,
    Large,
    LogLine,
    Message,
    Overlong,
    PluginComplaint,
    Printed,
    SessionMessage,
)

_EARLY_LINES = 100
"""Lines printed before the first session that it gets to hear: a print while modules load."""

_REMEMBERED_ENDS = 10_000
"""Sessions that have ended and may still be heard of, from threads that outlived their round."""


@dataclass(frozen=True, slots=True)
class PluginLog:
    """Something that the plugin said beside its messages."""

    source: str
    """``log`` (its logging), ``stdout`` (a print), ``stderr``."""
    level: str
    message: str
    at: float
    """Seconds since 1970."""


class SessionListener(Protocol):
    """Whoever opened a session. Called from the plugin's own threads; must not block."""

    def on_message(self, message: SessionMessage) -> None: ...

    def on_lost_message(self, message: SessionMessage, printed: str) -> None:
        """A message of this session shared its line with something printed: Dify loses it."""

    def on_large_message(self, message: SessionMessage, size: int) -> None:
        """A message of this session, which is yet to come, took a line of so many bytes."""

    def on_log(self, log: PluginLog) -> None: ...

    def on_breakpoint(self) -> None:
        """The plugin's process has met a breakpoint()."""

    def on_death(self, death: Death) -> None: ...


class LateListener(Protocol):
    """Hears what comes of a session after it was closed."""

    def on_late_message(self, message: SessionMessage) -> None: ...


class RunningPlugin:
    """One generation of a plugin, in a process of its own."""

    def __init__(
        self,
        launch: Launch,
        start: Callable[[Launch], Child] = start_cold,
        terminal: Terminal | None = None,
        on_import: Callable[[str], None] = lambda _: None,
        on_death: Callable[[], None] = lambda: None,
    ) -> None:
        """Raises PluginLoadError."""
        self._launch = launch
        self._owner_on_death = on_death
        self.stopwatch = Stopwatch()
        self._places = Places()
        self._lock = threading.Lock()
        self._sessions: dict[str, SessionListener] = {}
        self._ended: dict[str, LateListener] = {}
        self._ends: deque[str] = deque()
        self._early: list[PluginLog] | None = []
        self._changed = threading.Event()  # ready, or dead
        self._ready = False
        self._death: Death | None = None
        child = start(launch)
        self._beneath = Beneath(
            child.channel,
            self.stopwatch,
            terminal or StandardTerminal(),
            self._places,
            on_import,
            self._on_breakpoint,
            lambda: self._ready and not self._sessions,
        )
        self._process = PluginProcess(child, self._on_message, self._on_stderr, self._on_death)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_died(self) -> bool:
        return self._death is not None

    def is_settled(self, timeout: float) -> bool:
        """Whether it is ready or dead; waits for that."""
        return self._changed.wait(timeout)

    def wait_until_ready(self, timeout: float) -> None:
        """Wait for the first heartbeat. Raises PluginLoadError if it does not come."""
        deadline = self.stopwatch.now() + timeout
        while not self._changed.is_set() and (left := deadline - self.stopwatch.now()) > 0:
            self._changed.wait(left)  # and on, if a debugger has had some of the time
        if self._death is not None:
            launch, death = self._launch, self._death
            raise load_failure(launch.folder, launch.python, death.reason, death.stderr)
        if not self._ready:
            raise PluginLoadError(
                f"{self._launch.folder}: failed to start plugin as no heartbeat received "
                f"within {timeout:g} s.",
                advice="Look for code that waits while a module is imported.",
            )

    def open(self, session_id: str, listener: SessionListener) -> None:
        """Let a listener hear a session, and all that cannot be told apart by session."""
        with self._lock:
            self._sessions[session_id] = listener
            death = self._death
            early, self._early = self._early, None
        for log in early or []:
            listener.on_log(log)
        if death is not None:
            listener.on_death(death)

    def close(self, session_id: str, late: LateListener) -> None:
        """The session is over; what still comes of it is late."""
        with self._lock:
            if self._sessions.pop(session_id, None):
                self._ended[session_id] = late
                self._ends.append(session_id)
                if len(self._ends) > _REMEMBERED_ENDS:
                    self._ended.pop(self._ends.popleft(), None)
            is_idle = not self._sessions
        if is_idle:
            self._beneath.rest()

    def send(self, data: bytes) -> None:
        self._process.send(data)

    def place_of(self, request_id: str) -> str | None:
        """The lines of the plugin's own code that a call to Dify comes from, innermost first."""
        return self._places.of(request_id)

    def read_code(self) -> Mapping[str, bytes]:
        """The plugin's modules: those it was started with or, without any, those on disk now."""
        sources = self._launch.sources
        return read_code(self._launch.folder) if sources is None else sources

    def stop(self) -> None:
        """End the plugin now. A stdin that closes does not end it, so it is killed."""
        self._process.kill()
        self._process.join()

    def dismiss(self) -> None:
        """End the plugin now, without waiting until it is gone."""
        self._process.kill()

    # -- from the process's threads

    def _on_message(self, message: Message) -> None:
        match message:
            case Heartbeat():
                if not self._ready:
                    self._ready = True
                    self._changed.set()
                    self._beneath.rest()
            case LogLine(level, text):
                self._tell("log", level, text)
            case Printed(text):
                self._tell("stdout", "INFO", text)
            case PluginComplaint(text):
                self._tell("stdout", "ERROR", text)
            case Glued(printed, lost):
                self._to_session(lost, printed)
            case Large(size, large):
                with self._lock:
                    listener = self._sessions.get(large.session_id)
                if listener is not None:
                    listener.on_large_message(large, size)
                self._to_session(large)
            case Dropped() | Overlong():
                pass  # the manifest at start; an overlong line is told by the death it causes
            case _:
                self._to_session(message)

    def _to_session(self, message: SessionMessage, printed: str | None = None) -> None:
        with self._lock:
            listener = self._sessions.get(message.session_id)
            late = self._ended.get(message.session_id)
        if printed is not None and (listener or late):
            self._tell("stdout", "INFO", printed)
        if listener is not None:
            if printed is None:
                listener.on_message(message)
            else:
                listener.on_lost_message(message, printed)
        elif late is not None:
            late.on_late_message(message)

    def _on_breakpoint(self) -> None:
        for listener in self._listeners():
            listener.on_breakpoint()

    def _on_stderr(self, line: str) -> None:
        if line:
            self._tell("stderr", "ERROR", line)

    def _tell(self, source: str, level: str, message: str) -> None:
        # stdout and stderr belong to the process, not to a session: all that are open hear it.
        log = PluginLog(source, level, message, time.time())
        with self._lock:
            if self._early is not None and source != "log" and len(self._early) < _EARLY_LINES:
                self._early.append(log)
        for listener in self._listeners():
            listener.on_log(log)

    def _on_death(self, death: Death) -> None:
        with self._lock:
            self._death = death
        self._changed.set()
        for listener in self._listeners():
            listener.on_death(death)
        self._owner_on_death()

    def _listeners(self) -> list[SessionListener]:
        with self._lock:
            return list(self._sessions.values())
