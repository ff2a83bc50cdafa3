"""Tool providers and tools as declared (D plugin_entities/tool_declaration.go)."""

from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from emulator.plugin.declarations import Declaration, Extra, IdentityName, Text, Translated

ParameterType = Literal[
    "string",
    "number",
    "boolean",
    "select",
    "secret-input",
    "file",
    "files",
    "app-selector",
    "model-selector",
    "any",
    "dynamic-select",
    "array",
    "object",
    "checkbox",
    "date",
    "date-range",
]


class ParameterOption(Declaration):
    # Whatever YAML makes of it: the language code `no` is false in YAML 1.1, text for Go.
    value: Any


class ToolParameter(Declaration):
    name: Annotated[str, StringConstraints(min_length=1, max_length=1023)]
    label: Translated
    human_description: Translated
    type: ParameterType
    form: Literal["schema", "form", "llm"]
    required: bool = False
    multiple: bool = False
    default: Any = None
    options: list[ParameterOption] | None = None


class ToolIdentity(Declaration):
    author: Text
    name: IdentityName
    label: Translated


class ToolDescription(Declaration):
    human: Translated
    llm: Text


class Tool(Declaration):
    """One tool: what it is called, what it takes, and where its code is."""

    identity: ToolIdentity
    description: ToolDescription
    parameters: list[ToolParameter] | None = None
    has_runtime_parameters: bool = False
    extra: Extra

    @property
    def name(self) -> str:
        return self.identity.name

    @property
    def secret_parameters(self) -> set[str]:
        """Names of parameters whose values are not to be seen."""
        return {each.name for each in self.parameters or [] if each.type == "secret-input"}


class ProviderIdentity(Declaration):
    author: Text
    name: IdentityName
    label: Translated
    icon: Text


class ToolProvider(Declaration):
    """A provider, with the paths of its tools' files."""

    identity: ProviderIdentity
    tools: list[str] | None = None
    extra: Extra

    @property
    def name(self) -> str:
        return self.identity.name
