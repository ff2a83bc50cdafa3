"""The sample plugins: every mistake planted in leaky is found, and none in memory and inbox."""

import json
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.insight.played import Played, codes_of
from tests.support.emulator import SAMPLES
from tests.support.waiting import wait_until

# -- leaky


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with Played(SAMPLES / "leaky", tmp_path_factory.mktemp("leaky")) as played:
        yield played


def test_of_two_counts_at_once_one_is_lost(leaky: Played) -> None:
    leaky.tool("counter")
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(leaky.tool, "counter", pause=0.2)
        second = pool.submit(leaky.tool, "counter", pause=0.2)
    assert "DE213" in codes_of(first.result(), second.result())


def test_a_count_is_everybodys(leaky: Played) -> None:
    leaky.tool("counter", user="bob")
    assert codes_of(leaky.tool("counter", user="ada")) == {"DE214"}


def test_notes_grow_and_are_everybodys(leaky: Played) -> None:
    for number in range(4):
        assert codes_of(leaky.tool("note_add", text=f"note {number}")) == set()
    assert codes_of(leaky.tool("note_add", text="note 5")) == {"DE211"}
    assert codes_of(leaky.tool("note_list", user="bob")) == {"DE214"}
    assert codes_of(leaky.tool("note_list", user="ada")) == set()


def test_a_missing_profile_is_fatal_and_a_missing_draft_is_hidden(leaky: Played) -> None:
    profile, draft = leaky.tool("profile"), leaky.tool("draft")
    assert (profile["status"], codes_of(profile)) == ("error", {"DE202"})
    assert "(tools/profile.py:14) found nothing, and the round ended" in str(profile["notes"])
    assert (draft["status"], codes_of(draft)) == ("ok", {"DE202"})
    assert "(tools/draft.py:14) found nothing, and tools/draft.py:15 hides" in str(draft["notes"])
    assert codes_of(leaky.tool("draft", text="Dear Bob")) == {"DE202"}
    assert codes_of(leaky.tool("draft")) == set()


def test_a_report_is_large_and_nobody_reads_it(leaky: Played) -> None:
    for _ in range(12):
        assert codes_of(leaky.tool("big_report", kilobytes=1)) == set()
    for reader in ("counter", "note_list", "note_add", "profile", "draft", "pickled"):
        leaky.tool(reader, **({"text": "x"} if reader == "note_add" else {}))
    assert codes_of(leaky.tool("big_report", kilobytes=1)) == {"DE215"}
    large = leaky.tool("big_report", kilobytes=2500)
    assert {"DE109", "DE210"} <= codes_of(large)
    assert "A line of stdout with storage.set('report.txt') had 5120" in str(large["notes"])
    assert codes_of(leaky.tool("big_report", kilobytes=2700)) == {"DE101"}
    leaky.tool("big_report", kilobytes=1)


def test_what_is_written_late_is_lost(leaky: Played) -> None:
    late = leaky.tool("late_writer", text="x", delay=0.05)
    wait_until(lambda: codes_of(leaky.book.show(late["round"])) == {"DE103"})


def test_a_progress_bar_costs_messages(leaky: Played) -> None:
    assert codes_of(leaky.tool("chatty")) == {"DE102"}


def test_names_that_users_choose_make_bad_keys(leaky: Played) -> None:
    leaky.tool("attach", name="a", text="1")
    names = {"b//c": "DE201", "v1..v2": "DE205", "x" * 300: "DE206", "a/b": "DE207"}
    for name, code in names.items():
        assert codes_of(leaky.tool("attach", name=name, text="1")) == {code}, name
    assert codes_of(leaky.tool("detach", name="none")) == {"DE208"}
    assert "DE204" in codes_of(leaky.tool("detach"))


