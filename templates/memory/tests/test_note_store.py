import note_store
import pytest
from fake_storage import FakeStorage


@pytest.fixture
def storage() -> FakeStorage:
    return FakeStorage()


def test_at_first_there_are_no_notes(storage: FakeStorage) -> None:
    assert note_store.load(storage, "ada") == []


def test_notes_are_kept_in_order(storage: FakeStorage) -> None:
    note_store.add(storage, "ada", "first")
    assert note_store.add(storage, "ada", "zweite Notiz: äöü") == ["first", "zweite Notiz: äöü"]
    assert note_store.load(storage, "ada") == ["first", "zweite Notiz: äöü"]


def test_each_user_has_notes_of_their_own(storage: FakeStorage) -> None:
    note_store.add(storage, "ada", "of ada")
    assert note_store.load(storage, "bob") == []


@pytest.mark.parametrize("user", ["", "..", "a/b", "a\\b", "ada@example.com"])
def test_any_user_id_makes_a_key_that_dify_takes(storage: FakeStorage, user: str) -> None:
    note_store.add(storage, user, "note")
    (key,) = storage.values
    assert ".." not in key
    assert "\\" not in key
    assert key.count("/") == 1


def test_a_user_cannot_fill_the_storage(storage: FakeStorage) -> None:
    for number in range(note_store.MOST_NOTES + 1):
        note_store.add(storage, "ada", f"{number} " + "x" * 10_000)
    notes = note_store.load(storage, "ada")
    assert len(notes) == note_store.MOST_NOTES
    assert notes[0].startswith("1 ")
    assert max(map(len, notes)) == note_store.LONGEST_NOTE


def test_clearing_leaves_nothing_behind(storage: FakeStorage) -> None:
    note_store.clear(storage, "ada")
    note_store.add(storage, "ada", "note")
    note_store.clear(storage, "ada")
    assert storage.values == {}
