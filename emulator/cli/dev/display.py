"""What ``dev`` shows to people: a header, then one compact block for each thing that happens."""

from pathlib import Path

from emulator import __version__
from emulator.cli.dev.round_block import show_round
from emulator.cli.dev.screen import Screen
from emulator.cli.sizes import human_size
from emulator.dev.dev_server import DevServer
from emulator.dev.events import (
    Broken,
    Died,
    Event,
    LateCall,
    Loaded,
    MemoryUndone,
    Mended,
    OutsideChange,
    Progress,
    Refused,
    RoundEnded,
)
from emulator.dev.hosted_plugin import HostedPlugin
from emulator.errors import DiagnosedError, EmulatorError
from emulator.runtime.load_failure import WHOLE_TRACEBACK
from emulator.workspace.history import Undone

KEYS = {
    "r": "run the last call again",
    "m": "memory of reruns: keep it, or rewind to where the series began",
    "u": "undo the last round's memory",
    "s": "show what is stored",
    "c": "clear the screen",
    "h": "this help",
    "q": "quit",
}

_TRACEBACK_LINES = 30
_LISTED_KEYS = 20


class Display:
    """Shows events as they come. For one thread."""

    def __init__(self, server: DevServer, has_keys: bool) -> None:
        self._server, self._has_keys = server, has_keys
        self._screen = Screen()
        self._folders = {plugin.id: plugin.folder for plugin in server.plugins}

    def begin(self) -> None:
        """Where it is served."""
        self._screen.line(f"dify-emulator {__version__}  {self._server.url}", bold=True)

    def header(self) -> None:
        """What is served."""
        for plugin in self._server.plugins:
            self._show_plugin(plugin)
        if self._has_keys:
            self._screen.line(
                "  keys       r rerun  m keep/rewind  u undo  s storage  c clear  h help  q quit",
                dim=True,
            )

    def show(self, event: Event) -> None:
        """One thing that happened."""
        name = f"{event.plugin}: " if len(self._folders) > 1 else ""
        match event:
            case RoundEnded():
                show_round(self._screen, event, self._folders[event.plugin], name)
            case Loaded(_, generation, changed, way, seconds):
                self._show_loaded(name, generation, changed, way, seconds)
            case Broken(_, error, _, stale):
                serving = "" if stale is None else f"; generation {stale} goes on serving, stale"
                self._screen.line(f"{name}does not load{serving}", fg="red", bold=True)
                self.error(error, details=True)
            case Mended(_, generation):
                self._screen.line(f"{name}back to the code of generation {generation}", fg="green")
            case Died(_, generation):
                text = f"{name}the process of generation {generation} has ended; the next round "
                self._screen.line(text + "starts it again", fg="yellow")
            case LateCall(_, number, note):
                self._screen.line(
                    f"{name}#{number} {note.code} {note.happened} {note.advice}", fg="yellow"
                )
            case OutsideChange():
                self._show_outside(name, event)
            case MemoryUndone(_, undone):
                self._screen.line(name + _undone(undone), fg="cyan")
            case Refused(_, error):
                self.error(error)
            case Progress(_, line):
                self._screen.line(name + line, dim=True)

    def error(self, error: EmulatorError, *, details: bool = False) -> None:
        """What went wrong, and what to do."""
        if details and error.details and not isinstance(error, DiagnosedError):
            lines = error.details.rstrip().split("\n")[-_TRACEBACK_LINES:]
            self._screen.block("\n".join(lines), "    ", dim=True)
        self._screen.block(error.message, fg="red")  # last, where one looks
        if error.advice and error.advice != WHOLE_TRACEBACK:
            self._screen.block(error.advice)

    def storage(self, plugin: HostedPlugin) -> None:
        """What is stored now. Raises EmulatorError."""
        storage = plugin.storage()
        if storage is None:
            self._screen.line(f"{plugin.id} has not been loaded yet", fg="yellow")
            return
        with storage.store.reading():
            values = list(storage.store.values())
        self._screen.line(f"{plugin.id}, workspace {plugin.workspace}: {_usage(plugin)}", bold=True)
        for value in values[:_LISTED_KEYS]:
            by = "-" if value.round is None else f"#{value.round}"
            self._screen.line(f"  {human_size(value.size):>10}  {by:>6}  {value.key}")
        if len(values) > _LISTED_KEYS:
            more = len(values) - _LISTED_KEYS
            self._screen.line(f"  ... {more} more: dify-emulator storage list", dim=True)

    def say(self, text: str) -> None:
        self._screen.line(text, fg="cyan")

    def clear(self) -> None:
        self._screen.clear()
        self.begin()
        self.header()

    def help(self) -> None:
        for key, meaning in KEYS.items():
            self._screen.line(f"  {key}  {meaning}")

    def _show_plugin(self, plugin: HostedPlugin) -> None:
        place = "" if plugin.folder == Path.cwd() else f"  {_from_here(plugin.folder)}"
        self._screen.line(f"  plugin     {plugin.id}{place}")
        declared = plugin.plugin
        if declared and declared.tools:
            names = ", ".join(each.tool.name for each in declared.tools)
            self._screen.line(f"  tools      {names}")
        for number, endpoint in enumerate(declared.endpoints if declared else []):
            url = f"{self._server.url}/e/{plugin.hook_id}{endpoint.path}"
            label = "endpoints" if number == 0 else ""
            self._screen.line(f"  {label:<9}  {endpoint.method} {url}")
        self._screen.line(f"  storage    {_usage(plugin)} in workspace {plugin.workspace}")

    def _show_loaded(
        self, name: str, generation: int, changed: list[str], way: str, seconds: float
    ) -> None:
        files = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if changed[3:] else "")
        why = f": {files}" if changed else ""
        took = f"{seconds * 1000:.0f} ms, {way}"
        self._screen.line(f"{name}generation {generation}{why} ({took})", fg="cyan")

    def _show_outside(self, name: str, event: OutsideChange) -> None:
        before, after = event.size_before, event.size_after
        sizes = f"{human_size(before)} -> {human_size(after)}" if before != after else ""
        who = "command line" if event.round is None else f"#{event.round}"
        self._screen.line(f"{name}{event.op} {event.key} {sizes} (by {who}, {event.workspace})")


def _from_here(folder: Path) -> Path:
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _usage(plugin: HostedPlugin) -> str:
    storage = plugin.storage()
    if storage is None:
        return "not known yet"
    used, limit = storage.store.allocated or 0, storage.limit
    share = 100 * used / limit if limit else 0
    return f"{human_size(used)} of {human_size(limit)} ({share:.1f} %)"


def _undone(undone: Undone | None) -> str:
    if undone is None:
        return "there is nothing to undo"
    what = f"round #{undone.round}" if undone.round is not None else undone.op
    keys = "1 key" if undone.keys == 1 else f"{undone.keys} keys"
    return f"undone: {what} ({keys} put back)"
