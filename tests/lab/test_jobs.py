"""Work that takes long keeps nobody but who asked for it waiting."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from isobole.lab import _jobs
from isobole.lab._jobs import NotYet, Pool
from isobole.lab.pages._plan_job import MOST_S, Work
from isobole.lab.pages._plan_kinds import KINDS
from isobole.results import DataError
from lab_results_studies import led


def test_few_requests_wait_and_the_others_are_answered() -> None:
    go_on = threading.Event()
    job = Pool().ask("slow", go_on.wait)
    said: list[float] = []

    def request() -> None:
        start = time.monotonic()
        try:
            job.answer(20)
        except NotYet:
            said.append(time.monotonic() - start)

    requests = [threading.Thread(target=request) for _ in range(16)]
    for one in requests:
        one.start()
    time.sleep(_jobs.QUEUE_S + 2)
    answered = len(said)
    go_on.set()
    for one in requests:
        one.join()
    assert answered == 16 - _jobs.WAITING
    assert max(said) < _jobs.QUEUE_S + 1.5
    assert job.answer(1) is True


def test_what_has_not_begun_is_dropped_and_what_runs_goes_on() -> None:
    go_on = threading.Event()
    pool = Pool()
    first = pool.ask(("S1", "a"), go_on.wait, "ana")
    while first.started is None:
        time.sleep(0.01)
    second = pool.ask(("S1", "b"), lambda: 2, "ana")
    other = pool.ask(("S2", "a"), lambda: 3, "ben")
    assert pool.unfinished_of(lambda _, about: about == "ana") == 2
    pool.drop_waiting(lambda key: isinstance(key, tuple) and key[0] == "S1")
    assert pool.unfinished == 2
    go_on.set()
    assert first.answer(10) is True
    assert other.answer(10) == 3
    with pytest.raises(NotYet):
        second.answer(1)
    assert pool.ask(("S1", "b"), lambda: 4).answer(10) == 4


def test_an_error_of_the_work_is_the_answer() -> None:
    def late() -> None:
        raise TimeoutError("of the work itself")

    with pytest.raises(TimeoutError, match="of the work itself"):
        Pool().ask("late", late).answer(10)


def test_a_plan_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_S <= 60
    monkeypatch.setattr("isobole.lab.pages._plan_job.MOST_S", 0.5)
    given = {
        "doses": [float(dose) for dose in range(1, 120)],
        "n": 100_000,
        "ed50": 10.0,
        "slope": 5.0,
        "unit": "",
    }
    start = time.monotonic()
    with pytest.raises(DataError, match="was stopped after"):
        Work(KINDS["ed50"], given)()
    assert time.monotonic() - start < 20


def test_one_person_does_not_take_every_turn(lab: Any, tmp_path: Path) -> None:
    from isobole.lab.results._pool import pool

    study = led(lab, tmp_path, ana="designer", stan="analyst")
    pool.clear()
    go_on = threading.Event()
    jobs = [pool.ask(("other", str(k)), go_on.wait, "ana") for k in range(3)]
    try:
        page = lab.client("ana").get(f"/studies/{study.study_id}/analysis")
        assert page.status_code == 422
        assert "still being computed" in page.content.decode()
        page = lab.client("stan").get(f"/studies/{study.study_id}/analysis")
        assert page.status_code == 202
    finally:
        go_on.set()
        for job in jobs:
            job.answer(30)
        pool.clear()


def test_few_files_are_read_at_once() -> None:
    from contextlib import ExitStack

    from isobole.lab._jobs import READ_AT_ONCE, one_of_few
    from isobole.results import IsoboleError

    with ExitStack() as taken:
        for _ in range(READ_AT_ONCE):
            taken.enter_context(one_of_few())
        with pytest.raises(IsoboleError, match="again in a minute"):
            taken.enter_context(one_of_few())
    with one_of_few():
        pass
