"""Endpoint groups and endpoints as declared (D plugin_entities/endpoint_declaration.go)."""

from typing import Any, Literal

from emulator.plugin.declarations import Declaration, Extra, Text

SettingType = Literal[
    "secret-input",
    "text-input",
    "select",
    "boolean",
    "app-selector",
    "model-selector",
    "array[tools]",
]


class SettingOption(Declaration):
    value: Any


class Setting(Declaration):
    """A field that whoever sets up the endpoints fills in."""

    name: Text
    type: SettingType
    required: bool = False
    default: Any = None
    options: list[SettingOption] | None = None


class Endpoint(Declaration):
    """One route of a plugin."""

    path: Text
    method: Literal["HEAD", "GET", "POST", "PUT", "DELETE", "OPTIONS"]
    extra: Extra


class EndpointGroup(Declaration):
    """A plugin's endpoints, with the settings that they share."""

    settings: list[Setting] | None = None
    endpoints: list[str]

    @property
    def plain_settings(self) -> set[str]:
        """Names of settings whose values may be seen."""
        return {each.name for each in self.settings or [] if each.type != "secret-input"}
