"""The clock of a plugin stands still while a debugger waits."""

import time

from emulator.runtime.debugger_terminal import Stopwatch


def pass_time(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def test_a_stopped_clock_stands_still_and_goes_on_from_there() -> None:
    watch = Stopwatch()
    before = watch.now()
    watch.stop()
    stopped = watch.now()
    pass_time(0.02)
    assert watch.now() == stopped >= before
    watch.go_on()
    later = watch.now()
    assert stopped <= later < stopped + 0.02
    pass_time(0.01)
    assert watch.now() >= later + 0.01


def test_stopping_twice_is_stopping_once() -> None:
    watch = Stopwatch()
    watch.stop()
    pass_time(0.01)
    watch.stop()
    watch.go_on()
    watch.go_on()
    stood = time.perf_counter() - watch.now()
    assert stood >= 0.01
