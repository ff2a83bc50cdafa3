"""``dev`` from its start to its end: events are shown, and keys and Ctrl-C obeyed."""

import os
import queue
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Protocol

from emulator.cli.dev.display import Display
from emulator.cli.dev.json_lines import JsonLines
from emulator.cli.dev.keys import Keys
from emulator.cli.main import INTERRUPTED
from emulator.dev.dev_server import DevServer
from emulator.dev.events import Broken, Event, Loaded, Progress, Refused, RoundEnded
from emulator.dev.hosted_plugin import HostedPlugin, HostOptions
from emulator.errors import EmulatorError

_ACCIDENT_SECONDS = 0.1
"""A second Ctrl-C this soon is the first one, pressed too long (so Firebase's emulators do it)."""

_READABLE = 50
"""Things that may wait to be shown before rounds are passed over."""


@dataclass(frozen=True, slots=True)
class _Key:
    key: str


@dataclass(frozen=True, slots=True)
class _Back:
    """The terminal is ours again."""


@dataclass(frozen=True, slots=True)
class _Quit:
    code: int


_Inbox = queue.SimpleQueue[Event | _Key | _Back | _Quit]


class View(Protocol):
    """Whatever shows a dev."""

    def begin(self) -> None:
        """Before anything is known."""

    def header(self) -> None:
        """When all plugins have been looked at."""

    def show(self, event: Event) -> None: ...


def run_dev(hosted: Sequence[HostOptions], host: str, port: int | None, *, as_json: bool) -> int:
    """Run until it is told to end; gives the exit code. Raises EmulatorError if it cannot start."""
    inbox: _Inbox = queue.SimpleQueue()
    keys = Keys(lambda key: inbox.put(_Key(key)), lambda: inbox.put(_Back()))
    _obey_signals(inbox, keys)
    server = DevServer(hosted, host, port, inbox.put, keys)
    try:
        if as_json:
            return _Loop(server, inbox, JsonLines(server)).run()
        keys.start()
        display = Display(server, keys.is_there)
        return _Loop(server, inbox, display, _Obedience(server, display), keys).run()
    finally:
        keys.stop()
        server.stop()


class _Loop:
    """Shows what happens, in the order in which it happens."""

    def __init__(
        self,
        server: DevServer,
        inbox: _Inbox,
        view: View,
        obedience: "_Obedience | None" = None,
        keys: Keys | None = None,
    ) -> None:
        self._inbox, self._view, self._obedience, self._keys = inbox, view, obedience, keys
        self._held: list[Event] = []
        self._passed_over = 0
        self._awaited = {plugin.id for plugin in server.plugins}
        self._before_header: list[Event] = []

    def run(self) -> int:
        self._view.begin()
        while True:
            match self._inbox.get():
                case _Quit(code):
                    return code
                case _Key("q" | "\x04"):
                    return 0
                case _Key(key):
                    if self._obedience is not None:
                        self._obedience.obey(key)
                case _Back():
                    held, self._held = self._held, []
                    for each in held:
                        self._take(each)
                case event if self._keys is not None and self._keys.is_lent:
                    self._held.append(event)  # not into the debugger's prompt
                case event:
                    self._take(event)

    def _take(self, event: Event) -> None:
        if isinstance(event, RoundEnded) and self._obedience is not None:
            self._obedience.last_called = event.plugin
        if not self._awaited or isinstance(event, Progress):
            self._show_or_pass_over(event)
            return
        # The header tells what a plugin has, which is known when it has been looked at.
        self._before_header.append(event)
        if isinstance(event, Loaded | Broken):
            self._awaited.discard(event.plugin)
        if not self._awaited:
            self._view.header()
            for each in self._before_header:
                self._show(each)

    def _show_or_pass_over(self, event: Event) -> None:
        """A person cannot read a thousand rounds a second; a script gets them all."""
        is_person = self._obedience is not None
        if is_person and isinstance(event, RoundEnded) and self._inbox.qsize() > _READABLE:
            self._passed_over += 1
            return
        if self._obedience is not None and self._passed_over:
            self._obedience.say(f"{self._passed_over} rounds more, which were too fast to show")
            self._passed_over = 0
        self._show(event)

    def _show(self, event: Event) -> None:
        try:
            self._view.show(event)
        except EmulatorError as error:  # such as a state file that somebody has taken away
            self._view.show(Refused(event.plugin, error))
        except Exception as error:  # a bug in showing something is no reason to stop serving
            text = f"{type(event).__name__} cannot be shown: {error!r}"
            self._view.show(Refused(event.plugin, EmulatorError(text)))


class _Obedience:
    """What keys do. They mean the plugin that was called last."""

    def __init__(self, server: DevServer, display: Display) -> None:
        self._server, self._display = server, display
        self.last_called = server.plugins[0].id

    def say(self, text: str) -> None:
        self._display.say(text)

    def obey(self, key: str) -> None:
        """Do what a key says; others are ignored."""
        display = self._display
        match key:
            case "r":
                if not self._plugin.ask_to_rerun():
                    display.say("nothing has been called yet")
            case "m":
                self._switch_memory()
            case "u":
                self._try(self._plugin.undo)
            case "s":
                self._try(lambda: display.storage(self._plugin))
            case "c":
                display.clear()
            case "h" | "?":
                display.help()

    @property
    def _plugin(self) -> HostedPlugin:
        return next(each for each in self._server.plugins if each.id == self.last_called)

    def _switch_memory(self) -> None:
        mode = "keep" if self._server.plugins[0].memory_mode == "rewind" else "rewind"
        for plugin in self._server.plugins:
            plugin.memory_mode = "keep" if mode == "keep" else "rewind"
        means = {
            "keep": "reruns go on from the present memory",
            "rewind": "reruns start from the memory that their first call started from",
        }
        self._display.say(f"memory: {mode} ({means[mode]})")

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except EmulatorError as error:
            self._display.error(error)


def _obey_signals(inbox: _Inbox, keys: Keys) -> None:
    asked_at: list[float] = []

    def end(number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if not asked_at:
            asked_at.append(now)
            inbox.put(_Quit(INTERRUPTED if number == signal.SIGINT else 128 + number))
        elif now - asked_at[0] > _ACCIDENT_SECONDS:
            keys.restore()
            os._exit(INTERRUPTED)  # an order; the guards end what runs

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, end)
    signal.signal(signal.SIGCONT, lambda _number, _frame: keys.resume())
