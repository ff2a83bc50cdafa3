"""Secrets never appear in what is kept or shown: their names do."""

import base64
import html
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.dify.secrets import Secrets, fill

SECRETS = Secrets({"token": "hunter2", "longer": "hunter2-and-more", "pin": "123", "empty": ""})

ODD = 'pä"ss/wörd & \\ 1'
"""Spelled in another way wherever there is one."""
SPELLED: dict[str, Callable[[str], str]] = {
    "token": lambda text: text,
    "token:json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "token:ascii": lambda text: json.dumps(text)[1:-1],
    "token:bytes": lambda text: repr(text.encode())[2:-1],
    "token:html": html.escape,
    "token:url": lambda text: quote(text, safe=""),
    "token:path": quote,
    "token:form": quote_plus,
    "token:url:lower": lambda text: quote(text, safe="").replace("%C3%A4", "%c3%a4").lower(),
    "token:ascii:url": lambda text: quote(json.dumps(text)[1:-1], safe=""),
    "token:ascii:json": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
}


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
        pytest.param(b"\xff hunter2 \x00", b"\xff ${token} \x00", id="bytes"),
        pytest.param([1, 1.5, True, None], [1, 1.5, True, None], id="what is no text"),
    ],
)  # fmt: skip
def test_a_secret_is_replaced_by_its_name(value: Any, masked: Any) -> None:
    assert SECRETS.mask(value) == masked


@pytest.mark.parametrize("how", SPELLED)
def test_it_is_found_however_it_is_spelled(how: str) -> None:
    text = f"before {SPELLED[how](ODD)}, after"
    assert Secrets({"token": ODD}).mask(text) == f"before ${{{how}}}, after"


@pytest.mark.parametrize(
    "spelled",
    [
        pytest.param('pä"ss/wörd%20&%20\\%201', id="only the spaces"),
        pytest.param("p%c3%a4%22ss/wörd+%26+%5C+1", id="some of a URL, in lower case"),
        pytest.param(r"p\u00e4\"ss\/w\u00F6rd & \\ 1", id="JSON with an escaped slash"),
        pytest.param(r"pä\"ss/wörd \u0026 \\ 1", id="JSON for HTML"),
        pytest.param("pä&quot;ss/wörd & \\ 1", id="a quote in HTML"),
    ],
)
def test_it_is_found_if_only_some_of_it_is_escaped(spelled: str) -> None:
    for value in (spelled, spelled.encode()):
        masked = Secrets({"token": ODD}).mask(value)
        assert str(masked).count("token") == 1
        assert len(masked) < len("${token:ascii}.")


@pytest.mark.parametrize("before", ["", "u", "us", "user:"])
@pytest.mark.parametrize("text", ["hunter2", "hunter2 and more", json.dumps({"a": "hunter2"})])
def test_it_is_found_in_base64(before: str, text: str) -> None:
    encoded = base64.b64encode((before + text).encode()).decode()
    masked = SECRETS.mask({"header": f"Basic {encoded}", "blob": {"base64": encoded}})
    expected = (before + text).replace("hunter2", "${token}").encode()
    assert base64.b64decode(masked["blob"]["base64"]) == expected
    assert masked["header"] == f"Basic ${{:{base64.b64encode(expected).decode()}}}"


def test_base64_of_other_things_stays() -> None:
    blob = {"base64": base64.b64encode(bytes(range(256)) * 20).decode()}
    by_chance = blob["base64"][40:44]
    assert Secrets({"short": by_chance}).mask({"blob": blob}) == {"blob": blob}


def test_the_lines_of_a_long_secret_are_secret_too() -> None:
    key = "-----BEGIN KEY-----\nAAAAB3NzaC1yc2EAAAAD\nshort\n"
    logged = ["a key:", *key.splitlines()]
    assert Secrets({"key": key}).mask(logged) == ["a key:", "${key:line0}", "${key:line1}", "short"]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        pytest.param({"config": {"key": "hunter2"}}, "config.key", id="a mapping"),
        pytest.param({"keys": ["first", ["hunter2"]]}, "keys.1.0", id="a list"),
    ],
)
def test_what_stands_in_a_secret_is_a_secret_too(values: dict[str, Any], name: str) -> None:
    assert Secrets(values).mask("it is hunter2") == f"it is ${{{name}}}"


def test_a_number_is_a_secret_as_a_number_and_as_text() -> None:
    secrets = Secrets({"pin": 12345, "flag": True, "none": None})
    assert secrets.mask([12345, "it is 12345", 1, True, None]) == [
        *("${pin}", "it is ${pin:text}"),
        *(1, True, None),
    ]


def test_two_that_have_one_name_are_both_kept_out() -> None:
    secrets = Secrets({"token": "hunter2"}, {"token": "another"})
    assert secrets.mask("hunter2, another") == "${token}, ${token}"


def test_without_secrets_everything_stays() -> None:
    value = {"a": ["text", 12345, {"base64": "AAAA"}]}
    assert Secrets({}).mask(value) == value


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


GIVEN: dict[str, Any] = {"token": ODD, "oauth": {"key": "hunter2"}, "pin": 12345}
NAMED = {**GIVEN, "oauth.key": "hunter2"}

pieces = st.sampled_from(
    [
        *(spell(ODD) for spell in SPELLED.values()),
        *("hunter2", "12345", "${", "}", "${token}", "${:}", ":", "x", " ", "ü", "\x00"),
        *(base64.b64encode(text.encode()).decode() for text in ("hunter2", f"a{ODD}", "${:}")),
    ]
)
texts = st.lists(pieces, max_size=5).map("".join)
in_base64 = st.builds(
    lambda kind, data: {kind: base64.b64encode(data).decode()},
    st.sampled_from(["base64", "bytes"]),
    texts.map(str.encode) | st.binary(),
)
values = st.recursive(
    st.none() | st.booleans() | st.sampled_from([12345, 1, 1.5]) | texts | in_base64,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@given(values)
def test_what_is_masked_to_be_filled_is_filled_again_as_it_was(value: Any) -> None:
    masked, names = Secrets(GIVEN).mask_to_fill(value)
    assert fill(json.loads(json.dumps(masked)), names, NAMED.__getitem__) == value
    shown = json.dumps(masked, ensure_ascii=False)
    assert [spell(ODD) for spell in SPELLED.values() if spell(ODD) in shown] == []


def test_another_value_is_spelled_as_the_first_was() -> None:
    masked, names = Secrets({"token": ODD}).mask_to_fill(
        ["a", quote(ODD, safe=""), json.dumps(ODD)]
    )
    assert fill(masked, names, lambda _: 'n"w/') == ["a", "n%22w%2F", '"n\\"w/"']


def test_only_what_is_secret_is_looked_up() -> None:
    masked, names = Secrets({"token": "hunter2"}).mask_to_fill("${HOME} and ${other}")
    assert names == []
    assert fill(masked, names, lambda name: f"<{name}>") == "${HOME} and ${other}"
