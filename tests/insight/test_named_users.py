"""Whether a key names a user."""

import base64
import hashlib
from urllib.parse import quote

import pytest

from emulator.insight.named_users import names

UUID = "5d0e3a91-77c4-4a6f-9b1e-2f8c60d4b7aa"
MAIL = "Ada.Lovelace@example.org"


@pytest.mark.parametrize("user", [UUID, MAIL, "ada", "José 😀"])
def test_an_id_is_known_in_every_form(user: str) -> None:
    data = user.encode()
    forms = [
        user,
        user.upper(),
        user.replace("-", ""),
        user.replace("@", "_").replace(".", "-"),
        quote(user, safe=""),
        quote(user, safe="").replace(".", "%2E"),
        base64.b64encode(data).decode(),
        base64.urlsafe_b64encode(data).decode().rstrip("="),
        data.hex(),
        hashlib.md5(data).hexdigest(),
        hashlib.sha1(data).hexdigest()[:8],
        hashlib.sha256(data).hexdigest(),
        hashlib.sha256(data).hexdigest()[:16].upper(),
        hashlib.blake2b(data).hexdigest(),
    ]
    for form in forms:
        assert names(f"users/{form}.json", user), form
        assert not names(f"users/{form}.json", "grace"), form


@pytest.mark.parametrize(
    "key",
    ["notes", "users/bob.json", "ad/a", hashlib.sha256(b"ada").hexdigest()[:7], "AdBdA", ""],
)
def test_a_key_names_nobody_by_chance(key: str) -> None:
    assert names(key, "ada") is (key == "ad/a")  # as ad-a or a.da would


def test_an_id_of_no_letters_is_taken_for_named() -> None:
    assert names("anything", "!!")
