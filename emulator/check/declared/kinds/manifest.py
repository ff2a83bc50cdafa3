"""`manifest.yaml` (D plugin_declaration.go, S core/entities/plugin/setup.py)."""

from emulator.check.declared.kinds.common import (
    FLAG,
    MANIFEST_TEXT,
    OPTIONAL_FLAG,
    PACKAGED,
    SDK_LOADS,
    TAGS_OF_DIFY,
)
from emulator.check.declared.mappings import ListOf, Map
from emulator.check.declared.numbers import Number
from emulator.check.declared.scalars import AtMost, Matches, OneOf, Text, Time
from emulator.check.declared.shapes import GO, Field
from emulator.check.findings import AT_DEBUGGING, AT_INSTALLATION, AT_LOAD, AT_PACKAGING
from emulator.plugin.rules import AUTHOR, NAME, STORAGE_LARGEST, STORAGE_SMALLEST

_BOTH = (AT_LOAD, AT_PACKAGING)
_CHECKED = (AT_INSTALLATION, AT_DEBUGGING)
"""ManifestValidate; not at packaging."""

_GRANT = Field(Map({"enabled": OPTIONAL_FLAG}), nullable=True)
_MODELS = ("llm", "text_embedding", "rerank", "tts", "speech2text", "moderation")
_SIZE = Number(
    whole=True, least=STORAGE_SMALLEST, most=STORAGE_LARGEST, bounded_by=_BOTH, unit=" bytes"
)
_PERMISSION = Map(
    {
        "tool": _GRANT,
        "model": Field(
            Map({"enabled": OPTIONAL_FLAG, **dict.fromkeys(_MODELS, OPTIONAL_FLAG)}),
            nullable=True,
        ),
        "node": _GRANT,
        "endpoint": _GRANT,
        "app": _GRANT,
        # The SDK has a default of 1 MiB; for Go what is missing is 0, and too small
        "storage": Field(
            Map({"enabled": OPTIONAL_FLAG, "size": Field(_SIZE, PACKAGED)}), nullable=True
        ),
    }
)

_LETTERS = "Use lower-case letters, digits, `_` and `-`"
_PATHS = Field(ListOf(Text((AtMost(128, PACKAGED),))))
VERSION = Matches(
    r"\d{1,4}(\.\d{1,4}){2}(-\w{1,16})?", PACKAGED, "Write three numbers, such as 0.0.1."
)

MANIFEST = Map(
    {
        "version": Field(Text((VERSION,)), _BOTH),
        "type": Field(Text((OneOf(("plugin",), _BOTH),)), _BOTH),
        "author": Field(
            Text(
                (
                    Matches(AUTHOR, _CHECKED, f"{_LETTERS}, at most 64."),
                    Matches("[a-zA-Z0-9_-]{1,64}", SDK_LOADS, f"{_LETTERS}, at most 64."),
                    AtMost(64, PACKAGED),
                )
            ),
            (AT_LOAD, *_CHECKED),
            nullable=True,
        ),
        "name": Field(
            Text(
                (
                    Matches(NAME, (AT_LOAD, AT_INSTALLATION), f"{_LETTERS}, at most 128."),
                    AtMost(128, PACKAGED),
                ),
                filled_by=PACKAGED,
            ),
            _BOTH,
        ),
        "label": Field(MANIFEST_TEXT, _BOTH),
        "description": Field(MANIFEST_TEXT, _BOTH),
        "icon": Field(Text((AtMost(128, PACKAGED),), filled_by=PACKAGED), _BOTH),
        "icon_dark": Field(Text((AtMost(128, PACKAGED),)), nullable=True),
        "created_at": Field(Time(), _BOTH),
        "resource": Field(
            Map(
                {
                    "memory": Field(Number(whole=True, filled_by=PACKAGED), _BOTH),
                    "permission": Field(_PERMISSION, nullable=True),
                }
            ),
            _BOTH,
        ),
        "plugins": Field(
            Map(
                {
                    "tools": _PATHS,
                    "models": _PATHS,
                    "endpoints": _PATHS,
                    "agent_strategies": _PATHS,
                    "datasources": _PATHS,
                    "triggers": _PATHS,
                }
            ),
            SDK_LOADS,
        ),
        "meta": Field(
            Map(
                {
                    "version": Field(Text((VERSION,)), _BOTH),
                    "arch": Field(ListOf(Text((OneOf(("amd64", "arm64"), _BOTH),))), _BOTH),
                    "runner": Field(
                        Map(
                            {
                                "language": Field(Text((OneOf(("python",), _BOTH),)), _BOTH),
                                "version": Field(Text((AtMost(128, PACKAGED),)), _BOTH),
                                "entrypoint": Field(Text((AtMost(256, PACKAGED),)), _BOTH),
                            }
                        ),
                        _BOTH,
                    ),
                    "minimum_dify_version": Field(Text(), nullable=True),
                }
            ),
            _BOTH,
        ),
        "tags": Field(ListOf(Text((OneOf(TAGS_OF_DIFY, PACKAGED),))), readers=GO),
        "privacy": Field(Text(), readers=GO),
        "repo": Field(Text(), nullable=True),
        "verified": Field(FLAG.shape, readers=GO),
    }
)
