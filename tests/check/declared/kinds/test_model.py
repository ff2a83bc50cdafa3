"""Providers of models, and the files of the models."""

from pathlib import Path

import pytest

from emulator.check.declared.declarations import Declarations
from tests.check.checked import change, write
from tests.check.shaped import plugin, told, told_after

_PROVIDER = """\
    provider: test
    label: {en_US: Test}
    icon_small: {en_US: icon.svg}
    supported_model_types: [llm]
    configurate_methods: [predefined-model]
    provider_credential_schema:
      credential_form_schemas:
        - variable: key
          label: {en_US: Key}
          type: secret-input
          help: {zh_Hans: Key}
    models:
      llm:
        predefined: [models/llm/*.yaml]
        position: models/llm/_position.yaml
    extra:
      python:
        provider_source: provider/p.py
        model_sources: [models/llm/llm.py]
    """
_MODEL = """\
    model: one
    model_type: llm
    features: [vision]
    model_properties: {mode: chat}
    parameter_rules:
      - name: temperature
        use_template: temperature
      - name: top
        type: float
    pricing: {input: "0.1", unit: 0.001, currency: USD}
    """
_P, _M, _O = "provider/p.yaml", "models/llm/one.yaml", "models/llm/_position.yaml"
LOAD, PACKAGING, DEBUGGING = "SDK at load", "packager at packaging", "daemon at remote debugging"


def _plugin(folder: Path) -> Path:
    return plugin(folder, "models", {_P: _PROVIDER, _M: _MODEL, _O: "- one\n"})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("model_type: llm", "model_type: chat", f"2:13 DE611 [{LOAD}]"),
        ("[vision]", "[sight]", f"3:12 DE611 [{LOAD}]"),
        ("mode: chat", "made: chat", f"4:20 DE611 [{LOAD}]"),
        ("model_properties: {mode: chat}\n", "", f"1:1 DE605 [{LOAD}]"),
        ("use_template: temperature", "use_template: heat", None),
        ("    type: float\n", "", f"8:5 DE605 [{LOAD}]"),
        ("type: float", "type: number", f"9:11 DE611 [{LOAD}]"),
        ("type: float", "type: float\n    min: '0'", f"10:10 DE604 [{PACKAGING}]"),
        ('"0.1"', "$1", f"10:18 DE604 [{LOAD}, {PACKAGING}]"),
        (", currency: USD", "", f"10:10 DE605 [{LOAD}]"),
    ],
)
def test_a_model(tmp_path: Path, old: str, new: str, expected: str | None) -> None:
    both = [f"{_M}:6:5 DE605 [{LOAD}]", f"{_M}:7:19 DE611 [{PACKAGING}]"]
    assert told_after(_plugin(tmp_path), _M, old, new) == (
        [f"{_M}:{expected}"] if expected else both
    )


def test_a_type_that_is_null_hides_that_of_the_template(tmp_path: Path) -> None:
    new = "use_template: temperature\n    type: ~"
    assert told_after(_plugin(tmp_path), _M, "use_template: temperature", new) == [
        f"{_M}:6:5 DE605 [{LOAD}]"
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[llm]", "[chat]", f"4:25 DE611 [{LOAD}, {DEBUGGING}]"),
        ("[llm]", "[multimodal-rerank]", f"4:25 DE611 [{LOAD}]"),
        ("variable: key", "variable: ''", f"8:17 DE605 [{DEBUGGING}]"),
        ("variable: key", f"variable: {'k' * 256}", f"8:17 DE613 [{DEBUGGING}]"),
        ("type: secret-input", "type: secret", f"10:13 DE611 [{LOAD}, {DEBUGGING}]"),
        ("type: secret-input", "type: radio\n      default: 1", f"11:16 DE604 [{LOAD}]"),
        ("    provider_source: provider/p.py\n", "", f"18:5 DE605 [{LOAD}]"),
        ("[models/llm/llm.py]", "models/llm/llm.py", f"19:20 DE604 [{LOAD}]"),
        ("[models/llm/*.yaml]", "models/llm/*.yaml", f"14:17 DE604 [{LOAD}]"),
        ("[models/llm/*.yaml]", "[/models/llm/*.yaml]", f"14:18 DE612 [{LOAD}]"),
        ("llm:\n", "llms:\n", f"13:3 DE608 [{LOAD}, {PACKAGING}]"),
    ],
)
def test_a_provider(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert told_after(_plugin(tmp_path), _P, old, new) == [f"{_P}:{expected}"]


def test_models_as_a_list(tmp_path: Path) -> None:
    """Go decodes models that stand in the provider's own file; the SDK wants patterns."""
    folder = _plugin(tmp_path)
    text = (folder / _P).read_text()
    start, end = text.index("models:"), text.index("extra:")
    (folder / _P).write_text(text[:start] + "models: []\n" + text[end:])
    assert told(folder) == [f"{_P}:12:9 DE604 [{LOAD}]"]


def test_an_order_that_is_not_there(tmp_path: Path) -> None:
    """The SDK finds it by the pattern, or not at all."""
    folder = _plugin(tmp_path)
    (folder / _O).unlink()
    assert told(folder) == [f"{_P}:15:15 DE601 [{PACKAGING}]"]


@pytest.mark.parametrize("nothing", ["", "# none yet\n", "~\n"])
def test_an_order_may_be_empty(tmp_path: Path, nothing: str) -> None:
    folder = _plugin(tmp_path)
    (folder / _O).write_text(nothing)
    assert told(folder) == []


def test_an_order_is_a_list_of_names(tmp_path: Path) -> None:
    folder = _plugin(tmp_path)
    write(folder, _O, "- [one]\n")
    assert told(folder) == [f"{_O}:1:3 DE604 [{LOAD}, {PACKAGING}]"]
    write(folder, _O, "- 1\n")
    assert told(folder) == [f"{_O}:1:3 DE604 [{LOAD}]"]


def test_two_stars_are_one_folder_for_go(tmp_path: Path) -> None:
    folder = _plugin(tmp_path)
    change(folder, _P, "models/llm/*.yaml", "models/**/*.yaml")
    write(folder, "models/llm/deep/two.yaml", _MODEL.replace("type: llm", "type: [llm]", 1))
    assert told(folder) == ["models/llm/deep/two.yaml:2:13 DE604 [SDK at load]"]


def test_the_files_of_a_pattern(tmp_path: Path) -> None:
    declared = Declarations(_plugin(tmp_path)).declared
    assert [(each.kind.name, each.document.name) for each in declared] == [
        ("model provider", _P),
        ("list of models", _O),
        ("list of models", _O),
        ("model", _M),
    ]
