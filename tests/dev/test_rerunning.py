"""Reruns in a thread of their own: asked for one, it runs to its end."""

import threading

import pytest

from emulator.dev.rerunning import Rerunner
from emulator.dify.round import RunningCall


class Caller:
    """Stands for a round: all that counts is whether it is hung up."""

    def __init__(self) -> None:
        self.hung_up = False

    def hang_up(self) -> None:
        self.hung_up = True


def test_a_rerun_is_not_ended_by_the_request_that_brought_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, asked, done = threading.Event(), threading.Event(), threading.Event()
    hung_up: list[bool] = []

    class SwitchingEvent(threading.Event):
        """Whoever waits for it goes on before whoever sets it does."""

        def set(self) -> None:
            super().set()
            assert begun.wait(20)

    def rerun(running: RunningCall) -> None:
        caller = Caller()
        running.begins(caller)  # type: ignore[arg-type]
        begun.set()
        assert asked.wait(20)
        hung_up.append(caller.hung_up)
        done.set()

    rerunner = Rerunner(rerun)
    monkeypatch.setattr(rerunner, "_asked", SwitchingEvent())
    rerunner.start()
    rerunner.ask()
    asked.set()
    assert done.wait(20)
    assert hung_up == [False]
    rerunner.stop()


def test_a_rerun_that_is_not_over_is_ended_by_the_next() -> None:
    begun, ended = threading.Semaphore(0), threading.Event()
    callers: list[Caller] = []

    def rerun(running: RunningCall) -> None:
        callers.append(Caller())
        running.begins(callers[-1])  # type: ignore[arg-type]
        begun.release()
        if len(callers) == 1:
            assert ended.wait(20)

    rerunner = Rerunner(rerun)
    rerunner.start()
    rerunner.ask()
    assert begun.acquire(timeout=20)
    rerunner.ask()
    assert callers[0].hung_up
    ended.set()
    assert begun.acquire(timeout=20)
    rerunner.stop()
    assert len(callers) == 2
