"""Faults on purpose: storage that is slow or unreliable, and a plugin killed between two calls."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from emulator.dify.answers import Answers
from emulator.dify.faults import Faults, injector
from emulator.dify.late_calls import LateCalls
from emulator.dify.production import LOAD_FAILED
from emulator.dify.session import Ended, Session
from emulator.dify.tool_messages import ToolMessages
from emulator.plugin.manifest import Permission
from emulator.runtime.process import Death
from emulator.wire.messages import BadSessionMessage, Invoke, SessionEnd
from emulator.workspace.recording import Operation
from emulator.workspace.rounds import RoundBook
from emulator.workspace.state_file import StateFile
from tests.conftest import MakeStorage
from tests.support.waiting import wait_until

HOUR = 3600
CAUSE = "connection reset by peer (--storage-error)"


@dataclass
class Asker:
    """Asks as a plugin would, and hears the answers."""

    answers: Answers
    lines: list[bytes]
    kills: list[str]
    failures: list[BadSessionMessage] = field(default_factory=list)

    def ask(self, op: str, key: str = "k", value: bytes = b"v") -> None:
        request = {"opt": op, "key": key, "value": value.hex()}
        data = {"type": "storage", "backwards_request_id": f"{op} {key}", "request": request}
        self.answers.answer("s", data, self.failures.append)

    def heard(self) -> dict[str, Any]:
        """The event and message or data of each answer, by the request that it is for."""
        answers = [json.loads(line)["data"] for line in b"".join(self.lines).splitlines()]
        return {
            answer["backwards_request_id"]: answer["message"]
            if answer["event"] == "error"
            else answer["data"]["data"]
            for answer in answers
            if answer["event"] != "end"
        }

    @property
    def operations(self) -> list[Operation]:
        return self.answers.operations

    @property
    def codes(self) -> list[str]:
        return [note.code for note in self.answers.notes]

    def stored(self) -> list[str]:
        store = self.answers.storage.store
        with store.reading():
            return [value.key for value in store.values()]


MakeAsker = Callable[[Faults], Asker]


@pytest.fixture
def asker(make_storage: MakeStorage) -> MakeAsker:
    """Make somebody who asks a storage that suffers these faults."""
    granted = Permission.model_validate({"storage": {"enabled": True, "size": 1_000_000}})

    def make(faults: Faults) -> Asker:
        lines: list[bytes] = []
        kills: list[str] = []
        injected = injector(faults, lambda: kills.append("killed"))
        answers = Answers(lines.append, granted, make_storage(), round=1, faults=injected)
        return Asker(answers, lines, kills)

    return make


def test_a_slow_operation_takes_half_before_it_is_performed_and_half_after(
    asker: MakeAsker,
) -> None:
    slow = asker(Faults(latency=0.5))
    began = time.monotonic()
    slow.ask("set")
    assert slow.stored() == []
    wait_until(slow.stored)
    performed = time.monotonic()
    assert slow.heard() == {}
    wait_until(slow.heard)
    assert performed - began >= 0.25
    assert time.monotonic() - began >= 0.5
    assert slow.heard() == {"set k": "ok"}
    assert (slow.codes, slow.failures) == ([], [])


def test_slow_operations_do_not_wait_for_each_other(asker: MakeAsker) -> None:
    slow = asker(Faults(latency=0.5))
    began = time.monotonic()
    for number in range(40):
        slow.ask("set", f"k{number}")
    wait_until(lambda: len(slow.heard()) == 40)
    assert time.monotonic() - began < 40 * 0.5 / 4


def test_what_was_accepted_is_performed_though_the_round_ends_and_its_answer_is_lost(
    asker: MakeAsker,
) -> None:
    slow = asker(Faults(latency=HOUR))
    slow.ask("set", "a")
    slow.ask("set", "b")
    slow.answers.finish()
    assert slow.stored() == ["a", "b"]
    assert [operation.outcome for operation in slow.operations] == ["ok", "ok"]
    assert slow.codes == ["DE103", "DE103"]
    told = slow.heard()
    assert sorted(told) == ["set a", "set b"]
    assert "storage.set('a') was under way when the round ended" in told["set a"]


@pytest.mark.parametrize(
    ("op", "told"),
    [
        ("get", LOAD_FAILED),
        ("set", f"save data failed: {CAUSE}"),
        ("del", f"delete data failed: {CAUSE}"),
        ("exist", f"exist data failed: {CAUSE}"),
    ],
)
def test_an_operation_that_is_made_to_fail_has_difys_words_and_does_nothing(
    asker: MakeAsker, op: str, told: str
) -> None:
    unreliable = asker(Faults(error_percent=100))
    storage = unreliable.answers.storage
    storage.set("k", b"before")
    unreliable.ask(op)
    assert unreliable.heard() == {f"{op} k": told}
    assert storage.get("k").value == b"before"
    (operation,) = unreliable.operations
    assert (operation.op, operation.outcome) == ("delete" if op == "del" else op, "error")
    assert operation.message.startswith(told)
    assert operation.message.endswith(CAUSE)
    assert unreliable.codes == []


def test_a_missing_key_that_is_not_looked_for_gives_no_cause_for_a_note(asker: MakeAsker) -> None:
    unreliable = asker(Faults(error_percent=100))
    unreliable.ask("get", "missing")
    assert unreliable.codes == []


def test_as_many_operations_fail_as_are_asked_for(asker: MakeAsker) -> None:
    unreliable = asker(Faults(error_percent=25))
    for number in range(400):
        unreliable.ask("exist", f"k{number}")
    outcomes = [operation.outcome for operation in unreliable.operations]
    assert 50 < outcomes.count("error") < 150  # 100 and 5 standard deviations


def test_a_request_that_is_no_operation_is_refused_as_ever(asker: MakeAsker) -> None:
    unreliable = asker(Faults(error_percent=100))
    unreliable.ask("rename")
    assert "'storage_opt' tag" in unreliable.heard()["rename k"]


@pytest.mark.parametrize("latency", [0.0, 0.01])
def test_the_plugin_is_killed_after_an_operation_and_before_its_answer(
    asker: MakeAsker, latency: float
) -> None:
    doomed = asker(Faults(latency=latency, crash_after=2))
    doomed.ask("set", "a")
    wait_until(doomed.heard)
    doomed.ask("get", "missing")
    wait_until(lambda: doomed.kills)
    doomed.ask("set", "c")
    doomed.answers.finish()
    assert doomed.stored() == ["a"]
    assert list(doomed.heard()) == ["set a"]
    assert [operation.key for operation in doomed.operations] == ["a", "missing"]
    assert doomed.kills == ["killed"]
    assert doomed.answers.faults
    crash = doomed.answers.faults.crash
    assert crash
    assert crash.reason == "was killed after storage operation 2, as --crash-after asked"
    assert crash.place == "get('missing')"


def test_what_a_plugin_had_said_before_it_was_killed_does_not_end_its_round(
    asker: MakeAsker, state_file: StateFile
) -> None:
    doomed = asker(Faults(crash_after=1))
    late = LateCalls(doomed.lines.append, RoundBook(state_file), 1, str)
    session = Session(doomed.answers, ToolMessages(), late)
    request = {"opt": "set", "key": "k", "value": ""}
    data = {"type": "storage", "backwards_request_id": "r", "request": request}
    session.on_message(Invoke(session.id, data))
    session.on_message(SessionEnd(session.id))
    session.on_death(Death("was ended by dify-emulator", ""))
    ended = session.events.get_nowait()
    assert isinstance(ended, Ended)
    assert (ended.status, ended.error and ended.error["type"]) == ("crashed", "CrashedAsAsked")
    assert doomed.codes == []


def test_a_plugin_that_makes_fewer_operations_lives(asker: MakeAsker) -> None:
    spared = asker(Faults(crash_after=2))
    spared.ask("set", "a")
    spared.answers.finish()
    assert (list(spared.heard()), spared.kills) == (["set a"], [])


def test_no_faults_need_nobody_to_inflict_them() -> None:
    assert injector(Faults(), lambda: None) is None
