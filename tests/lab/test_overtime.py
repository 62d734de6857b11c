"""Work is stopped in its thread, however often the stop is swallowed, and only it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from isobole.lab import _overtime
from isobole.lab._overtime import Overtime, within
from isobole.results import DataError, Problem

REFUSAL = Problem("too-long", "It took too long")
LONG_S = 60.0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_overtime, "AGAIN_S", 0.05)


def steps() -> None:
    """Take steps of Python for a long time."""
    end = time.monotonic() + LONG_S
    while time.monotonic() < end:
        pass


def endured(times: int) -> Callable[[], int]:
    """Return work that swallows so many stops, as finalizers do."""

    def work() -> int:
        for _ in range(times):
            try:
                steps()
            except Overtime:
                continue
        steps()
        return 0

    return work


@pytest.mark.parametrize("swallowed", [0, 1, 5])
def test_it_is_stopped_however_often_that_is_swallowed(swallowed: int) -> None:
    begun = time.monotonic()
    with pytest.raises(DataError, match="It took too long"):
        within(0.05, endured(swallowed), REFUSAL)
    assert time.monotonic() - begun < LONG_S
    time.sleep(0.2)  # nothing is raised in this thread afterwards


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_finalizer_swallows_it() -> None:
    class Deaf:
        def __del__(self) -> None:
            steps()

    def work() -> None:
        Deaf()
        steps()

    begun = time.monotonic()
    with pytest.raises(DataError, match="It took too long"):
        within(0.05, work, REFUSAL)
    assert time.monotonic() - begun < LONG_S


def test_what_ends_in_time_is_returned_and_its_faults_are_its_own() -> None:
    before = threading.active_count()
    assert [within(LONG_S, lambda n=n: n, REFUSAL) for n in range(50)] == [*range(50)]
    with pytest.raises(ZeroDivisionError):
        within(LONG_S, lambda: 1 / 0, REFUSAL)
    end = time.monotonic() + LONG_S
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.01)
    assert threading.active_count() <= before  # no thread waits for what is done


def test_time_may_be_over_before_the_work_begins() -> None:
    for _ in range(100):
        with pytest.raises(DataError, match="It took too long"):
            within(0.0, steps, REFUSAL)


def test_work_that_ends_as_it_is_stopped_is_one_or_the_other() -> None:
    def nap() -> str:
        end = time.monotonic() + 0.003
        while time.monotonic() < end:
            pass
        return "done"

    seen = set()
    for _ in range(300):
        try:
            seen.add(within(0.003, nap, REFUSAL))
        except DataError:
            seen.add("stopped")
    assert seen <= {"done", "stopped"}
