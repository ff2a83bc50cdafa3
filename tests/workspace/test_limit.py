"""The limit of history: what is dropped, what stays, and what happens in the middle of it.

test_history_model has what holds for histories that were cut at random.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emulator.dify.filling import seed_untouched
from emulator.errors import NotThereError
from emulator.workspace import snapshots
from emulator.workspace.history import rewind_to, undo
from emulator.workspace.limit import HistoryLimit, keep_within
from emulator.workspace.state_file import StateFile
from emulator.workspace.versions import blame
from tests.support.memory import Memory
from tests.support.state_check import check_cleared, check_whole


@pytest.fixture
def memory(state_file: StateFile) -> Memory:
    return Memory(state_file)


def fill(memory: Memory, rounds: int, size: int = 10) -> None:
    """Rounds that each overwrite the same key."""
    for number in range(rounds):
        memory.round(("set", "k", number.to_bytes(4, "big") * (size // 4)))


def kept(memory: Memory) -> list[int]:
    """Rounds that can be shown."""
    return [each.number for each in memory.book.rounds(memory.store.scope)]


def lock(memory: Memory) -> Path:
    return memory.store.file.path.with_name("clearing.lock")


def count(memory: Memory, table: str) -> int:
    (number,) = memory.store.file.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(number)


def test_the_oldest_rounds_are_dropped_and_asking_for_them_says_so(memory: Memory) -> None:
    fill(memory, 12)
    memory.keep_only(5)
    assert kept(memory) == [12, 11, 10, 9, 8]
    assert memory.book.show(8)["round"] == 8
    for ask in (
        lambda: memory.book.show(7),
        lambda: rewind_to(memory.store, "6"),
        lambda: rewind_to(memory.store, "7^"),
    ):
        with pytest.raises(NotThereError, match=r"no longer in|does not go back to") as told:
            ask()
        assert "`history` in dify-emulator.yaml" in told.value.advice
    rewind_to(memory.store, "8^")
    assert memory.values() == {"k": (6).to_bytes(4, "big") * 2}
    check_cleared(memory.store.file.connection)


def test_nothing_is_dropped_before_there_is_a_tenth_too_much(memory: Memory) -> None:
    fill(memory, 22)
    memory.keep_only(20)
    assert len(kept(memory)) == 22
    fill(memory, 1)
    memory.keep_only(20)
    assert len(kept(memory)) == 20


def test_the_last_round_is_never_dropped(memory: Memory) -> None:
    fill(memory, 3, size=100_000)
    memory.age()
    keep_within(memory.store.file, HistoryLimit(rounds=1, bytes=1))
    assert kept(memory) == [3]
    undo(memory.store)
    assert memory.values()["k"][:4] == (1).to_bytes(4, "big")


def test_numbers_are_never_given_twice(memory: Memory) -> None:
    fill(memory, 5)
    silent = memory.begin()  # the last one has no operations that could stay
    memory.finish(silent)
    memory.keep_only(1)
    assert memory.round(("set", "k", b"1")) == 7
    (last,) = memory.store.file.connection.execute("SELECT max(id) FROM operations").fetchone()
    assert last == 6


def test_what_a_snapshot_names_can_be_had_at_any_age(memory: Memory) -> None:
    memory.round(("set", "f/a", b"1"), ("set", "f/b", b"2"), ("set", "c", b"3"))
    snapshots.save(memory.store, "old")
    memory.round(("delete", "f"), ("set", "new", b"4"))
    for _ in range(3):
        fill(memory, 5)
        memory.keep_only(2)
    rewind_to(memory.store, "old")
    assert memory.values() == {"f/a": b"1", "f/b": b"2", "c": b"3"}
    assert memory.store.allocated == 3
    undo(memory.store)
    assert memory.values().keys() == {"c", "new", "k"}
    check_cleared(memory.store.file.connection)


def test_what_only_a_snapshot_held_goes_when_it_is_deleted(memory: Memory) -> None:
    memory.round(("set", "k", b"x" * 50_000))
    snapshots.save(memory.store, "old")
    fill(memory, 5)
    memory.keep_only(2)
    assert large_values(memory) == 1
    snapshots.delete(memory.store, "old")
    memory.keep_only(2)
    assert large_values(memory) == 0
    check_cleared(memory.store.file.connection)


def large_values(memory: Memory) -> int:
    return count(memory, "blobs WHERE size >= 50000")


def test_a_snapshot_does_not_hold_what_came_after_it(memory: Memory) -> None:
    snapshots.save(memory.store, "empty")
    memory.round(("set", "k", b"x" * 50_000))
    fill(memory, 5)
    memory.keep_only(2)
    assert large_values(memory) == 0
    rewind_to(memory.store, "empty")
    assert memory.values() == {}


def test_who_wrote_what_is_there_stays_on_record(memory: Memory) -> None:
    writer = memory.round(("set", "old", b"1"), place="store.py:3 < tools/a.py:7")
    fill(memory, 5)
    memory.keep_only(2)
    with memory.store.reading():
        ((value),) = [each for each in memory.store.values() if each.key == "old"]
        (found,) = [each for each in blame(memory.store) if each.key == "old"]
    assert value.round == writer
    assert value.updated_at > 0
    assert (found.last.round, found.last.target, found.last.user_id) == (writer, "remember", "ada")
    assert found.last.place == "store.py:3 < tools/a.py:7"
    assert found.first is None  # it may have been written over an older value
    with pytest.raises(NotThereError):
        memory.book.show(writer)


def test_what_was_emptied_is_not_taken_for_unused(memory: Memory) -> None:
    memory.make(("set", "a", b"1"), ("set", "b", b"2"))
    rewind_to(memory.store, "start")
    other = Memory(memory.store.file, "other")
    fill(other, 5)
    other.keep_only(2)
    assert count(memory, "removed") == 1
    assert seed_untouched(memory.storage, {"k": b"1"}, "seed.yaml") is False


def test_a_round_that_may_still_run_is_kept_with_all_after_it(memory: Memory) -> None:
    fill(memory, 3)
    running = memory.begin()
    fill(memory, 5)
    with memory.store.file.transaction() as db:  # it has run for a minute
        db.execute("UPDATE rounds SET started_at = started_at - 60000000")
    keep_within(memory.store.file, HistoryLimit(rounds=2))
    assert min(kept(memory)) == running
    memory.make(("set", "k", b"1"), round=running)
    assert undo(memory.store)
    memory.age()  # whoever ran it was killed
    keep_within(memory.store.file, HistoryLimit(rounds=2))
    assert len(kept(memory)) == 2


def test_a_round_that_has_just_ended_can_still_be_asked_for(memory: Memory) -> None:
    fill(memory, 5)
    memory.age()
    fill(memory, 5)
    keep_within(memory.store.file, HistoryLimit(rounds=2))
    assert kept(memory) == [10, 9, 8, 7, 6]


# -- bytes


def test_history_is_cut_to_its_bytes_and_present_values_are_not_counted(memory: Memory) -> None:
    for number in range(20):
        memory.make(("set", f"present/{number}", bytes([number]) * 100_000))
    fill(memory, 100, size=10_000)
    memory.age()
    keep_within(memory.store.file, HistoryLimit(bytes=1_200_000))
    assert len(kept(memory)) == 100
    lock(memory).unlink()
    keep_within(memory.store.file, HistoryLimit(bytes=1_200_000))
    assert not lock(memory).exists()  # it is not weighed again before it has grown
    keep_within(memory.store.file, HistoryLimit(bytes=500_000))
    assert 25 <= len(kept(memory)) <= 45  # values take whole pages
    assert len(memory.values()) == 21
    rewind_to(memory.store, f"{min(kept(memory))}")
    check_cleared(memory.store.file.connection)


def test_what_snapshots_hold_is_not_counted(memory: Memory) -> None:
    for number in range(20):
        memory.make(("set", f"k{number}", bytes([number]) * 100_000))
    snapshots.save(memory.store, "old")
    memory.make(("delete", "k1"), *(("set", f"k{number}", b"") for number in range(20)))
    fill(memory, 5)
    memory.keep_only(1)
    fill(memory, 20, size=10_000)
    memory.age()
    keep_within(memory.store.file, HistoryLimit(bytes=300_000))
    assert len(kept(memory)) == 21
    rewind_to(memory.store, "old")
    assert len(memory.values()) == 20


def test_the_room_of_what_was_dropped_is_used_again(memory: Memory) -> None:
    path, sizes = memory.store.file.path, []
    for _ in range(4):
        fill(memory, 40, size=50_000)
        memory.keep_only(2)
        memory.store.file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes.append(path.stat().st_size)
    assert sizes[3] < sizes[0] * 1.1


# -- in the middle of it


def slices(memory: Memory, limit: int, between: Callable[[int], bool]) -> None:
    """Keep within a limit; ``between`` slices something happens, or it says to stop."""
    taken: Iterator[int] = iter(range(1_000_000))
    keep_within(memory.store.file, HistoryLimit(rounds=limit), lambda _: between(next(taken)))


def test_a_clearing_that_was_stopped_is_gone_on_with(memory: Memory) -> None:
    fill(memory, 2500)
    memory.age()
    blobs = count(memory, "blobs")
    for last in range(5):
        slices(memory, 10, last.__le__)
        check_whole(memory.store.file.connection)
        assert len(kept(memory)) == 10
        assert last or count(memory, "blobs") == blobs
    assert 10 < count(memory, "blobs") < blobs
    keep_within(memory.store.file, HistoryLimit(rounds=1000))
    check_cleared(memory.store.file.connection)


def test_a_value_that_is_stored_again_while_it_is_cleared_away_stays(memory: Memory) -> None:
    large, given = b"x" * 20_000, b"y" * 20_000
    fill(memory, 2500)
    memory.begin(files={"a": given})
    memory.round(("set", "k", large), ("set", "k", b""))
    fill(memory, 2)
    memory.age()
    blobs = count(memory, "blobs")
    done: list[int] = []

    def store_again(_: int) -> bool:
        if count(memory, "blobs") < blobs and not done:
            memory.make(("set", "again", large))
            done.append(memory.begin(files={"a": given}))
        return False

    slices(memory, 2, store_again)
    assert done
    assert memory.values()["again"] == large
    check_whole(memory.store.file.connection)


def test_a_snapshot_deleted_while_history_is_cleared_is_seen_to_next_time(memory: Memory) -> None:
    memory.round(("set", "k", b"x" * 50_000))
    snapshots.save(memory.store, "old")
    fill(memory, 5)
    memory.age()

    def delete(number: int) -> bool:
        if number == 0:
            snapshots.delete(memory.store, "old")
        return False

    slices(memory, 2, delete)
    assert large_values(memory) == 1
    keep_within(memory.store.file, HistoryLimit())
    assert large_values(memory) == 0
    check_cleared(memory.store.file.connection)


def test_only_one_at_a_time_clears_away(memory: Memory, state_file: StateFile) -> None:
    fill(memory, 20)
    memory.age()
    before = count(memory, "operations")
    other = StateFile(state_file.path)

    def try_too(number: int) -> bool:
        if number == 0:
            left = count(memory, "operations")
            keep_within(other, HistoryLimit(rounds=2))
            assert count(memory, "operations") == left
        return False

    slices(memory, 2, try_too)
    assert count(memory, "operations") < before


def test_calls_go_on_while_history_is_cleared(memory: Memory, tmp_path: Path) -> None:
    fill(memory, 1200)
    memory.age()
    elsewhere = Memory(StateFile(memory.store.file.path))
    clearing = threading.Thread(
        target=lambda: keep_within(memory.store.file, HistoryLimit(rounds=10))
    )
    clearing.start()
    made = 0
    while clearing.is_alive() or made < 10:
        assert elsewhere.storage.set("beside", b"%d" % made).error is None
        made += 1
    clearing.join()
    assert elsewhere.values()["beside"] == b"%d" % (made - 1)
    check_whole(memory.store.file.connection)
    assert len(kept(memory)) == 10


def test_there_being_nothing_to_do_is_known_at_once(memory: Memory) -> None:
    fill(memory, 50)
    connection = memory.store.file.connection
    steps: list[None] = []
    connection.set_progress_handler(lambda: steps.append(None), 100)
    keep_within(memory.store.file, HistoryLimit())
    connection.set_progress_handler(None, 100)
    assert len(steps) <= 1  # hundreds of SQLite's machine's steps
    assert not lock(memory).exists()
