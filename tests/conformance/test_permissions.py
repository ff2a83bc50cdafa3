"""What a plugin may ask of Dify, by what its manifest grants."""

from dataclasses import dataclass

from tests.conformance.case import Case, each
from tests.conformance.system import STORAGE_GRANTED, InvocationSystem, Permission

CHECK = "D core/io_tunnel/backwards_invocation/task.go:71-176 (permissionMapping)"
RULES = "D pkg/entities/plugin_entities/plugin_declaration.go:28-113"
DENIED = "permission denied, you need to enable {} access in plugin manifest"


@dataclass(frozen=True, slots=True)
class Kind(Case):
    """A kind of invocation, the word in its refusal, and the least that grants it."""

    kind: str
    word: str
    least: Permission


def _needs(kind: str, word: str, least: Permission) -> Kind:
    return Kind(kind, CHECK, kind, word, least)


def _model(part: str) -> Permission:
    return {"model": {"enabled": True, part: True}}


ON = {"enabled": True}

KINDS = [
    _needs("tool", "tool", {"tool": ON}),
    _needs("llm", "llm", _model("llm")),
    _needs("llm_structured_output", "llm", _model("llm")),
    _needs("system_summary", "llm", _model("llm")),
    _needs("text_embedding", "text-embedding", _model("text_embedding")),
    _needs("multimodal_embedding", "text-embedding", _model("text_embedding")),
    _needs("rerank", "rerank", _model("rerank")),
    _needs("multimodal_rerank", "rerank", _model("rerank")),
    _needs("tts", "tts", _model("tts")),
    _needs("speech2text", "speech2text", _model("speech2text")),
    _needs("moderation", "moderation", _model("moderation")),
    _needs("node_parameter_extractor", "node", {"node": ON}),
    _needs("node_question_classifier", "node", {"node": ON}),
    _needs("app", "app", {"app": ON}),
    _needs("fetch_app", "app", {"app": ON}),
    _needs("storage", "storage", STORAGE_GRANTED),
]

ALL: Permission = {
    "tool": ON,
    "model": {
        "enabled": True,
        **dict.fromkeys(
            ("llm", "text_embedding", "rerank", "tts", "speech2text", "moderation"), True
        ),
    },
    "node": ON,
    "app": ON,
    "endpoint": ON,
    "storage": STORAGE_GRANTED["storage"],
}


def _error(invocations: InvocationSystem, permission: Permission, kind: str) -> str | None:
    session = invocations.fresh(permission)
    return session.ask(f'{{"type":"{kind}","backwards_request_id":"r","request":{{}}}}').error


def _allowed(error: str | None) -> bool:
    # An empty request then fails for its own reasons.
    return error is None or not error.startswith(("permission denied", "unsupported"))


@each(KINDS)
def test_denied_without_a_permission_block(case: Kind, invocations: InvocationSystem) -> None:
    assert _error(invocations, {}, case.kind) == DENIED.format(case.word)


@each(KINDS)
def test_granted_by_its_own_permission(case: Kind, invocations: InvocationSystem) -> None:
    assert _allowed(_error(invocations, case.least, case.kind))


@each(KINDS)
def test_granted_when_all_is_granted(case: Kind, invocations: InvocationSystem) -> None:
    assert _allowed(_error(invocations, ALL, case.kind))


@each(KINDS)
def test_denied_when_all_else_is_granted(case: Kind, invocations: InvocationSystem) -> None:
    block = next(iter(case.least))
    others = {name: granted for name, granted in ALL.items() if name != block}
    assert _error(invocations, others, case.kind) == DENIED.format(case.word)


@each(KINDS)
def test_denied_by_a_block_that_is_not_enabled(case: Kind, invocations: InvocationSystem) -> None:
    off = {name: {**block, "enabled": False} for name, block in ALL.items()}
    assert _error(invocations, off, case.kind) == DENIED.format(case.word)


MODELS = [kind for kind in KINDS if "model" in kind.least]


@each(MODELS)
def test_a_model_needs_its_own_word_too(case: Kind, invocations: InvocationSystem) -> None:
    (part,) = set(case.least["model"]) - {"enabled"}
    granted = {"model": {**ALL["model"], part: False}}
    assert _error(invocations, granted, case.kind) == DENIED.format(case.word)


def test_uploading_a_file_is_always_allowed(invocations: InvocationSystem) -> None:
    assert _allowed(_error(invocations, {}, "upload_file"))


UNKNOWN = [
    Case("encrypt", CHECK),
    Case("zzz", CHECK),
    Case("Storage", CHECK),
    Case("", CHECK),
]


@each(UNKNOWN)
def test_what_dify_does_not_know(case: Case, invocations: InvocationSystem) -> None:
    assert _error(invocations, ALL, case.says) == f"unsupported invoke type: {case.says}"
