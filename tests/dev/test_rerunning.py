"""Reruns in a thread of their own: asked for one, it runs to its end."""

import threading

from emulator.dev.rerunning import Rerunner
from emulator.dify.round import RunningCall


class Caller:
    """Stands for a round: all that counts is whether it is hung up."""

    def __init__(self) -> None:
        self.hung_up = False

    def hang_up(self) -> None:
        self.hung_up = True


def test_a_rerun_is_not_ended_by_the_request_that_brought_it() -> None:
    hung_up: list[bool] = []
    done = threading.Semaphore(0)
    asked = threading.Event()

    def rerun(running: RunningCall) -> None:
        caller = Caller()
        running.begins(caller)  # type: ignore[arg-type]
        assert asked.wait(20)
        hung_up.append(caller.hung_up)
        done.release()

    rerunner = Rerunner(rerun)
    rerunner.start()
    for _ in range(300):
        asked.clear()
        rerunner.ask()
        asked.set()
        assert done.acquire(timeout=20)
    rerunner.stop()
    assert hung_up == [False] * 300


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
