"""The words and options of ``run`` that make up a tool's call."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from emulator.cli.words import read_pairs, read_parameters
from emulator.dify.calls import ToolCall

F = TypeVar("F", bound=Callable[..., Any])


def tool_call(command: F) -> F:
    """The command with these; passes a ToolCall as ``call``, None if no tool is named."""

    @click.argument("tool", required=False)
    @click.argument("parameters", nargs=-1, metavar="[name=value] [name:=json] [name@file]")
    @click.option("--provider", metavar="NAME",
                  help="The tool's provider, if two have such a tool.")  # fmt: skip
    @click.option("--user", metavar="ID", help="Who calls (default: local-user).")
    @click.option("--conversation", metavar="ID", help="conversation_id of the session.")
    @click.option("--app", metavar="ID", help="app_id of the session.")
    @click.option("--message", metavar="ID", help="message_id of the session.")
    @click.option("--credential", "credentials", multiple=True, metavar="name=value",
                  help="A credential of the provider (repeatable).")  # fmt: skip
    @wraps(command)
    def wrapped(
        *given: Any,
        tool: str | None,
        parameters: tuple[str, ...],
        provider: str | None,
        user: str | None,
        conversation: str | None,
        app: str | None,
        message: str | None,
        credentials: tuple[str, ...],
        **rest: Any,
    ) -> Any:
        if tool is None:
            return command(*given, call=None, **rest)
        call = ToolCall(
            tool,
            read_parameters(parameters),
            user,
            provider,
            conversation,
            message,
            app,
            read_pairs(credentials, "--credential"),
        )
        return command(*given, call=call, **rest)

    return wrapped  # type: ignore[return-value]
