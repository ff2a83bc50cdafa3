"""The plugin, its configuration and its state, out of the options that most commands share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

from emulator.cli.words import check_text
from emulator.dify.silence import CODES
from emulator.dify.storage import Storage
from emulator.errors import UsageError
from emulator.plugin.config import Config, read_config
from emulator.plugin.identity import read_identity
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store

STATE_FOLDER = ".dify-emulator"


@dataclass(slots=True)
class Project:
    """Where a command works."""

    folder: Path
    config: Config
    state_dir: Path
    workspace: str
    is_workspace_named: bool = False
    """Whether it was named on the command line."""
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    """What is to be done when the result has been printed."""

    def open_state(self) -> StateFile:
        """The state file, made if it is missing. Raises StateFileError."""
        return StateFile(self.state_dir / "state.db")

    def open_storage(self) -> Storage:
        """The plugin's storage in this workspace. Raises PluginLoadError, StateFileError."""
        identity = read_identity(self.folder)
        store = Store(self.open_state(), self.workspace, identity.plugin_id)
        return Storage(store, identity.storage_limit, self.config.storage_rules)


def open_project(folder: Path, workspace: str | None, state_dir: Path | None) -> Project:
    """Where a command works, by what was said. Raises UsageError."""
    if workspace == "":
        raise UsageError("-w: a workspace has a name.")
    config = read_config(folder, CODES)
    return Project(
        folder.absolute(),
        config,
        (state_dir or folder / STATE_FOLDER).absolute(),
        workspace or config.workspace,
        is_workspace_named=workspace is not None,
    )


F = TypeVar("F", bound=Callable[..., Any])


def project_options(command: F) -> F:
    """The options that name a plugin, a workspace and a state folder; passes a Project."""
    options = [
        click.option("-p", "--plugin", "folder", type=Path, default=Path(), metavar="PATH",
                     help="The plugin's folder (default: here)."),
        click.option("-w", "--workspace", metavar="NAME", help="The workspace (default: default)."),
        click.option("--state-dir", type=Path, envvar="DIFY_EMULATOR_STATE_DIR", metavar="DIR",
                     help=f"Where state is kept (default: {STATE_FOLDER} in the plugin's folder)."),
    ]  # fmt: skip

    def wrapped(folder: Path, workspace: str | None, state_dir: Path | None, **rest: Any) -> Any:
        named = [*(word for word in (str(folder), workspace, str(state_dir or "")) if word)]
        check_text([*named, *_words(rest)])
        project = open_project(folder, workspace, state_dir)
        code = command(project, **rest)
        for act in project.afterwards:
            act()
        return code

    wrapped.__name__, wrapped.__doc__ = command.__name__, command.__doc__
    wrapped.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[return-value]


_BYTES = ("body", "value")
"""Parameters that are data, not words: what is not UTF-8 in them stays as it is."""


def _words(given: dict[str, Any]) -> Iterator[str]:
    for name, value in given.items():
        if name in _BYTES:
            continue
        if isinstance(value, str | Path):
            yield str(value)
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, str))
