"""One dev that serves several plugins: each is loaded, called and broken by itself."""

from pathlib import Path

from tests.dev.served import SECONDS, TOOL, Served, saying, write_saying
from tests.support.dev import Dev
from tests.support.waiting import wait_until


def write_named(folder: Path, text: str) -> Path:
    return write_saying(
        folder,
        text,
        manifest={"name": folder.name},
        tools={"say": ""},
        endpoints={"GET /": f"return Response({text!r})"},
    )


def both(tmp_path: Path, dev: Dev) -> tuple[Served, Served]:
    one, two = (Served(tmp_path / name, dev) for name in ("one", "two"))
    wait_until(lambda: len(dev.events("loaded") + dev.events("broken")) == 2, SECONDS)
    return one, two


def loads(dev: Dev, plugin: str) -> list[list[str]]:
    return [event["changed"] for event in dev.events("loaded") if event["plugin"] == plugin]


def test_each_is_served_and_loaded_by_itself(tmp_path: Path) -> None:
    folders = [write_named(tmp_path / name, name) for name in ("one", "two")]
    with Dev(*folders, state=tmp_path / "state") as dev:
        one, two = both(tmp_path, dev)
        assert (one.said(), two.said()) == ("one", "two")
        assert (dev.get("/", plugin=0).text, dev.get("/", plugin=1).text) == ("one", "two")
        one.save("changed")
        one.says("changed")
        assert two.said() == "two"
        assert loads(dev, "tests/one") == [[], [TOOL]]
        assert loads(dev, "tests/two") == [[]]


def test_the_last_call_of_each_is_made_again(tmp_path: Path) -> None:
    folders = [write_named(tmp_path / name, name) for name in ("one", "two")]
    with Dev(*folders, state=tmp_path / "state") as dev:
        one, two = both(tmp_path, dev)
        one.said()
        two.said()
        one.save("changed")
        rerun = dev.wait_for("round", lambda event: event["why"] == "rerun")
        assert (rerun["plugin"], rerun["messages"][0]["message"]["text"]) == (
            "tests/one",
            "changed",
        )


def test_one_that_never_loads_does_not_hold_up_the_other(tmp_path: Path) -> None:
    folders = [write_named(tmp_path / name, name) for name in ("one", "two")]
    with Dev(*folders, state=tmp_path / "state") as dev:
        one, two = both(tmp_path, dev)
        reached = tmp_path / "reached"
        one.write(TOOL, f"open({str(reached)!r}, 'w').close()\nwhile True:\n    pass\n")
        wait_until(reached.exists, SECONDS)
        assert two.said() == "two"
        two.save("changed")
        two.says("changed")
        one.write(TOOL, "1 / 0\n")
        dev.wait_for("broken")
        assert "ZeroDivisionError" in one.call()["error"]["message"]
        assert two.said() == "changed"
        one.write(TOOL, saying("mended"))
        one.says("mended")


def test_each_has_endpoints_of_its_own(tmp_path: Path) -> None:
    folders = [write_named(tmp_path / name, name) for name in ("one", "two")]
    with Dev(*folders, state=tmp_path / "state") as dev:
        both(tmp_path, dev)
        plugins = [plugin["id"] for plugin in dev.ready["plugins"]]
        assert plugins == ["tests/one", "tests/two"]
        urls = [plugin["endpoints"][0]["url"] for plugin in dev.ready["plugins"]]
        assert len(set(urls)) == 2
