"""Secrets never appear in what is kept or shown: their names do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.dify.secrets import Secrets

SECRETS = Secrets({"token": "hunter2", "longer": "hunter2-and-more", "pin": "123", "empty": ""})


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        pytest.param("hunter2", "${token}", id="alone"),
        pytest.param("<hunter2> hunter2", "<${token}> ${token}", id="twice in a text"),
        pytest.param("hunter2-and-more", "${longer}", id="a secret that holds another"),
        pytest.param("hunter2-and-", "${token}-and-", id="the beginning of one"),
        pytest.param("Hunter2", "Hunter2", id="another text"),
        pytest.param("pin 123", "pin 123", id="too short to be told from other text"),
        pytest.param("", "", id="nothing"),
        pytest.param({"a": ["hunter2", {"b": "hunter2"}]}, {"a": ["${token}", {"b": "${token}"}]},
                     id="deep inside"),
        pytest.param({"hunter2": 1}, {"${token}": 1}, id="a key"),
        pytest.param([1, 1.5, True, None], [1, 1.5, True, None], id="what is no text"),
    ],
)  # fmt: skip
def test_a_secret_is_replaced_by_its_name(value: Any, masked: Any) -> None:
    assert SECRETS.mask(value) == masked


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"config": {"key": "hunter2"}}, id="a mapping"),
        pytest.param({"keys": ["first", ["hunter2"]]}, id="a list"),
    ],
)
def test_what_stands_in_a_secret_is_a_secret_too(values: dict[str, Any]) -> None:
    assert "hunter2" not in Secrets(values).mask("it is hunter2")


@pytest.mark.parametrize("values", [{}, {"n": 12345, "flag": True, "none": None}])
def test_without_secret_texts_everything_stays(values: dict[str, Any]) -> None:
    value = {"a": ["text", 12345]}
    assert Secrets(values).mask(value) == value


def test_what_is_masked_stays_as_it_was() -> None:
    value = {"a": ["hunter2"]}
    SECRETS.mask(value)
    assert value == {"a": ["hunter2"]}


words = st.text("abc${}", min_size=4, max_size=8)


@given(st.dictionaries(st.sampled_from("NMO"), words), st.lists(words))
def test_of_no_secret_anything_is_left(values: dict[str, str], pieces: list[str]) -> None:
    text = "-".join([*pieces, *values.values(), *pieces])
    masked = Secrets(values).mask(text)
    shown = masked
    for name in values:
        shown = shown.replace(f"${{{name}}}", "-")
    assert [secret for secret in values.values() if secret in shown] == []
