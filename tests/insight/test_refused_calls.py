"""A missing key: the round died of it, or the plugin hid it; what is handled is not told."""

import pytest

from emulator.dify.finished import Failure
from emulator.dify.notes import Note
from emulator.dify.production import LOAD_FAILED
from emulator.workspace.state_file import StateFile
from tests.insight.by_hand import Plugin, codes, told

DEAD = Failure("Exception", LOAD_FAILED)


@pytest.fixture
def plugin(state_file: StateFile) -> Plugin:
    return Plugin(state_file)


# -- died of it


WRAPPED = Failure("ValueError", f"no profile: {LOAD_FAILED}")


@pytest.mark.parametrize("failure", [DEAD, WRAPPED, Failure(None, LOAD_FAILED)])
def test_a_round_that_died_of_a_get_is_told_which(plugin: Plugin, failure: Failure) -> None:
    round = plugin.begin()
    round.get("first")
    round.get("last", "tools/profile.py:16 < tools/base.py:3")
    assert [each.happened for each in round.end(failure)] == [
        "get('last') (tools/profile.py:16) found nothing, and the round ended with the exception "
        "that Dify raises then."
    ]


def test_a_round_that_died_of_a_delete_is_told_which(plugin: Plugin) -> None:
    round = plugin.begin()
    why = round.delete("gone")
    assert why
    assert codes(round.end(Failure("Exception", why))) == ["DE208"]


def test_a_round_that_died_of_a_folder_is_told_which(plugin: Plugin) -> None:
    plugin.storage.set("a/b", b"1")
    round = plugin.begin()
    round.get("a", "tool.py:3")
    assert [each.happened for each in round.end(DEAD)] == [
        "get('a') (tool.py:3) met a key of which it is a folder, or the reverse, and the round "
        "ended with the exception that Dify raises then."
    ]
    round = plugin.begin()
    why = round.set("a", b"1")
    assert why
    assert round.end() == []
    round = plugin.begin()
    assert round.set("a", b"1") == why
    assert codes(round.end(Failure("Exception", why))) == ["DE207"]


def test_another_death_is_another_matter(plugin: Plugin) -> None:
    round = plugin.begin()
    round.get("k")
    assert codes(round.end(Failure("KeyError", "'k'"))) == []

    for key in ("../k", "a..b"):
        round = plugin.begin()
        round.get(key)
        assert codes(round.end(DEAD)) == [], key

    round = plugin.begin()
    request = {"opt": "get", "key": "k"}
    why = f"{LOAD_FAILED}: connection reset"
    round.operations.append(plugin.storage.record_refused(request, why, round.number))
    assert codes(round.end(DEAD)) == []


# -- hid it

HIDING = {
    "except Exception": """
        try:
            value = storage.get("k")  # here
        except Exception:
            value = b""  # told
        """,
    "a bare except": """
        try:
            storage.get("k")  # here
        except:  # told
            pass
        """,
    "one of several": """
        try:
            storage.get("k")  # here
        except KeyError as error:
            raise
        except (ValueError, builtins.Exception) as error:  # told
            value = None
        """,
    "BaseException around a narrower one": """
        try:
            try:
                storage.get("k")  # here
            except KeyError:
                raise
            finally:
                done()
        except BaseException:  # told
            pass
        """,
    "suppress": """
        with open("x"), contextlib.suppress(KeyError, Exception):  # told
            storage.get("k")  # here
        """,
    "in a loop, in a branch, over lines": """
        try:
            match kind:
                case 1:
                    for key in keys:
                        value = (
                            storage.get(
                                key  # here
                            )
                        )
        except Exception:  # told
            pass
        """,
    "in a class": """
        class Tool:
            def _invoke(self):
                try:
                    return self.session.storage.get("k")  # here
                except Exception:  # told
                    return None
        """,
}

