"""Points of history, by the words that people have for them."""

import pytest

from emulator.errors import EmulatorError, NotThereError, UsageError
from emulator.workspace.history import rewind_to
from emulator.workspace.points import check_name, find_point, in_words
from emulator.workspace.snapshots import save
from emulator.workspace.state_file import StateFile
from tests.support.memory import Memory


@pytest.fixture
def memory(state_file: StateFile) -> Memory:
    return Memory(state_file)


def values_at(memory: Memory, point: str) -> dict[str, bytes]:
    rewind_to(memory.store, point)
    return memory.values()


def refusal(memory: Memory, point: str) -> EmulatorError:
    with memory.store.reading(), pytest.raises(NotThereError) as refused:
        find_point(memory.store, point)
    return refused.value


def test_a_round_has_a_point_after_it_and_one_before_it(memory: Memory) -> None:
    memory.round(("set", "k", b"1"))
    memory.make(("set", "k", b"between"))
    second = memory.round(("set", "k", b"2"), ("set", "k", b"3"))
    memory.make(("set", "k", b"later"))
    assert values_at(memory, "1") == {"k": b"1"}
    assert values_at(memory, f"{second}^") == {"k": b"between"}
    assert values_at(memory, f"{second}") == {"k": b"3"}
    assert values_at(memory, "1^") == {}


def test_start_is_before_everything_and_now_is_the_present(memory: Memory) -> None:
    memory.make(("set", "k", b"1"))
    assert values_at(memory, "now") == {"k": b"1"}
    assert values_at(memory, "start") == {}


def test_a_snapshot_is_a_point(memory: Memory) -> None:
    memory.make(("set", "k", b"1"))
    save(memory.store, "mine")
    memory.make(("set", "k", b"2"))
    assert values_at(memory, "mine") == {"k": b"1"}


def test_after_a_round_is_after_what_overlapped_with_it(memory: Memory) -> None:
    first, second = memory.begin(), memory.begin()
    memory.make(("set", "a", b"1"), round=first)
    memory.make(("set", "b", b"1"), round=second)
    memory.finish(first)
    memory.make(("set", "b", b"2"), round=second)
    memory.finish(second)
    assert values_at(memory, str(first)) == {"a": b"1", "b": b"1"}
    assert values_at(memory, str(second)) == {"a": b"1", "b": b"2"}
    assert values_at(memory, f"{second}^") == {}


def test_a_round_without_an_end_is_a_point_as_far_as_it_has_come(memory: Memory) -> None:
    killed = memory.begin()
    memory.make(("set", "k", b"1"), ("set", "k", b"2"), round=killed)
    memory.make(("set", "k", b"later"))
    assert values_at(memory, str(killed)) == {"k": b"2"}
    silent = memory.begin()
    memory.make(("set", "k", b"latest"))
    assert values_at(memory, str(silent)) == {"k": b"2"}


@pytest.mark.parametrize("point", ["2", "2^", "0", "9" * 18])
def test_a_round_that_never_was_is_no_point(memory: Memory, point: str) -> None:
    memory.round()
    assert refusal(memory, point).message == f"There is no round {point.rstrip('^')}."


@pytest.mark.parametrize("point", ["", "then", "7^^", "-1", "^", "9" * 30])
def test_other_words_are_names_of_snapshots(memory: Memory, point: str) -> None:
    refused = refusal(memory, point)
    assert f"no snapshot {point!r} in the workspace 'default'" in refused.message
    assert "`start` or `now`" in refused.advice


def test_a_round_of_another_workspace_is_told_with_its_name(
    memory: Memory, state_file: StateFile
) -> None:
    Memory(state_file, "trial").round()
    refused = refusal(memory, "1")
    assert (refused.message, refused.advice) == (
        "Round 1 ran in the workspace 'trial'.",
        "Use -w trial.",
    )


def test_a_round_of_another_plugin_is_no_point(memory: Memory, state_file: StateFile) -> None:
    Memory(state_file, plugin="some/other").round()
    assert refusal(memory, "1^").message == "Round 1 was one of some/other, not of tests/plugin."


def test_what_the_limit_has_dropped_is_no_point_any_more(memory: Memory) -> None:
    memory.round(("set", "stays", b""))
    for value in (b"2", b"3", b"4"):
        memory.round(("set", "k", value))
    memory.keep_only(1)
    assert refusal(memory, "2").message == "Round 2 is no longer in history."
    writer = refusal(memory, "1")  # who wrote what is there is known all the same
    assert writer.message == "History does not go back to 1 any more."
    assert "`history` in dify-emulator.yaml" in writer.advice
    assert values_at(memory, "4^") == {"stays": b"", "k": b"3"}


@pytest.mark.parametrize("name", ["", "start", "now", "7", "7^", "007"])
def test_words_for_other_points_name_no_snapshot(name: str) -> None:
    with pytest.raises(UsageError):
        check_name(name)


@pytest.mark.parametrize("name", ["7a", "^7", "Start", "before 7", "-", "ü"])
def test_other_words_may(name: str) -> None:
    check_name(name)


def test_points_have_names_in_sentences() -> None:
    told = [in_words(each) for each in ("7", "7^", "start", "now", "mine")]
    assert told == ["round 7", "before round 7", "the start", "now", "the snapshot 'mine'"]
