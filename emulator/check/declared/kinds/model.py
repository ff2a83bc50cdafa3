"""Models (D model_declaration.go, S entities/model/schema.py).

The daemon validates none of this: it only decodes it.
"""

from collections.abc import Iterator

from emulator.check.declared.document import Node, child, is_null
from emulator.check.declared.kinds.common import FLAG, PACKAGED, SDK_LOADS, UNCHECKED_TEXT, one_of
from emulator.check.declared.kinds.kind import Kind
from emulator.check.declared.mappings import FreeMap, ListOf, Map
from emulator.check.declared.numbers import Decimal, Number
from emulator.check.declared.scalars import Anything, OneOf, Text
from emulator.check.declared.shapes import Field, Spot
from emulator.check.findings import Finding

TYPES = ("llm", "text-embedding", "rerank", "speech2text", "moderation", "tts", "text2img")
FETCHED_FROM = ("predefined-model", "customizable-model")

_FEATURES = (
    "tool-call", "multi-tool-call", "agent-thought", "vision", "stream-tool-call", "document",
    "video", "audio", "structured-output", "polling",
)  # fmt: skip
_PROPERTIES = (
    "mode", "context_size", "max_chunks", "file_upload_limit", "supported_file_extensions",
    "max_characters_per_chunk", "default_voice", "voices", "word_limit", "audio_type",
    "max_workers",
)  # fmt: skip
_TEMPLATES = (
    "temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "max_tokens",
    "response_format", "json_schema",
)  # fmt: skip


def _words(*words: str) -> Text:
    return one_of(*words, daemon=())


def _typed(spot: Spot, node: Node) -> Iterator[Finding]:
    """A rule has a type of its own, or that of the template it uses."""
    template = child(node, "use_template")
    known = template is not None and template.value in _TEMPLATES
    kind = child(node, "type")
    if is_null(kind) if kind is not None or not known else False:
        message = f"`{spot.path}.type` is missing"
        yield spot.finding("DE605", node, message, "Add `type: ...`.", spot.minded(SDK_LOADS))


_RULE = Map(
    {
        "name": Field(Text(), SDK_LOADS),
        "use_template": Field(Text((OneOf(("", *_TEMPLATES), PACKAGED),)), nullable=True),
        "label": Field(UNCHECKED_TEXT, or_empty=True),
        "type": Field(_words("float", "int", "string", "boolean", "text"), nullable=True),
        "help": Field(UNCHECKED_TEXT, nullable=True),
        "required": FLAG,
        "default": Field(Anything(), nullable=True),
        "min": Field(Number(), nullable=True),
        "max": Field(Number(), nullable=True),
        "precision": Field(Number(whole=True), nullable=True),
        "options": Field(ListOf(Text())),
    },
    also=(_typed,),
)

_PRICING = Map(
    {
        "input": Field(Decimal(), SDK_LOADS),
        "output": Field(Decimal(), nullable=True),
        "unit": Field(Decimal(), SDK_LOADS),
        "currency": Field(Text(), SDK_LOADS),
    }
)

MODEL = Kind(
    "model",
    Map(
        {
            "model": Field(Text(), SDK_LOADS),
            "label": Field(UNCHECKED_TEXT, or_empty=True),
            "model_type": Field(_words(*TYPES), SDK_LOADS),
            "features": Field(ListOf(_words(*_FEATURES)), nullable=True),
            "fetch_from": Field(_words(*FETCHED_FROM)),
            "model_properties": Field(FreeMap(keys=OneOf(_PROPERTIES, SDK_LOADS)), SDK_LOADS),
            "deprecated": FLAG,
            "parameter_rules": Field(ListOf(_RULE)),
            "pricing": Field(_PRICING, nullable=True),
        }
    ),
)

POSITIONS = Kind("list of models", ListOf(Text()), missed_by=PACKAGED)
"""The order in which models are shown (S entities/model/provider.py ModelPosition)."""
