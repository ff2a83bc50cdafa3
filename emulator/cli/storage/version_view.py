"""How a version of a value is told, with who wrote it."""

from typing import Any

from emulator.cli.sizes import human_size
from emulator.workspace.rounds import iso_time
from emulator.workspace.versions import Version


def version_line(version: Version, *, with_key: bool) -> str:
    """One line for people."""
    size = "deleted" if version.size is None else human_size(version.size)
    key = f"  {version.key}" if with_key else ""
    return f"{size:>10}  {when(version)}{key}  {who(version)}"


def when(version: Version) -> str:
    """Time and round."""
    round = "-" if version.round is None else f"round {version.round}"
    return f"{iso_time(version.at)[:19]}  {round:>9}"


def who(version: Version) -> str:
    """Who wrote it, and where in their code; outside of rounds the operation's own word."""
    if version.round is None:
        return version.op
    by = f" by {version.user_id}" if version.user_id else ""
    conversation = version.conversation_id
    told = [
        f"{version.target}{by}",
        *([f"conversation {conversation}"] if conversation else []),
        f"generation {version.generation}",
        *([f"at {version.place}"] if version.place else []),
    ]
    return ", ".join(told)


def version_document(version: Version) -> dict[str, Any]:
    """One row of ``--json``."""
    return {
        "key": version.key,
        "operation": version.op,
        "round": version.round,
        "size": version.size,
        "at": iso_time(version.at),
        "kind": version.kind,
        "target": version.target,
        "user_id": version.user_id,
        "conversation_id": version.conversation_id,
        "generation": version.generation,
        "place": version.place,
    }
