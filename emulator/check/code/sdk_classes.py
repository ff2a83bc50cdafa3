"""The SDK's classes that plugins derive from (S interfaces/).

Seen the same in 0.3.5, 0.5.1, 0.7.4 and 0.10.2, but for datasources (since 0.5) and triggers
(since 0.6). The SDK itself is never imported here.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Call(NamedTuple):
    """How the SDK calls a method: with so many values by place, or with all by name."""

    names: tuple[str, ...]
    by_name: bool = False


class SdkClass(NamedTuple):
    """A class of the SDK."""

    bases: tuple[str, ...] = ()
    """The SDK's classes that it is derived from, nearest first."""
    abstract: tuple[str, ...] = ()
    """What a class derived from it has to define before it can be called."""
    calls: Mapping[str, Call] = MappingProxyType({})
    """How the SDK calls what a derived class defines."""
    home: str = "dify_plugin"
    """Where plugins import it from."""


def _by_place(**methods: str) -> dict[str, Call]:
    return {name: Call(tuple(names.split())) for name, names in methods.items()}


def _by_name(**methods: str) -> dict[str, Call]:
    return {name: Call(tuple(names.split()), by_name=True) for name, names in methods.items()}


_MODEL = ("_invoke_error_mapping", "validate_credentials")
_INVOKED = ("_invoke", *_MODEL)
_COUNTED = ("_invoke", *_MODEL, "get_num_tokens")


def _model(abstract: tuple[str, ...], calls: dict[str, Call]) -> SdkClass:
    return SdkClass(("AIModel",), abstract, calls)


def _compatible(base: str) -> SdkClass:
    """Those for services that speak as OpenAI does; nothing is abstract in them."""
    return SdkClass((base, "AIModel"))


SDK_CLASSES = {
    "ToolProvider": SdkClass(calls=_by_place(_validate_credentials="credentials")),
    "Tool": SdkClass(abstract=("_invoke",), calls=_by_place(_invoke="tool_parameters")),
    "Endpoint": SdkClass(abstract=("_invoke",), calls=_by_place(_invoke="r values settings")),
    "AgentProvider": SdkClass(("ToolProvider",)),
    "AgentStrategy": SdkClass(abstract=("_invoke",), calls=_by_place(_invoke="parameters")),
    "ModelProvider": SdkClass(
        abstract=("validate_provider_credentials",),
        calls=_by_place(validate_provider_credentials="credentials"),
    ),
    "OAICompatProvider": SdkClass(("ModelProvider",)),
    "AIModel": SdkClass(home="dify_plugin.interfaces.model.ai_model", abstract=_MODEL),
    "LargeLanguageModel": _model(
        _COUNTED,
        _by_name(
            _invoke="model credentials prompt_messages model_parameters tools stop stream user"
        ),
    ),
    "TextEmbeddingModel": _model(
        _COUNTED, _by_place(_invoke="model credentials texts user input_type")
    ),
    "ModerationModel": _model(_INVOKED, _by_place(_invoke="model credentials text user")),
    "RerankModel": _model(
        _INVOKED, _by_place(_invoke="model credentials query docs score_threshold top_n user")
    ),
    "Speech2TextModel": _model(_INVOKED, _by_place(_invoke="model credentials file user")),
    "TTSModel": _model(
        _INVOKED, _by_name(_invoke="model tenant_id credentials user content_text voice")
    ),
    "OAICompatLargeLanguageModel": _compatible("LargeLanguageModel"),
    "OAICompatEmbeddingModel": _compatible("TextEmbeddingModel"),
    "OAICompatRerankModel": _compatible("RerankModel"),
    "OAICompatSpeech2TextModel": _compatible("Speech2TextModel"),
    "OAICompatText2SpeechModel": _compatible("TTSModel"),
    "DatasourceProvider": SdkClass(
        calls=_by_place(_validate_credentials="credentials"),
        home="dify_plugin.interfaces.datasource",
    ),
    "WebsiteCrawlDatasource": SdkClass(
        abstract=("_get_website_crawl",),
        calls=_by_place(_get_website_crawl="datasource_parameters"),
        home="dify_plugin.interfaces.datasource.website",
    ),
    "OnlineDocumentDatasource": SdkClass(
        abstract=("_get_content", "_get_pages"),
        calls=_by_place(_get_pages="datasource_parameters", _get_content="page"),
        home="dify_plugin.interfaces.datasource.online_document",
    ),
    "OnlineDriveDatasource": SdkClass(
        abstract=("_browse_files", "_download_file"),
        calls=_by_place(_browse_files="request", _download_file="request"),
        home="dify_plugin.interfaces.datasource.online_drive",
    ),
    "Trigger": SdkClass(
        abstract=("_dispatch_event",),
        calls=_by_name(_dispatch_event="subscription request"),
        home="dify_plugin.interfaces.trigger",
    ),
    "Event": SdkClass(
        abstract=("_on_event",),
        calls=_by_name(_on_event="request parameters payload"),
        home="dify_plugin.interfaces.trigger",
    ),
    "TriggerSubscriptionConstructor": SdkClass(
        abstract=("_create_subscription", "_delete_subscription", "_refresh_subscription"),
        calls=_by_name(
            _create_subscription="endpoint parameters credentials credential_type",
            _delete_subscription="subscription credentials credential_type",
            _refresh_subscription="subscription credentials credential_type",
        ),
        home="dify_plugin.interfaces.trigger",
    ),
}
"""By their names."""


def sdk_class(dotted: str) -> str | None:
    """The name of the SDK's class that a dotted name stands for; None if it is none of them."""
    module, _, name = dotted.rpartition(".")
    public = module == "dify_plugin" or module.startswith("dify_plugin.interfaces")
    return name if public and name in SDK_CLASSES else None
