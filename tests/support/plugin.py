"""Small plugins, written to a folder of the test's."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import yaml

STORAGE = 1_048_576


def write_plugin(
    folder: Path,
    *,
    tools: Mapping[str, str] | None = None,
    parameters: Mapping[str, list[dict[str, Any]]] | None = None,
    endpoints: Mapping[str, str] | None = None,
    settings: list[dict[str, Any]] | None = None,
    storage: int | None = STORAGE,
    main: str | None = None,
    manifest: dict[str, Any] | None = None,
) -> Path:
    """A plugin whose tools and endpoints run the given bodies.

    ``tools`` maps a tool's name to the body of ``_invoke(self, tool_parameters)``; ``endpoints``
    maps ``"GET /path"`` to the body of ``_invoke(self, r, values, settings)``. ``storage`` is the
    size that the manifest grants, None for no storage at all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "_assets").mkdir(exist_ok=True)
    (folder / "_assets" / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "requirements.txt").write_text("dify_plugin\n")
    (folder / "main.py").write_text(dedent(main) if main else _MAIN)
    declared: dict[str, list[str]] = {}
    if tools:
        declared["tools"] = ["provider/test.yaml"]
        _write_tools(folder, tools, parameters or {})
    if endpoints:
        declared["endpoints"] = ["group/test.yaml"]
        _write_endpoints(folder, endpoints, settings or [])
    write_yaml(folder / "manifest.yaml", {**_manifest(declared, storage), **(manifest or {})})
    return folder


def write_yaml(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, sort_keys=False))


def parameter(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    """A parameter as a tool's yaml declares it."""
    text = {"en_US": name}
    common = {"name": name, "type": kind, "form": "llm", "label": text, "human_description": text}
    return {**common, **more}


_MAIN = """\
from dify_plugin import DifyPluginEnv, Plugin

if __name__ == "__main__":
    Plugin(DifyPluginEnv()).run()
"""

_PROVIDER = """\
from dify_plugin import ToolProvider


class TestProvider(ToolProvider):
    def _validate_credentials(self, credentials):
        pass
"""

_TOOL = """\
from dify_plugin import Tool


class {name}(Tool):
    def _invoke(self, tool_parameters):
        storage = self.session.storage
{body}
"""

_ENDPOINT = """\
import json

from dify_plugin import Endpoint
from werkzeug import Response


class {name}(Endpoint):
    def _invoke(self, r, values, settings):
        storage = self.session.storage
{body}
"""


def _manifest(declared: dict[str, list[str]], storage: int | None) -> dict[str, Any]:
    permission: dict[str, Any] = {"endpoint": {"enabled": True}}
    if storage is not None:
        permission["storage"] = {"enabled": True, "size": storage}
    text = {"en_US": "Test"}
    return {
        "version": "0.0.1",
        "type": "plugin",
        "author": "tests",
        "name": "plugin",
        "label": text,
        "description": text,
        "icon": "icon.svg",
        "created_at": "2026-11-22T12:00:00+00:00",
        "resource": {"memory": 268435456, "permission": permission},
        "plugins": declared,
        "meta": {
            "version": "0.0.1",
            "arch": ["amd64", "arm64"],
            "runner": {"language": "python", "version": "3.12", "entrypoint": "main"},
        },
    }


def _write_tools(
    folder: Path, tools: Mapping[str, str], parameters: Mapping[str, list[dict[str, Any]]]
) -> None:
    identity = {"author": "tests", "name": "test", "label": {"en_US": "Test"}}
    provider = {
        "identity": {**identity, "description": {"en_US": "Test"}, "icon": "icon.svg"},
        "tools": [f"tools/{name}.yaml" for name in tools],
        "extra": {"python": {"source": "provider/test.py"}},
    }
    write_yaml(folder / "provider" / "test.yaml", provider)
    (folder / "provider" / "test.py").write_text(_PROVIDER)
    for name, body in tools.items():
        tool = {
            "identity": {**identity, "name": name},
            "description": {"human": {"en_US": name}, "llm": name},
            "parameters": parameters.get(name, []),
            "extra": {"python": {"source": f"tools/{name}.py"}},
        }
        write_yaml(folder / "tools" / f"{name}.yaml", tool)
        (folder / "tools" / f"{name}.py").write_text(_code(_TOOL, name, body))


def _write_endpoints(
    folder: Path, endpoints: Mapping[str, str], settings: list[dict[str, Any]]
) -> None:
    files = {f"endpoints/endpoint{number}": each for number, each in enumerate(endpoints.items())}
    group = {"settings": settings, "endpoints": [f"{file}.yaml" for file in files]}
    write_yaml(folder / "group" / "test.yaml", group)
    for file, (route, body) in files.items():
        method, path = route.split(" ")
        source = {"python": {"source": f"{file}.py"}}
        write_yaml(folder / f"{file}.yaml", {"path": path, "method": method, "extra": source})
        (folder / f"{file}.py").write_text(_code(_ENDPOINT, "endpoint", body))


def _code(template: str, name: str, body: str) -> str:
    return template.format(name=name.title().replace("_", ""), body=indent(dedent(body), " " * 8))