def test_pickled_visits_gather_and_do_not_survive_a_new_version(
    leaky: Played, tmp_path: Path
) -> None:
    folder, state = tmp_path / "leaky", tmp_path / "state"
    shutil.copytree(SAMPLES / "leaky", folder)
    with Played(folder, state) as played:
        visits = [played.tool("pickled", user=f"user {number}") for number in range(20)]
    assert codes_of(*visits[:19]) == {"DE212"}
    assert codes_of(visits[19]) == {"DE212", "DE216"}

    for file in ("visits.py", "tools/pickled.py"):
        code = (folder / file).read_text()
        (folder / file).write_text(re.sub(r"\bVisits\b", "VisitCount", code))
    with Played(folder, state) as played:
        failed = played.tool("pickled", user="user 7")
    assert (failed["status"], codes_of(failed)) == ("error", {"DE217"})
    assert "in round 8 of generation 1 (tools/pickled.py:18)" in str(failed["notes"])


# -- memory

ODD_USERS = ["", ".", "..", "a/b", "ada", "ADA", "José 😀", "x" * 300, "%2E", "a", "u" * 36]


def test_nothing_is_wrong_with_memory(tmp_path: Path) -> None:
    with Played(SAMPLES / "memory", tmp_path) as memory:
        rounds = [
            memory.tool(tool, user=user, **parameters)
            for user in ODD_USERS
            for tool, parameters in [
                ("recall", {"name": "colour"}),
                ("list", {}),
                ("forget", {"name": "colour"}),
                *(("remember", {"name": f"fact {n}", "value": "v" * n}) for n in range(15)),
                ("remember", {"name": "fact 3", "value": "less"}),
                ("recall", {"name": "fact 3"}),
                ("list", {}),
            ]
        ]
        with ThreadPoolExecutor(8) as pool:
            rounds += pool.map(
                lambda number: memory.tool("remember", name=f"at once {number}", value="1"),
                range(30),
            )
        rounds += [
            memory.tool("remember", user=f"user {n}", name="a", value="b") for n in range(25)
        ]
        rounds += [memory.request("GET", f"/memory/{user}") for user in ("ada", "a/b", "nobody")]
        rounds += [memory.tool("forget", name=f"fact {number}") for number in range(15)]
        rounds += [memory.tool("forget", user=user, name="a") for user in ("user 3", "nobody")]
        rounds.append(memory.request("GET", "/memory/ada"))
    assert codes_of(*rounds) == set()
    assert {each["status"] for each in rounds} == {"ok"}


# -- inbox

TOKEN = "a long enough token"


def status(document: dict[str, Any]) -> int:
    return int(document["messages"][0]["message"]["status"])


def test_nothing_is_wrong_with_inbox(tmp_path: Path) -> None:
    with Played(SAMPLES / "inbox", tmp_path) as inbox:

        def ask(method: str, path: str, body: bytes = b"", token: str = TOKEN) -> dict[str, Any]:
            return inbox.request(method, path, body, token=token)

        with ThreadPoolExecutor(8) as pool:
            posted = list(pool.map(lambda n: ask("POST", "/events", b"%d" % n), range(30)))
        ids = [json.loads(each["messages"][0]["message"]["body"])["id"] for each in posted]
        rounds = [*posted, ask("GET", "/events"), ask("OPTIONS", "/events")]
        for event in ids[:25]:
            rounds += [ask(method, f"/events/{event}") for method in ("GET", "DELETE", "DELETE")]
        puts = [ask("PUT", "/files/a.txt", b"x" * number) for number in range(12)]
        rounds += [*puts, ask("GET", "/files/a.txt")]
        rounds += [ask("PUT", "/files/a.txt", b"x" * 5) for _ in range(12)]
        # Nobody ever reads this one.
        rounds += [ask("PUT", f"/files/b{number}", b"x") for number in range(25)]
        rounds += [ask("PUT", "/files/b0", b"%d" % number) for number in range(12)]
        assert {status(each) for each in rounds} == {200, 201, 204, 404}
        refused = [
            ask("GET", "/files/none"),
            ask("GET", f"/events/{ids[0]}"),
            ask("GET", "/events/odd"),
            ask("GET", "/events", token=""),
            ask("POST", "/events", b"{"),
            ask("PUT", "/files/v1..v2", b"x"),
            ask("PUT", f"/files/{'n' * 300}", b"x"),
            ask("PUT", "/files/huge", b"x" * 1024 * 1025),
        ]
        assert [status(each) for each in refused] == [404, 404, 404, 401, 400, 400, 400, 413]
    assert codes_of(*rounds, *refused) == set()
