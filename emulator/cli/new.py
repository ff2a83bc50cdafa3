"""``new NAME``: a plugin to start from."""

import getpass
import subprocess
from pathlib import Path

import click

from emulator.cli.output import show_line
from emulator.cli.questions import ask, one_of
from emulator.cli.size_words import read_size
from emulator.cli.sizes import count_of
from emulator.cli.words import check_text
from emulator.errors import UsageError
from emulator.plugin.plugin_names import check_author, check_name, legal
from emulator.plugin.scaffold import (
    LANGUAGES,
    SDK_FOR_PYTHON,
    NewPlugin,
    check_free,
    check_storage_size,
    make_plugin,
)
from emulator.plugin.templates import TEMPLATES, Template

_TEMPLATES = tuple(TEMPLATES)
_PYTHONS = tuple(SDK_FOR_PYTHON)


@click.command()
@click.argument("name")
@click.option(
    "--template", type=click.Choice(_TEMPLATES), help="What to start from (default: tool)."
)
@click.option("--author", help="Who makes it (default: after git's user.name).")
@click.option(
    "--storage-size", metavar="SIZE", help="What it may store, such as 512KB (default: 1MiB)."
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(LANGUAGES),
    help="A language of labels, beside en_US, which Dify wants (repeatable).",
)
@click.option(
    "--python",
    type=click.Choice(_PYTHONS),
    help="The oldest Python that it is to run on (default: 3.12, which is Dify's).",
)
def new(
    name: str,
    template: str | None,
    author: str | None,
    storage_size: str | None,
    languages: tuple[str, ...],
    python: str | None,
) -> None:
    """Make the folder NAME with a plugin of that name in it. Nothing is overwritten.

    On a terminal, what is not given by option is asked for.

    \b
    dify-emulator new my-plugin
    dify-emulator new my-plugin --template memory --author ada --storage-size 512KB
    """
    check_text(word for word in (name, author, storage_size) if word)
    folder = Path(check_name(name))
    check_free(folder)
    chosen = TEMPLATES[template or _ask_one("Template", "tool", _TEMPLATES)]
    plugin = NewPlugin(
        name,
        _author(author),
        chosen,
        _storage_size(chosen, storage_size),
        languages or ask(f"Languages ({', '.join(LANGUAGES)})", "en_US", _read_languages),
        python or _ask_one("Oldest Python", "3.12", _PYTHONS),
    )
    _tell(plugin, make_plugin(folder, plugin))


def _ask_one(what: str, usual: str, choices: tuple[str, ...]) -> str:
    return ask(f"{what} ({', '.join(choices)})", usual, one_of(choices))


def _author(given: str | None) -> str:
    if given is not None:
        return check_author(given)
    return ask("Author", _usual_author(), _read_author)


def _read_author(answer: str) -> str:
    if not answer:
        raise UsageError("A plugin has an author.", advice="Name one with --author.")
    return check_author(answer)


def _usual_author() -> str:
    """After git's user.name or the system's user, or nothing."""
    try:
        git = subprocess.run(
            ["git", "config", "user.name"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=5,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        git = ""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = ""
    return legal(git, 64) or legal(user, 64)


def _storage_size(template: Template, given: str | None) -> int | None:
    if template.stores:
        read = _read_storage_size
        return read(given) if given is not None else ask("Storage size", "1MiB", read)
    if given is not None:
        storing = " and ".join(each.name for each in TEMPLATES.values() if each.stores)
        raise UsageError(
            f"The template {template.name} stores nothing: --storage-size is for {storing}.",
            advice="To store something later, grant `storage` in the manifest.",
        )
    return None


def _read_storage_size(answer: str) -> int:
    return check_storage_size(read_size(answer))


def _read_languages(answer: str) -> tuple[str, ...]:
    words = answer.replace(",", " ").split()
    return tuple(map(one_of(LANGUAGES), words))


def _tell(plugin: NewPlugin, files: list[str]) -> None:
    template = plugin.template
    made = f"{template.about}, by {plugin.author}, {count_of(len(files), 'file')}"
    show_line(f"Made {plugin.name}/: {made}.")
    show_line()
    # A name may begin with a dash, which would be an option to `cd`.
    place = f"./{plugin.name}" if plugin.name.startswith("-") else plugin.name
    show_line(f"cd {place} && dify-emulator {template.command}")
    show_line()
    if template.not_yet:
        show_line("That checks it; `dify-emulator dev` loads it under the SDK on each save.")
        show_line(f"dify-emulator cannot run {template.not_yet} yet.")
    show_line("README.md tells more.")
