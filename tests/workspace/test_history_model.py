"""All of history against a plain model: points, rewinds, undos, differences, blame, the limit.

Rounds overlap and read, commands come in between, two open files are used in turn; and while a
clearing goes on, other steps are taken between its slices.
"""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.errors import NotThereError
from emulator.workspace import clearing
from emulator.workspace.effects import between, effects
from emulator.workspace.history import rewind
from emulator.workspace.limit import HistoryLimit
from emulator.workspace.points import find_point
from emulator.workspace.snapshots import snapshots
from emulator.workspace.state_file import StateFile
from emulator.workspace.versions import Version, blame, versions, versions_of
from tests.support.state_check import check_cleared, check_whole
from tests.workspace.history_world import STORES, World
from tests.workspace.plain_history import Value, differences, effects_of

stores = st.sampled_from([0, 0, 0, *range(STORES)])
opened = st.integers(0, 1)
choices = st.integers(0, 100)
rounds = st.one_of(st.none(), choices)
keys = st.sampled_from(["a", "a/b", "a/b/c", "b", ".", "a//b"])
LARGE = bytes(20_000)  # kept once, and two of them are over the quota
values = st.sampled_from([b"", b"1", b"22", b"\0\xff", LARGE])
names = st.sampled_from(["s", "t"])


def step(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(st.just(name), st.tuples(*arguments))


calls = st.one_of(step("set", keys, values), step("delete", keys), step("get", keys))
files = st.dictionaries(st.just("file"), values, max_size=1)
simple_steps = st.one_of(
    *[step("whole_round", stores, opened, files, st.lists(calls, max_size=3))] * 3,
    step("begin", stores, opened, files),
    step("set", stores, opened, rounds, keys, values),
    step("delete", stores, opened, rounds, keys),
    step("get", stores, opened, rounds, keys),
    step("finish", choices),
    step("seed", stores, opened, st.dictionaries(keys, values, max_size=3), st.booleans()),
    step("reset", stores, opened, st.sampled_from(["", "a", "a/"])),
    step("rewind", stores, opened, choices),
    step("rewind_to", stores, opened, choices),
    step("undo", stores, opened),
    *[step("save", stores, opened, names)] * 3,
    step("forget", stores, opened, names),
)
limits = st.builds(
    HistoryLimit, rounds=st.integers(1, 2), bytes=st.sampled_from([1, 10_000, 60_000, 2**30])
)
cuts = step("cut", opened, limits, st.lists(simple_steps, max_size=6), st.booleans())
some_steps = st.lists(simple_steps, min_size=5, max_size=15)
sequences = st.lists(st.tuples(some_steps, cuts), min_size=1, max_size=3)


@pytest.fixture(scope="module")
def empty_file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        StateFile(path).close()
        yield path


@pytest.fixture(scope="module", autouse=True)
def small_slices() -> Iterator[None]:
    """Whatever is cleared away, it takes more than one transaction."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clearing, "_SLICE_WEIGHT", 2)
        yield


@pytest.mark.slow
@settings(max_examples=400)
@given(sequences)
def test_history_is_what_a_plain_model_says(empty_file: Path, sequences: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        shutil.copy(empty_file, path)
        world = World(path)
        for each in itertools.chain.from_iterable([*steps, cut] for steps, cut in sequences):
            world.take(each)
        db = world.files[1].connection
        check_whole(db)
        check_all(world)
        world.clear(1)
        check_cleared(db)
        check_all(world)
        check_rewinds(world)
        check_undos(world)
        check_whole(db)
        world.close()


def check_all(world: World) -> None:
    for store in range(STORES):
        check_points(world, store)
        check_differences(world, store)
        check_versions(world, store)
        check_blame(world, store)
    check_effects(world)


def check_points(world: World, number: int) -> None:
    store, words = world.store(number), world.words(number)
    found = {each.name: each.point for each in snapshots(store)}
    assert found == world.snapshots[number]
    with store.reading():
        assert {word: find_point(store, word) for word in words} == words
        for round in world.rounds:
            if round.store != number or round.number <= world.dropped[1]:
                for word in (f"{round.number}", f"{round.number}^"):
                    check_refused_or_exact(world, number, word)


def check_refused_or_exact(world: World, number: int, word: str) -> None:
    """A round that has been dropped is still known where a later one needs it."""
    try:
        point = find_point(world.store(number), word)
    except NotThereError:
        return
    assert world.keeps(number, point)


def check_differences(world: World, number: int) -> None:
    store = world.store(number)
    kept = [point for point in world.points if world.keeps(number, point)]
    with store.reading():
        for one, other in [*itertools.pairwise(kept), (kept[-1], kept[0])]:
            told = [(each.key, each.before, each.after) for each in between(store, one, other)]
            states = world.points[one][number], world.points[other][number]
            assert told == differences(*states)


def check_versions(world: World, number: int) -> None:
    store, line = world.store(number), world.dropped[0]
    changes = [each for each in world.models[number].changes if each.is_of_a_value]
    kept = sorted(
        (-each.operation, each.key, each.size) for each in changes if each.operation > line
    )
    with store.reading():
        assert [told(version) for version in versions(store)] == kept
        for key in {each.key for each in changes}:
            of_key = [each for each in kept if each[1] == key]
            assert [told(version) for version in versions_of(store, key)] == of_key


def told(version: Version) -> tuple[int, str, int | None]:
    return -version.operation, version.key, None if version.after in (None, 0) else version.size


def check_blame(world: World, number: int) -> None:
    store, line = world.store(number), world.dropped[0]
    with store.reading():
        found = {each.key: each for each in blame(store)}
        listed = {value.key: value for value in store.values()}
    entries = world.models[number].state.entries.items()
    values = {key: entry for key, entry in entries if isinstance(entry, Value)}
    assert found.keys() == listed.keys() == values.keys()
    for key, value in values.items():
        last, first = found[key].last, found[key].first
        # Where it is not known any more who wrote what a rewind brought back, it is the rewind.
        allowed = {value.written} if value.written > line else {value.written, value.put}
        assert last.operation in allowed
        assert (first and first.operation) == (value.first if value.first > line else None)
        assert listed[key].updated_at is not None


def check_effects(world: World) -> None:
    for round in world.rounds:
        if round.number > world.dropped[1]:
            changes = world.models[round.store].changes
            of_round = [each for each in changes if each.operation in round.operations]
            found = effects(world.files[0], round.number)
            assert [(each.key, each.before, each.after) for each in found] == effects_of(of_round)


def check_rewinds(world: World) -> None:
    """To every point of each store, and back."""
    for number in range(STORES):
        model = world.models[number]
        for which, point in enumerate(list(world.points)):
            if world.keeps(number, point):
                before = model.present
                world.take(("rewind", (number, which % 2, which)))
                assert model.state.contents() == world.points[point][number].contents()
                if model.present is not before:
                    world.take(("undo", (number, 0)))
                assert model.state.contents() == before.state.contents()
            else:
                with pytest.raises(NotThereError):
                    rewind(world.store(number), point)


def check_undos(world: World) -> None:
    """As many as there are."""
    for number in range(STORES):
        while world.undo(number, 0):
            world.check_present("undo")
    check_all(world)
