"""What code reads of credentials, against what its provider declares."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.check.checked import change, found, places, whole_plugin, write
from tests.support.plugin import write_yaml

BODY = "storage.set('k', b'v')"
"""What stands in line 7 of the tool."""


def plugin(folder: Path, body: str, credentials: dict[str, Any], **more: Any) -> Path:
    """A plugin whose tool has this line, and whose provider asks for these credentials."""
    whole_plugin(folder)
    change(folder, "tools/remember.py", BODY, body)
    path = folder / "provider" / "test.yaml"
    declared = yaml.safe_load(path.read_text())
    write_yaml(path, {"credentials_for_provider": credentials, **declared, **more})
    return folder


def credential(**more: Any) -> dict[str, Any]:
    return {"type": "secret-input", "label": {"en_US": "Key"}, **more}


KEY = {"key": credential(required=True)}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("self.runtime.credentials['keys']", "7:34"),
        ("self.runtime.credentials.get('keys')", "7:38"),
        ("c = self.runtime.credentials; c['keys']", "7:41"),
    ],
)
def test_a_credential_that_is_read_has_to_be_declared(
    tmp_path: Path, body: str, place: str
) -> None:
    [finding] = found(plugin(tmp_path, body, KEY), "DE723")
    assert str(finding.place) == f"tools/remember.py:{place}"
    assert (
        finding.message
        == "`keys` is read, and provider/test.yaml declares no credential of that name"
    )
    assert finding.advice == "Did you mean 'key'?"


def test_a_declared_credential_may_be_read(tmp_path: Path) -> None:
    folder = plugin(tmp_path, "self.runtime.credentials['key']", KEY)
    assert found(folder, "DE723", "DE724", "DE725") == []


def test_the_provider_is_given_the_same_credentials(tmp_path: Path) -> None:
    folder = plugin(tmp_path, "self.runtime.credentials['key']", KEY)
    change(folder, "provider/test.py", "pass", "credentials['keys']")
    assert places(folder, "DE723") == ["provider/test.py:6:21"]


def test_credentials_are_followed_into_helpers(tmp_path: Path) -> None:
    folder = plugin(tmp_path, "client(self.runtime.credentials)", KEY)
    first = "from dify_plugin import Tool"
    change(folder, "tools/remember.py", first, f"{first}\nfrom client import client")
    write(folder, "client.py", "def client(given):\n    return given['keys']\n")
    assert places(folder, "DE723") == ["client.py:2:18"]


def test_oauth_may_bring_any_credential(tmp_path: Path) -> None:
    oauth: dict[str, Any] = {"client_schema": [], "credentials_schema": []}
    folder = plugin(tmp_path, "self.runtime.credentials['token']", KEY, oauth_schema=oauth)
    assert found(folder, "DE723") == []


def test_a_declared_credential_has_to_be_read(tmp_path: Path) -> None:
    assert places(plugin(tmp_path, "pass", KEY), "DE724") == ["provider/test.yaml:2:3"]


def test_a_credential_may_be_read_by_a_tool_that_cannot_be_found(tmp_path: Path) -> None:
    folder = plugin(tmp_path, "pass", KEY)
    change(folder, "tools/remember.py", "(Tool)", "(found())")
    assert found(folder, "DE724") == []


@pytest.mark.parametrize(
    "body",
    [
        "Client(**self.runtime.credentials)",
        "Client(self.runtime.credentials)",
        "read(self, 'key')",
    ],
)
def test_a_credential_may_be_read_in_ways_that_do_not_tell(tmp_path: Path, body: str) -> None:
    assert found(plugin(tmp_path, body, KEY), "DE724") == []


def test_a_credential_that_may_be_left_out_is_not_taken_to_be_there(tmp_path: Path) -> None:
    folder = plugin(tmp_path, "self.runtime.credentials['key']", {"key": credential()})
    [finding] = found(folder, "DE725")
    assert str(finding.place) == "tools/remember.py:7:34"
    assert finding.message == "the credential `key` may be left out, and then this is a KeyError"


def test_a_default_of_a_credential_is_filled_in(tmp_path: Path) -> None:
    declared = {"key": credential(default="x")}
    assert found(plugin(tmp_path, "self.runtime.credentials['key']", declared), "DE725") == []


MODEL_PROVIDER = """\
    provider: test
    label:
      en_US: Test
    supported_model_types: [llm]
    configurate_methods: [customizable-model]
    model_credential_schema:
      model:
        label:
          en_US: Model
      credential_form_schemas:
        - variable: key
          type: secret-input
          required: true
          label:
            en_US: Key
        - variable: context
          type: text-input
          label:
            en_US: Context
    extra:
      python:
        provider_source: provider/models.py
        model_sources: [models/llm.py]
"""
MODEL = """\
    from dify_plugin import {base}


    class Model({base}):
        def _invoke(self, model, credentials, prompt_messages, **more):
            return self._ask(credentials)

        def _ask(self, credentials):
            return {body}
"""


def model(folder: Path, body: str, base: str = "LargeLanguageModel") -> Path:
    """A plugin with a model that asks its service so."""
    whole_plugin(folder)
    manifest = yaml.safe_load((folder / "manifest.yaml").read_text())
    write_yaml(
        folder / "manifest.yaml", {**manifest, "plugins": {"models": ["provider/models.yaml"]}}
    )
    write(folder, "provider/models.yaml", MODEL_PROVIDER)
    write(folder, "provider/models.py", """\
        from dify_plugin import ModelProvider


        class Provider(ModelProvider):
            def validate_provider_credentials(self, credentials):
                pass
    """)  # fmt: skip
    write(folder, "models/llm.py", MODEL.format(base=base, body=body))
    return folder


def test_a_model_reads_the_variables_of_its_providers_forms(tmp_path: Path) -> None:
    folder = model(tmp_path, "credentials['key'], credentials['keys'], credentials['context']")
    assert places(folder, "DE723") == ["models/llm.py:9:48"]
    assert places(folder, "DE725") == ["models/llm.py:9:69"]
    assert places(folder, "DE724") == []


def test_a_variable_of_a_form_has_to_be_read(tmp_path: Path) -> None:
    assert places(model(tmp_path, "credentials['key']"), "DE724") == ["provider/models.yaml:16:17"]


def test_the_sdk_itself_reads_those_of_compatible_models(tmp_path: Path) -> None:
    folder = model(tmp_path, "credentials['key']", "OAICompatLargeLanguageModel")
    assert found(folder, "DE724") == []


def test_dify_adds_the_models_name_and_type_itself(tmp_path: Path) -> None:
    folder = model(tmp_path, "credentials['__model_type'], credentials['key']")
    assert found(folder, "DE723") == []


@pytest.mark.parametrize("form", ["key", "context\n      required: true"])
def test_a_variable_is_there_if_one_of_the_forms_requires_it(tmp_path: Path, form: str) -> None:
    folder = model(tmp_path, f"credentials[{form.partition(chr(10))[0]!r}]")
    with (folder / "provider" / "models.yaml").open("a") as file:
        file.write("provider_credential_schema:\n  credential_form_schemas:\n")
        file.write(f"    - variable: {form}\n")
    assert found(folder, "DE725") == []


def test_a_variable_that_is_shown_on_a_condition_is_read_on_it(tmp_path: Path) -> None:
    folder = model(tmp_path, "credentials['key'], credentials['context']")
    shown = "variable: context\n      show_on:\n        - variable: mode\n          value: a"
    change(folder, "provider/models.yaml", "variable: context", shown)
    assert found(folder, "DE725") == []
