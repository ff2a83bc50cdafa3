"""``manifest.yaml`` by the daemon's rules (D plugin_entities/plugin_declaration.go).

The SDK is looser (capitals in the author, versions such as 1.0); what it takes and the daemon
refuses would fail at installation, so it is refused here.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import StringConstraints, field_validator

from emulator.plugin.declarations import Declaration, Field, Text, Translated, matches
from emulator.plugin.rules import AUTHOR, NAME, STORAGE_LARGEST, STORAGE_SMALLEST


class Grant(Declaration):
    enabled: bool = False


class ModelGrant(Grant):
    llm: bool = False
    text_embedding: bool = False
    rerank: bool = False
    tts: bool = False
    speech2text: bool = False
    moderation: bool = False


class StorageGrant(Grant):
    # Required as soon as the block is there, even with `enabled: false`.
    size: Annotated[int, Field(ge=STORAGE_SMALLEST, le=STORAGE_LARGEST)]


class Permission(Declaration):
    """What the plugin may ask of Dify; a missing block grants nothing."""

    tool: Grant | None = None
    model: ModelGrant | None = None
    node: Grant | None = None
    endpoint: Grant | None = None
    app: Grant | None = None
    storage: StorageGrant | None = None

    def allows(self, field: str) -> bool:
        """Whether a field such as ``model.llm`` is granted."""
        block, _, name = field.partition(".")
        return bool(getattr(getattr(self, block), name, False))


class Resource(Declaration):
    memory: int
    permission: Permission | None = None

    @field_validator("memory")
    @classmethod
    def _not_zero(cls, memory: int) -> int:
        if memory == 0:
            raise ValueError("must not be 0: Dify counts it as missing")
        return memory


Path = Annotated[str, StringConstraints(max_length=128)]


class Extensions(Declaration):
    """The provider files of each kind."""

    tools: list[Path] | None = None
    models: list[Path] | None = None
    endpoints: list[Path] | None = None
    agent_strategies: list[Path] | None = None
    datasources: list[Path] | None = None
    triggers: list[Path] | None = None


class Runner(Declaration):
    language: Literal["python"]
    version: Text
    entrypoint: Text


class Meta(Declaration):
    version: Text
    arch: list[Literal["amd64", "arm64"]]
    runner: Runner


class Manifest(Declaration):
    """The plugin as a whole. Its id, ``author/name``, names its storage."""

    version: Annotated[str, matches(r"^\d{1,4}(\.\d{1,4}){2}(-\w{1,16})?$")]
    type: Literal["plugin"]
    author: Annotated[str, matches(AUTHOR)]
    name: Annotated[str, matches(NAME)]
    label: Translated
    description: Translated
    icon: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    created_at: datetime
    resource: Resource
    plugins: Extensions
    meta: Meta

    @property
    def plugin_id(self) -> str:
        """``author/name``, without the version: storage survives upgrades."""
        return f"{self.author}/{self.name}"

    @property
    def permission(self) -> Permission:
        return self.resource.permission or Permission()

    @property
    def storage_limit(self) -> int | None:
        """Bytes; None if the manifest has no storage block."""
        storage = self.permission.storage
        return storage.size if storage else None
