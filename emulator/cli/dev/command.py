"""``dev``: serve plugins, reload them when a file is saved, run the last call again."""

from pathlib import Path

import click

from emulator.cli.dev.running import run_dev
from emulator.cli.fault_options import fault_options
from emulator.cli.project import STATE_FOLDER, Project, open_project
from emulator.cli.words import check_text
from emulator.dev.dev_server import PORT
from emulator.dev.hosted_plugin import HostOptions, MemoryMode
from emulator.dev.loading import Place
from emulator.dev.reloading import OnBroken
from emulator.dify.faults import Faults
from emulator.errors import PluginLoadError, UsageError


@click.command()
@click.argument("folders", nargs=-1, type=Path, metavar="[PLUGIN]...")
@click.option(
    "-p",
    "--plugin",
    "plugins",
    multiple=True,
    type=Path,
    metavar="PATH",
    help="A plugin's folder (repeatable; default: here).",
)
@click.option("-w", "--workspace", metavar="NAME", help="The workspace (default: default).")
@click.option(
    "--state-dir",
    type=Path,
    envvar="DIFY_EMULATOR_STATE_DIR",
    metavar="DIR",
    help=f"Where state is kept (default: {STATE_FOLDER} in each plugin's folder).",
)
@click.option("--host", default="127.0.0.1", help="Where to listen (default: 127.0.0.1).")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help=f"The port; 0 takes any free one (default: {PORT}, or any if it is taken).",
)
@click.option(
    "--rerun",
    type=click.Choice(["last", "none"]),
    help="Whether new code runs the last call again (default: last).",
)
@click.option(
    "--memory",
    type=click.Choice(["keep", "rewind"]),
    default="keep",
    help="What a rerun starts from: present memory, or that of the first run.",
)
@click.option(
    "--on-broken",
    type=click.Choice(["fail", "stale"]),
    default="fail",
    help="While code does not load: its error, or the last good generation.",
)
@click.option(
    "--seed",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What a workspace starts from that was never used.",
)
@fault_options
@click.option("--no-watch", is_flag=True, help="Do not reload when files change.")
@click.option("--python", metavar="PATH", help="The interpreter that runs the plugins.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each event.")
def dev(
    folders: tuple[Path, ...],
    plugins: tuple[Path, ...],
    workspace: str | None,
    state_dir: Path | None,
    host: str,
    port: int | None,
    rerun: str | None,
    memory: MemoryMode,
    on_broken: OnBroken,
    seed: Path | None,
    faults: Faults,
    no_watch: bool,
    python: str | None,
    as_json: bool,
) -> int:
    """Serve PLUGINs: their endpoints over HTTP, their tools to `run`. Saved files are loaded at
    once, and the last call is run again on them.

    \b
    dify-emulator dev
    dify-emulator dev memory inbox --port 0 --memory rewind
    """
    check_text([*map(str, (*folders, *plugins)), workspace or "", str(state_dir or "")])
    if seed is not None and not seed.is_file():
        raise UsageError(f"--seed {seed}: there is no such file.")
    hosted = [
        HostOptions(
            Place(project.folder.resolve(), project.state_dir, python),
            workspace=workspace,
            seed=seed and seed.absolute(),
            reruns=None if rerun is None else rerun == "last",
            memory_mode=memory,
            on_broken=on_broken,
            watches=not no_watch,
            faults=faults,
        )
        for project in _projects([*folders, *plugins] or [Path()], workspace, state_dir)
    ]
    return run_dev(hosted, host, port, as_json=as_json)


def _projects(folders: list[Path], workspace: str | None, state_dir: Path | None) -> list[Project]:
    projects = []
    for folder in folders:
        if not (folder / "manifest.yaml").is_file():
            raise PluginLoadError(
                f"{folder.absolute()}: there is no manifest.yaml, so this is not a plugin.",
                advice="Go into a plugin's folder, or name it.",
            )
        projects.append(open_project(folder, workspace, state_dir))
    return projects
