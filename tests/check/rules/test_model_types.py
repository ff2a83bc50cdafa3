"""Kinds of models that are declared, and the classes that serve them."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, whole_plugin, write


def with_models(tmp_path: Path, types: str, code: str) -> Path:
    """A whole plugin with a provider of models."""
    folder = whole_plugin(tmp_path)
    change(folder, "manifest.yaml", "plugins:\n", "plugins:\n  models:\n  - provider/model.yaml\n")
    write(
        folder,
        "provider/model.yaml",
        f"""\
        provider: test
        supported_model_types: [{types}]
        extra:
          python:
            provider_source: provider/model.py
            model_sources: [models/all.py]
        """,
    )
    write(folder, "provider/model.py", "")
    write(folder, "models/all.py", code)
    return folder


def test_a_kind_of_model_without_a_class_is_told_where_it_is_declared(tmp_path: Path) -> None:
    code = "from dify_plugin import LargeLanguageModel\nclass L(LargeLanguageModel): ...\n"
    [finding] = found(with_models(tmp_path, "llm, tts", code), "DE715")
    assert str(finding.place) == "provider/model.yaml:2:30"
    assert finding.message == "no model source holds a subclass of TTSModel for 'tts'"


def test_a_source_may_hold_as_many_models_as_it_likes(tmp_path: Path) -> None:
    code = "from dify_plugin import LargeLanguageModel\nclass L(LargeLanguageModel): ...\n"
    folder = with_models(tmp_path, "llm", f"{code}class M(L): ...\n")
    assert [each for each in found(folder, "DE704", "DE705") if "models" in each.message] == []
    write(folder, "models/all.py", "")
    assert [each for each in found(folder, "DE704", "DE705") if "models" in each.message] == []


@pytest.mark.parametrize(
    "code",
    [
        "from dify_plugin import LargeLanguageModel\nclass L(LargeLanguageModel): ...\n",
        "from dify_plugin import OAICompatLargeLanguageModel as O\nclass L(O): ...\n",
        "from dify_plugin import OAICompatLargeLanguageModel\n",
        "from nowhere import Model\nclass L(Model): ...\n",
        "from dify_plugin import TTSModel\nclass L(TTSModel):\n    model_type = 'llm'\n",
    ],
)
def test_a_class_serves_the_kind_of_its_base(tmp_path: Path, code: str) -> None:
    assert found(with_models(tmp_path, "llm", code), "DE715") == []
