"""``--storage-latency`` and ``--storage-error``, of ``run`` and of ``dev``."""

from tests.conftest import MakePlugin
from tests.support.dev import Dev
from tests.support.stored import stored
from tests.support.waiting import wait_until


def test_what_is_under_way_when_the_round_ends_is_performed_and_told(
    make_plugin: MakePlugin,
) -> None:
    body = """
    import time
    from threading import Thread

    Thread(target=storage.set, args=("k", b"v")).start()
    for _ in range(20):
        time.sleep(0)  # lets the thread make its call
    yield self.create_text_message("ended")
    """
    emulator = make_plugin(tools={"late": body})
    document = emulator.ok("run", "late", "--storage-latency", "60000", "--json").json
    assert [(each["op"], each["outcome"]) for each in document["operations"]] == [("set", "ok")]
    assert [note["code"] for note in document["notes"]] == ["DE103"]
    assert "storage.set('k') was under way" in document["notes"][0]["message"]
    assert stored(emulator.state) == {"k": b"v"}


def test_calls_go_through_dev_unless_they_have_faults_of_their_own(
    make_plugin: MakePlugin,
) -> None:
    body = "storage.set('k', b'v')\nyield self.create_text_message('stored')"
    emulator = make_plugin(tools={"store": body})
    with Dev(emulator.plugin, state=emulator.state, options=("--storage-error", "100")) as dev:
        words = ("store", "--times", "4", "--parallel", "4", "--json")
        (error,) = emulator("run", *words).json["summary"]["errors"]
        assert error["message"] == "save data failed: connection reset by peer (--storage-error)"
        assert error["rounds"] == [1, 2, 3, 4]
        wait_until(lambda: len(dev.events("round")) == 4)
        document = emulator.ok("run", "store", "--storage-latency", "1", "--json").json
        assert document["operations"][0]["outcome"] == "ok"
