"""The credentials that the code reads, against those that a provider declares."""

import ast
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.reads.against import (
    Against,
    DeclaredField,
    Form,
    never_read,
    taken_for_granted,
    undeclared,
)
from emulator.check.code.reads.callees import Code
from emulator.check.code.reads.follow import Follower, Given
from emulator.check.code.sources import DeclaredSource
from emulator.check.declared.document import Document
from emulator.check.findings import BY_SDK, Finding
from emulator.check.names import did_you_mean

_FORMS = (
    ("credentials_for_provider",),
    ("credentials_schema",),
    ("subscription_constructor", "credentials_schema"),
    ("provider_credential_schema", "credential_form_schemas"),
    ("model_credential_schema", "credential_form_schemas"),
)
"""Where the providers of tools, datasources, triggers and models ask for them."""
_CONSENTS = (("oauth_schema",), ("subscription_constructor", "oauth_schema"))
"""Where a provider says that it can get others by OAuth: whatever its code makes of the answer."""

_GIVEN_TO = {
    "_validate_credentials", "_validate_api_key", "_create_subscription", "_delete_subscription",
    "_refresh_subscription", "validate_provider_credentials", "validate_credentials", "_invoke",
    "_invoke_multimodal", "_start_polling", "_check_polling", "get_num_tokens",
    "get_tts_model_voices", "get_customizable_model_schema",
}  # fmt: skip
"""The methods that are called with `credentials` (S interfaces/)."""
_CREDENTIALS = "credentials"


def credentials_read(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Credentials that are read and not declared, or declared and not read, or optional and read
    as if they were always there."""
    pairs = list(_pairs(plugin))
    for form, read in undeclared(pairs):
        if (name := read.key.value).startswith("__"):
            continue  # what Dify adds for models: __model_name, __model_type
        message = f"`{name}` is read, and {form.document.name} declares no credential of that name"
        advice = did_you_mean(name, form.fields) or f"Declare `{name}` there, or do not read it."
        yield Finding(read.key.place, "DE723", message, advice, (BY_SDK,))
    unread = list(never_read(pairs))
    texts = _texts(plugin) if unread else set()
    for _, field in unread:
        if field.name not in texts:
            message = f"the credential `{field.name}` is asked for, and the code never reads it"
            yield Finding(field.place, "DE724", message, "Read it, or take it out.", (BY_SDK,))
    for _, read in taken_for_granted(pairs, _may_be_left_out):
        message = f"the credential `{read.key.value}` may be left out, and then this is a KeyError"
        advice = f"Write `.get({read.key.value!r})`, or declare it with `required: true`."
        yield Finding(read.key.place, "DE725", message, advice, (BY_SDK,))


def _may_be_left_out(field: DeclaredField) -> bool:
    """Dify fills in the defaults of credentials (P core/tools/__base/tool_provider.py,
    model_runtime/schema_validators/common_validator.py)."""
    shown = field.says("show_on") is None
    return shown and not field.is_required and field.says("default") is None


def _pairs(plugin: CheckedPlugin) -> Iterator[Against]:
    forms: dict[Document, Form | None] = {}
    for each in plugin.sources:
        document = (each.declared.parent or each.declared).document
        if document not in forms:
            forms[document] = _form(document)
        if (form := forms[document]) is not None:
            follower = _follow(plugin.code, each)
            follower.reads.filled |= any(document.find(*path) is not None for path in _CONSENTS)
            yield Against(form, follower.reads)


def _form(document: Document) -> Form | None:
    """The fields of all its forms; models call the name of one its `variable`."""
    key = "variable" if document.find("supported_model_types") else "name"
    return Form.of(document, *(document.find(*path) for path in _FORMS), key=key)


def _follow(code: Code, each: DeclaredSource) -> Follower:
    follower = Follower(code)
    if not each.classes or (each.source.several and not each.held.whole):
        follower.reads.lose_sight()
    for cls in each.classes:
        bases = code.classes.lineage(cls).sdk
        follower.reads.whole |= any(base.startswith("OAICompat") for base in bases)
        for method in code.methods(cls):
            attribute = f"{method.self}.runtime.credentials"
            given = {_CREDENTIALS} & {*method.parameters} if method.name in _GIVEN_TO else set()
            follower.follow(method, Given(frozenset(given), attribute))
    return follower


def _texts(plugin: CheckedPlugin) -> set[str]:
    """All texts in the plugin's code: a credential can be read by many ways."""
    return {
        node.value
        for module in plugin.modules.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
