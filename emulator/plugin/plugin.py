"""A plugin on disk, its declarations read and held against Dify's rules."""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeVar

from emulator.errors import DeclarationsError, NotThereError, PluginLoadError
from emulator.plugin.declarations import BadDeclaration, Declaration, declare
from emulator.plugin.endpoint import Endpoint, EndpointGroup
from emulator.plugin.manifest import Manifest
from emulator.plugin.tool import Tool, ToolProvider
from emulator.plugin.yaml_file import BadYaml, Problem, YamlFile, read_yaml

D = TypeVar("D", bound=Declaration)


@dataclass(frozen=True, slots=True)
class DeclaredTool:
    """A tool with the provider that it belongs to."""

    provider: ToolProvider
    tool: Tool


@dataclass(slots=True)
class Plugin:
    """What a plugin's folder declares."""

    folder: Path
    manifest: Manifest
    tools: list[DeclaredTool] = field(default_factory=list)
    group: EndpointGroup | None = None
    endpoints: list[Endpoint] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.manifest.plugin_id

    @property
    def hook_id(self) -> str:
        return hook_id_of(self.id)

    def find_tool(self, name: str, provider: str | None = None) -> DeclaredTool:
        """A tool by its name. Of several providers Dify installs the last one: it goes first.

        Raises NotThereError with what there is.
        """
        for declared in reversed(self.tools):
            if declared.tool.name == name and provider in (None, declared.provider.name):
                return declared
        there = ", ".join(sorted({declared.tool.name for declared in self.tools}))
        where = f" of provider {provider!r}" if provider else ""
        raise NotThereError(
            f"{self.id} has no tool {name!r}{where}.",
            advice=f"It has: {there}." if there else "It declares no tools at all.",
        )


@cache
def hook_id_of(plugin_id: str) -> str:
    """16 lower-case letters that stay the same for this plugin. Dify draws them by chance."""
    digest = hashlib.sha256(f"{plugin_id}/endpoints".encode()).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:16])


def read_manifest(folder: Path) -> Manifest:
    """Only the manifest: enough for whoever does not run the plugin. Raises PluginLoadError."""
    return _Reader(folder).manifest()


def read_plugin(folder: Path) -> Plugin:
    """Everything that a plugin declares. Raises PluginLoadError with all that is wrong."""
    reader = _Reader(folder)
    manifest = reader.manifest()
    plugin = Plugin(folder, manifest)
    for name in manifest.plugins.tools or []:
        reader.tool_provider(plugin, name)
    for name in manifest.plugins.endpoints or []:
        reader.endpoint_group(plugin, name)
    reader.files(manifest)
    reader.finish()
    return plugin


class _Reader:
    """Reads file after file and gathers what is wrong in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        if not folder.is_dir():
            raise PluginLoadError(
                f"{folder}: there is no such folder.", advice="Name a plugin's folder with -p."
            )

    def manifest(self) -> Manifest:
        if not (self.folder / "manifest.yaml").is_file():
            raise PluginLoadError(
                f"{self.folder}: there is no manifest.yaml, so this is not a plugin.",
                advice="Go into a plugin's folder, or name it with -p.",
            )
        manifest = self._declare(Manifest, "manifest.yaml")
        if manifest is None:
            self.finish()
            raise AssertionError("a manifest is missing without a problem")
        return manifest[0]

    def tool_provider(self, plugin: Plugin, name: str) -> None:
        if (found := self._declare(ToolProvider, name)) is None:
            return
        provider, file = found
        self._source(file, provider.extra.python.source)
        for tool_name in provider.tools or []:
            if tool := self._declare(Tool, tool_name):
                self._source(tool[1], tool[0].extra.python.source)
                plugin.tools.append(DeclaredTool(provider, tool[0]))

    def endpoint_group(self, plugin: Plugin, name: str) -> None:
        if (found := self._declare(EndpointGroup, name)) is None:
            return
        plugin.group = found[0]
        for endpoint_name in plugin.group.endpoints:
            if endpoint := self._declare(Endpoint, endpoint_name):
                self._source(endpoint[1], endpoint[0].extra.python.source)
                plugin.endpoints.append(endpoint[0])

    def files(self, manifest: Manifest) -> None:
        """What the SDK needs beside the declarations."""
        entrypoint = manifest.meta.runner.entrypoint
        module = self.folder / entrypoint.replace(".", "/")
        if not module.with_suffix(".py").is_file() and not (module / "__main__.py").is_file():
            message = (
                f"`meta.runner.entrypoint` is {entrypoint!r}, and there is no {module.name}.py"
            )
            self._add(
                read_yaml(self.folder, "manifest.yaml"), ("meta", "runner", "entrypoint"), message
            )
        if not (self.folder / "_assets").is_dir():
            message = "is missing: the SDK cannot load a plugin without this folder"
            self.problems.append(Problem("_assets", 1, 1, message))

    def finish(self) -> None:
        if not self.problems:
            return
        shown = "\n".join(f"  {problem}" for problem in self.problems)
        raise DeclarationsError(
            f"{self.folder}: the plugin's declarations are not right:\n{shown}",
            advice="Mend these lines; Dify would refuse the plugin, or the SDK could not load it.",
            folder=self.folder,
        )

    def _declare(self, kind: type[D], name: str) -> tuple[D, YamlFile] | None:
        try:
            file = read_yaml(self.folder, name)
            return declare(kind, file), file
        except BadYaml as bad:
            self.problems.append(bad.problem)
        except BadDeclaration as bad:
            self.problems.extend(bad.problems)
        return None

    def _source(self, file: YamlFile, source: str) -> None:
        if not (self.folder / source).is_file():
            message = f"`extra.python.source` is {source!r}, and there is no such file"
            self._add(file, ("extra", "python", "source"), message)

    def _add(self, file: YamlFile, where: tuple[str, ...], message: str) -> None:
        self.problems.append(file.problem(where, message))
