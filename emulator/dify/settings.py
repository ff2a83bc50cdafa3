"""The settings of an endpoint group, checked as Dify checks them (D plugin_entities/config.go)."""

from typing import Any

from emulator.dify.dify_error import DifyError
from emulator.dify.notes import Note, note
from emulator.dify.production import SETTINGS_FIELDS
from emulator.plugin.endpoint import EndpointGroup, Setting


def check_settings(group: EndpointGroup, given: dict[str, Any]) -> list[Note]:
    """Raises DifyError with Dify's words if it would not take them. Gives what is to be noted."""
    if len(given) > SETTINGS_FIELDS:
        raise _refused("too many setting fields")
    left_out = []
    for setting in group.settings or []:
        value = given.get(setting.name)
        if value is None:
            if setting.required:
                raise _refused(f"missing required setting: {setting.name}")
            if setting.default is not None:
                left_out.append(setting.name)
        elif problem := _problem(setting, value):
            raise _refused(f"setting {setting.name} {problem}")
    if not left_out:
        return []
    happened = f"{', '.join(left_out)} had a default and was left out: it is not filled in."
    return [note("DE404", happened)]


def _problem(setting: Setting, value: Any) -> str | None:
    match setting.type:
        case "secret-input" | "text-input" if not isinstance(value, str):
            return "is not a string"
        case "select":
            if not isinstance(value, str):
                return "is not a string"
            if value not in [str(option.value) for option in setting.options or []]:
                return "is not a valid option"
        case "boolean" if not isinstance(value, bool):
            return "is not a boolean"
        case "app-selector" | "model-selector" if not isinstance(value, dict):
            return "is not a map"
        case "app-selector" if "app_id" not in value:
            return "is missing app_id"
        case "model-selector":
            for field in ("provider", "model", "model_type"):
                if field not in value:
                    return f"is missing {field}"
        case _:
            pass
    return None


def _refused(why: str) -> DifyError:
    return DifyError(f"failed to validate settings: {why}")
