"""Everything that one ``dev`` runs: plugins, the server before them, the word of it in dev.json."""

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from emulator.dev.announcement import Announcement
from emulator.dev.events import Event, Loaded, Refused, Tell
from emulator.dev.hosted_plugin import HostedPlugin, HostOptions
from emulator.errors import EmulatorError, UsageError
from emulator.runtime.debugger_terminal import Terminal
from emulator.server.api import Api
from emulator.server.endpoints import Endpoints
from emulator.server.files import Files
from emulator.server.http_server import HttpServer
from emulator.server.site import Site

PORT = 5004
"""Where to listen if nothing is said, and it is free: the next after Dify's own 5001 to 5003."""

_LOOK_OUTSIDE_SECONDS = 0.25
"""How often other processes' changes of a state file are looked for (a few microseconds each)."""


class DevServer:
    """Starts when it is made. Raises EmulatorError if it cannot; then nothing is left running."""

    def __init__(
        self,
        plugins: Sequence[HostOptions],
        host: str,
        port: int | None,
        tell: Tell,
        terminal: Terminal | None = None,
    ) -> None:
        self._tell = tell
        self._stopping = threading.Event()
        self._announcements: dict[Path, Announcement] = {}
        self._announcing = threading.Lock()
        files = Files()
        self._http: HttpServer | None = None
        try:
            for state_dir in {each.place.state_dir for each in plugins}:
                self._announcements[state_dir] = Announcement(state_dir)
            self.plugins = [
                HostedPlugin(each, files.offer, self._hear, terminal) for each in plugins
            ]
            _check_ids(self.plugins)
            self._endpoints = Endpoints(self.plugins)
            self._http = _listen(Site(self._endpoints, files, Api(self.plugins)), host, port)
        except BaseException:
            self._retract()
            raise
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._http.port}"
        # Plugins fetch files on this machine, under a Host that the guard lets pass.
        files.url = f"http://127.0.0.1:{self._http.port}" if _is_everywhere(host) else self.url
        for plugin in self.plugins:
            plugin.start()
        self._announce()
        threading.Thread(target=self._look_outside, name="outside", daemon=True).start()

    def stop(self) -> None:
        """End everything. Rounds that run are interrupted."""
        self._stopping.set()
        self._endpoints.stop()
        for plugin in self.plugins:
            plugin.stop()
        if self._http is not None:  # after them, so that what they ended is told to its callers
            self._http.stop()
        self._retract()

    def describe(self) -> list[dict[str, Any]]:
        """What ``dev.json`` says of the plugins."""
        return [
            {
                "id": plugin.id,
                "path": str(plugin.folder),
                "endpoints": [
                    {
                        "method": each.method,
                        "path": each.path,
                        "url": f"{self.url}/e/{plugin.hook_id}{each.path}",
                    }
                    for each in (plugin.plugin.endpoints if plugin.plugin else [])
                ],
            }
            for plugin in self.plugins
        ]

    def _hear(self, event: Event) -> None:
        self._tell(event)
        if isinstance(event, Loaded):
            self._announce()

    def _announce(self) -> None:
        with self._announcing:  # asked by the threads of several plugins
            if self._stopping.is_set():
                return
            for announcement in self._announcements.values():
                # A state folder that has been taken away is told by whoever looks outside.
                with contextlib.suppress(OSError):
                    announcement.write(self.url, self.describe())

    def _retract(self) -> None:
        for announcement in self._announcements.values():
            announcement.remove()

    def _look_outside(self) -> None:
        blind: set[str] = set()
        while not self._stopping.wait(_LOOK_OUTSIDE_SECONDS):
            for plugin in self.plugins:
                try:
                    plugin.look_outside()
                    blind.discard(plugin.id)
                except EmulatorError as error:
                    if plugin.id not in blind:  # told once
                        self._tell(Refused(plugin.id, error))
                    blind.add(plugin.id)


def _listen(site: Site, host: str, port: int | None) -> HttpServer:
    if port is not None:
        return HttpServer(site, host, port)
    try:
        return HttpServer(site, host, PORT)
    except UsageError:
        return HttpServer(site, host, 0)


def _check_ids(plugins: Sequence[HostedPlugin]) -> None:
    ids = [plugin.id for plugin in plugins]
    for name in ids:
        if ids.count(name) > 1:
            raise UsageError(f"Two of the plugins are called {name}: they would share endpoints.")


def _is_everywhere(host: str) -> bool:
    return host in ("0.0.0.0", "::")  # noqa: S104
