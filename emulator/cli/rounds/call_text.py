"""A call in the words of ``run`` and ``request``."""

import json
from collections.abc import Iterator
from typing import Any

from emulator.cli.sizes import human_size
from emulator.dify.calls import Call, EndpointCall, GivenFile, ToolCall


def call_text(call: Call) -> str:
    """What was given, line by line; secrets by their names."""
    words = _tool_words(call) if isinstance(call, ToolCall) else _request_lines(call)
    return "\n".join(words).replace("${:}", "${")  # recorded so, for it is no secret's name


def _tool_words(call: ToolCall) -> Iterator[str]:
    for name, value in call.parameters.items():
        yield from _parameter(name, value)
    for option in ("provider", "message", "app"):
        if value := getattr(call, option):
            yield f"--{option} {value}"
    for name, value in call.credentials.items():
        yield f"--credential {_pair(name, value)}"


def _parameter(name: str, value: Any) -> Iterator[str]:
    given = value if isinstance(value, list) else [value]
    if any(isinstance(each, GivenFile) for each in given):
        for each in given:
            yield f"{name}@{each.path}" if isinstance(each, GivenFile) else _pair(name, each)
    else:
        yield _pair(name, value)


def _pair(name: str, value: Any) -> str:
    if isinstance(value, str) and value.isprintable():
        return f"{name}={value}"
    return f"{name}:={json.dumps(value, ensure_ascii=False)}"


def _request_lines(call: EndpointCall) -> Iterator[str]:
    for setting, given in call.settings.items():
        yield f"--setting {_pair(setting, given)}"
    request = call.request
    query = "" if request.query is None else f"?{_text(request.query)}"
    yield f"{request.method} {_text(request.path)}{query}"
    yield f"Host: {request.host}"
    for name, value in request.headers:
        yield f"{_text(name)}: {_text(value)}"
    if request.body:
        yield ""
        yield _body(request.body)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _body(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return f"[{human_size(len(data))}]"