NOT_HIDING = {
    "nothing": """
        storage.get("k")  # here
        """,
    "looks at the text": """
        try:
            storage.get("k")  # here
        except Exception as error:
            if "load data failed" not in str(error):
                raise
        """,
    "looks at it and goes on": """
        try:
            storage.get("k")  # here
        except Exception as error:
            tell(error)
        """,
    "raises another": """
        try:
            storage.get("k")  # here
        except Exception:
            raise NotFound from None
        """,
    "asks, and raises": """
        try:
            storage.get("k")  # here
        except Exception:
            if storage.exist("k"):
                raise
        """,
    "logs it": """
        try:
            storage.get("k")  # here
        except Exception:
            logger.exception("no k")
        """,
    "logs it otherwise": """
        try:
            storage.get("k")  # here
        except Exception:
            logger.warning("no k", exc_info=True)
        """,
    "takes it by another name": """
        try:
            storage.get("k")  # here
        except Exception:
            tell(exc_info())
        """,
    "before it": """
        storage.get("k")  # here
        try:
            other()
        except Exception:
            pass
        """,
    "prints it": """
        try:
            storage.get("k")  # here
        except Exception:
            traceback.print_exc()
        """,
    "catches less": """
        try:
            storage.get("k")  # here
        except (KeyError, OSError):
            pass
        """,
    "suppresses less": """
        with contextlib.suppress(KeyError), ExitStack():
            storage.get("k")  # here
        """,
    "in the handler": """
        try:
            other()
        except Exception:
            storage.get("k")  # here
        """,
    "after it": """
        try:
            other()
        except Exception:
            pass
        else:
            storage.get("k")  # here
        finally:
            done()
        """,
    "within, but called elsewhere": """
        try:
            def later():
                storage.get("k")  # here
        except Exception:
            pass
        """,
    "the inner one looks, the outer one need not": """
        try:
            try:
                storage.get("k")  # here
            except Exception as error:
                tell(error)
        except Exception:
            pass
        """,
}


def marked(code: str, mark: str) -> int:
    (line,) = (n for n, text in enumerate(code.splitlines(), 1) if text.endswith(f"# {mark}"))
    return line


def notes_of(plugin: Plugin, place: str, **modules: str) -> list[Note]:
    plugin.save(**modules)
    round = plugin.begin()
    round.get("k", place)
    return round.end()


@pytest.mark.parametrize("case", HIDING)
def test_a_handler_that_hides_everything_is_told(plugin: Plugin, case: str) -> None:
    code = HIDING[case]
    notes = notes_of(plugin, f"store.py:{marked(code, 'here')}", store=code)
    line = marked(code, "told") - (case == "except Exception")
    assert f"store.py:{line} hides the exception" in told(notes, "DE202")


@pytest.mark.parametrize("case", NOT_HIDING)
def test_a_handler_that_does_not_is_right(plugin: Plugin, case: str) -> None:
    code = NOT_HIDING[case]
    assert codes(notes_of(plugin, f"store.py:{marked(code, 'here')}", store=code)) == []


STORE = """\
def load(storage, key):
    return storage.get(key)
"""
CALLER = """\
def show(storage):
    try:
        return load(storage, "k")
    except Exception:
        return None
"""


def test_the_callers_are_looked_at_as_well(plugin: Plugin) -> None:
    place = "store.py:2 < show.py:3 < gone.py:1"
    notes = notes_of(plugin, place, store=STORE, show=CALLER)
    assert told(notes, "DE202").startswith("get('k') (store.py:2) found nothing, and show.py:4")


@pytest.mark.parametrize("place", [None, "", "store.py", "other.py:2 < show.py:3 extra"])
def test_a_place_that_is_not_known_is_not_guessed_at(plugin: Plugin, place: str) -> None:
    assert codes(notes_of(plugin, place, store=STORE, show=CALLER)) == []


def test_a_handler_is_told_once_whatever_it_hides(plugin: Plugin) -> None:
    plugin.save(show=CALLER)
    round = plugin.begin()
    for number in range(500):
        round.get(f"k{number}", "show.py:3")
    round.delete("k", "show.py:3")
    assert codes(round.end()) == ["DE202"]


def test_a_hidden_delete_is_one_of_delete(plugin: Plugin) -> None:
    plugin.save(show=CALLER)
    round = plugin.begin()
    round.delete("k", "show.py:3")
    assert codes(round.end()) == ["DE208"]


def test_code_that_has_been_saved_since_says_nothing(plugin: Plugin) -> None:
    plugin.save(show=f"{CALLER}# seen by no other test")
    round = plugin.begin()
    round.get("k", "show.py:3")
    plugin.save(show=CALLER)
    assert codes(round.end()) == []


@pytest.mark.parametrize("code", ["try:\n  (((", "\0", "(" * 1000, "\udce9"])
def test_code_that_is_not_python_says_nothing(plugin: Plugin, code: str) -> None:
    plugin.save(show=CALLER)
    plugin.sources = {"show.py": code.encode("utf-8", "surrogateescape")}
    round = plugin.begin()
    round.get("k", "show.py:3")
    assert codes(round.end()) == []
