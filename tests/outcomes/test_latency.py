"""compare_latency: what the default report says, and what it refuses."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.outcomes import compare_latency, log_rank, log_rank_pairs, rmst
from isobole.results import (
    DataError,
    Figure,
    Methods,
    Missing,
    Note,
    OptionError,
    Table,
    save_figure,
)
from reference_cases import Case

DATA = Case("studies.json", "surv_ptz_synthetic").data("data")
TIME, EVENT, GROUP, BLOCK = (DATA[k] for k in ("time", "event", "group", "block"))
WITH_DEATHS = [2 if i in (3, 17, 24) else e for i, e in enumerate(EVENT)]


def _compare(time=TIME, cause=EVENT, group=GROUP, **options: Any):
    options = {"window": 1800, "control": "vehicle"} | options
    return compare_latency(time, cause, group, **options)


def test_small_groups_are_told_that_normal_limits_of_means_are_narrow() -> None:
    # The share of false positives said in the note, on values without censoring.
    rng = np.random.default_rng(1)
    drawn = np.minimum(rng.exponential(900, (2, 20_000, 4)), 1800)
    z = np.diff(drawn.mean(axis=2), axis=0)[0] / np.sqrt(drawn.var(axis=2).sum(0) / 4)
    assert 0.12 < (abs(z) > 1.96).mean() < 0.155
    one = rmst(drawn[0, 0], (drawn[0, 0] < 1800).astype(int), window=1800)
    assert one.standard_error == pytest.approx(drawn[0, 0].std() / 2)
    said = "Judge by the permutation test"
    assert said in str(_compare())
    assert "z test" in _compare().pairs[0].difference_test.method
    assert "large samples" in _compare().pairs[0].difference_test.method
    assert said not in str(_compare(TIME * 2, EVENT * 2, GROUP * 2))


def test_default_report() -> None:
    found = _compare()
    assert [g.name for g in found.groups] == [
        "vehicle",
        "vpa100",
        "mg40",
        "vpa100_mg40",
    ]
    plain, permuted = found.overall
    assert plain.statistic == pytest.approx(27.23254387)
    assert plain.p == pytest.approx(5.262136032e-06)
    assert permuted.p < 0.001
    pairs = log_rank_pairs(TIME, EVENT, GROUP, control="vehicle")
    assert [p.log_rank.p_adjusted for p in found.pairs] == pytest.approx(
        [test.p_adjusted for test in pairs]
    )
    exact = found.pair("vpa100_mg40").permutation
    assert exact.p == pytest.approx(2 / 12870)
    assert exact.p_adjusted == pytest.approx(6 / 12870)
    difference = found.pair("vpa100_mg40").difference
    assert difference.value == pytest.approx(1278.75 - 92.75)
    se = math.hypot(240.1980791, 7.889371806)
    assert difference.high - difference.value == pytest.approx(1.959963985 * se)
    text = str(found)
    assert "1279 [808, 1750]" in text  # to 1 s
    assert "mean event-free time" in text
    assert "restricted mean survival time" in text
    assert "never averaged as 1800" in text
    assert found.trend == ()
    assert found.incidence == ()
    assert found.sensitivity == ()
    assert not found.problems


def test_strata_and_trend() -> None:
    doses = {"vehicle": 0, "vpa100": 100, "mg40": 40, "vpa100_mg40": 140}
    found = _compare(strata=BLOCK, doses=doses)
    assert found.strata == 4
    assert found.overall[0].statistic == pytest.approx(23.94458383)
    assert len(found.trend) == 2
    assert found.trend[0].statistic < -3
    assert "dose" in str(found.blocks()[2])
    # In strata of 8 the pairs have 6 allocations each: 6^4.
    assert "1,296 allocations" in found.pairs[0].permutation.method
    ratio = found.cox.ratio("vpa100_mg40").log_ratio
    assert isinstance(ratio.value, Missing)
    with pytest.raises(DataError, match="no entry for 'mg40'"):
        _compare(doses={"vehicle": 0, "vpa100": 1, "vpa100_mg40": 2})


def test_large_groups_need_no_permutation() -> None:
    rng = np.random.default_rng(2)
    time = np.minimum(rng.exponential(np.repeat([300, 600], 20)), 1800)
    found = _compare(time, (time < 1800).astype(int), ["vehicle"] * 20 + ["drug"] * 20)
    assert len(found.overall) == 1
    assert found.pairs[0].permutation is None
    assert "permutation" not in str(found)


def test_deaths_compete_by_default() -> None:
    found = _compare(cause=WITH_DEATHS)
    assert found.competing
    assert [g.deaths for g in found.groups] == [1, 0, 1, 1]
    vehicle = found.group("vehicle")
    assert vehicle.incidence.incidence_at(1800) == pytest.approx(7 / 8)
    assert vehicle.incidence.deaths_at(1800) == pytest.approx(1 / 8)
    # The mean is of the time alive without the event.
    assert vehicle.mean.estimate.value == pytest.approx(92.75)
    assert all("cause-specific" in test.method for test in found.overall)
    assert all("Gray" in test.method for test in found.incidence)
    assert len(found.incidence) == 2
    assert [t.question.partition(":")[0] for t in found.sensitivity] == [
        "death as failure",
        "death as exclusion",
    ]
    figures = [b for b in found.blocks() if isinstance(b, Figure)]
    assert figures[0].title.startswith("Cumulative incidence")
    assert "competing event" in found.blocks()[-1].text
    assert "does not depend on the group" in str(found)
    assert "does not depend on the group" not in str(_compare())


def test_every_reading_of_death() -> None:
    failure = _compare(cause=WITH_DEATHS, death="failure")
    assert failure.overall[0].p == pytest.approx(_compare().overall[0].p)
    kept = [i for i, c in enumerate(WITH_DEATHS) if c != 2]
    excluded = _compare(cause=WITH_DEATHS, death="exclusion")
    assert excluded.excluded == 3
    assert [g.n for g in excluded.groups] == [7, 8, 7, 7]
    plain = log_rank(*([x[i] for i in kept] for x in (TIME, EVENT, GROUP))).test
    assert excluded.overall[0].statistic == pytest.approx(plain.statistic)
    assert [p.code for p in excluded.problems] == ["deaths-excluded"]
    by_rule = {
        t.question.partition(":")[0]: t.p
        for t in _compare(cause=WITH_DEATHS).sensitivity
    }
    assert by_rule["death as failure"] == failure.overall[0].p
    assert by_rule["death as exclusion"] == pytest.approx(excluded.overall[0].p)


def test_death_as_plain_censoring_warns() -> None:
    found = _compare(cause=WITH_DEATHS, death="censoring")
    assert [(p.code, p.severity) for p in found.problems] == [
        ("death-as-censoring", "warning")
    ]
    notes = [b for b in found.blocks() if isinstance(b, Note)]
    assert "competing event" in notes[0].text
    # The same warning for what comes coded as 0 and ends early, without a reason.
    coded = [0 if c == 2 else c for c in WITH_DEATHS]
    told = _compare(cause=coded).problems
    assert {p.code for p in told} == {"censored-before-window"}
    assert {p.severity for p in told} == {"warning"}
    assert "a death is cause 2" in str(told[0])
    assert [p.row for p in told] == [4, 18, 25]


def test_early_censoring_with_a_reason_is_a_notice() -> None:
    coded = [0 if c == 2 else c for c in WITH_DEATHS]
    reasons = ["camera failed" if c == 2 else None for c in WITH_DEATHS]
    found = _compare(cause=coded, reasons=reasons)
    assert {p.severity for p in found.problems} == {"notice"}
    assert "camera failed" in str(found)
    assert [g.censored_early for g in found.groups] == [1, 0, 1, 1]
    with pytest.raises(OptionError, match="one per animal"):
        _compare(reasons=["x"])


def test_early_censoring_leaves_no_complete_risk_sets() -> None:
    cause = list(WITH_DEATHS)
    cause[0] = 0
    found = _compare(cause=cause)
    assert found.incidence == ()
    assert "no complete risk sets" in str(found)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time": [-1, *TIME[1:]]}, "negative"),
        ({"time": [2000, *TIME[1:]]}, "beyond the window"),
        ({"cause": [3, *EVENT[1:]]}, "Expected 0, 1, 2"),
        ({"group": ["vehicle"] * 32}, "only the group"),
        ({"group": ["", *GROUP[1:]]}, "group is empty"),
        ({"strata": [1]}, "values of stratum"),
        ({"control": "saline"}, "control is 'saline'"),
        ({"death": "protected"}, "death is 'protected'"),
        ({"window": math.nan}, "window is nan"),
        ({"window": "1800"}, "window is '1800'"),
        ({"level": 95}, "level is 95"),
        ({"doses": dict.fromkeys(GROUP, math.nan)}, "the dose of 'vehicle' is nan"),
        ({"draws": 5}, "at least 100"),
    ],
)
def test_bad_input(change, said) -> None:
    with pytest.raises((DataError, OptionError), match=said):
        _compare(**change)


def test_every_problem_is_listed_at_once() -> None:
    with pytest.raises(DataError) as caught:
        _compare(time=[-1, 9999, *TIME[2:]], cause=[7, *EVENT[1:]])
    assert [p.code for p in caught.value.problems] == [
        "time-negative",
        "time-beyond-window",
        "unknown-code",
    ]


def test_excluding_the_dead_may_leave_nothing_to_compare() -> None:
    with pytest.raises(DataError, match="only the group 'vehicle'"):
        _compare([60, 70, 80, 90], [1, 1, 2, 2], ["vehicle"] * 2 + ["drug"] * 2,
                 death="exclusion")  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(random) -> None:
    order = list(range(32))
    random.shuffle(order)
    rows = [[x[i] for i in order] for x in (TIME, WITH_DEATHS, GROUP)]
    options: dict[str, Any] = {"draws": 300}
    one = _compare(cause=WITH_DEATHS, strata=BLOCK, **options)
    other = _compare(*rows, strata=[BLOCK[i] for i in order], **options)
    assert [t.p for t in one.overall] == pytest.approx([t.p for t in other.overall])
    for name in ("vpa100", "mg40", "vpa100_mg40"):
        a, b = one.pair(name), other.pair(name)
        assert a.permutation.p == pytest.approx(b.permutation.p)
        assert a.difference.value == pytest.approx(b.difference.value)
        assert one.cox.ratio(name).ratio.high == pytest.approx(
            other.cox.ratio(name).ratio.high
        )


@settings(max_examples=10, deadline=None)
@given(st.floats(0.01, 50))
def test_unit_of_time_changes_no_p(factor) -> None:
    one = _compare(draws=200)
    other = _compare([factor * t for t in TIME], window=factor * 1800, draws=200)
    assert [t.p for t in one.overall] == pytest.approx([t.p for t in other.overall])
    assert other.group("mg40").mean.estimate.value == pytest.approx(factor * 113)


def test_window_is_never_averaged_as_a_latency() -> None:
    """With animals censored early the mean is not that of min(time, window)."""
    time, cause = [100, 200, 300, 1800, 1800], [1, 0, 1, 0, 0]
    found = rmst(time, cause, window=1800).estimate.value
    # By hand: 1 to 100, 0.8 to 300, then 0.8 * 2/3.
    assert found == pytest.approx(100 + 0.8 * 200 + 0.8 * 2 / 3 * 1500)
    assert found != pytest.approx(np.mean(time))


def test_json_frame_and_repr() -> None:
    for options in ({}, {"cause": WITH_DEATHS}, {"strata": BLOCK}):
        found = _compare(**options)
        text = json.dumps(found.to_dict(), allow_nan=False)
        assert json.loads(text)["window"] == 1800
        assert "\n" not in repr(found)
        frame = found.to_frame()
        assert list(frame["group"]) == [g.name for g in found.groups]
        assert found._repr_html_().count("<table") == len(
            [b for b in found.blocks() if isinstance(b, Table | Figure)]
        )
    assert isinstance(found.blocks()[-1], Methods)


def _nulls_without_reason(value: Any, path: str = "") -> list[str]:
    if isinstance(value, list):
        return [p for i, v in enumerate(value) for p in _nulls_without_reason(v, path)]
    if not isinstance(value, dict):
        return []
    quiet = {"low", "high", "estimate", "p", "statistic", "standard_error"}
    found = [
        f"{path}.{key}"
        for key, inner in value.items()
        if key in quiet and inner is None and "reason" in value and not value["reason"]
    ]
    # A test without a statistic, such as Fisher's, has none to explain.
    found = [name for name in found if not name.endswith("statistic")]
    return found + [
        p for k, v in value.items() for p in _nulls_without_reason(v, f"{path}.{k}")
    ]


def test_every_null_has_its_reason() -> None:
    monotone = Case("studies.json", "surv_monotone_likelihood").data("data")
    found = compare_latency(
        monotone["time"], monotone["event"], monotone["group"], window=1800,
        control="veh",
    )  # fmt: skip
    for one in (found, _compare(), _compare(cause=WITH_DEATHS)):
        assert _nulls_without_reason(one.to_dict()) == []
    text = str(found)
    assert "— (0, 0.107]" in text
    assert "no limits of the difference" in text


@pytest.mark.parametrize("cause", [EVENT, WITH_DEATHS])
def test_figures(cause, tmp_path) -> None:
    found = _compare(cause=cause)
    save_figure(found.plot(), tmp_path / "a.svg")
    svg = (tmp_path / "a.svg").read_text()
    for word in ("at risk", "end of window", "vpa100_mg40", "time (s)"):
        assert word in svg
    figure = next(b for b in found.blocks() if isinstance(b, Figure))
    assert "vehicle" in figure.alt
    save_figure(figure.draw(), tmp_path / "b.svg")
    from matplotlib.figure import Figure as Page

    ax = Page().subplots()
    assert found.plot(ax=ax) is ax.figure


def test_everybody_has_it_at_once() -> None:
    found = _compare([5] * 6, [1] * 6, ["vehicle"] * 3 + ["drug"] * 3)
    assert "had the event at once" in found.overall[0].p.reason
    assert "the same time" in found.pairs[0].difference.reason
    str(found)


def test_nobody_has_the_event() -> None:
    found = _compare([1800] * 6, [0] * 6, ["vehicle"] * 3 + ["drug"] * 3)
    assert isinstance(found.overall[0].p, Missing)
    assert isinstance(found.pairs[0].permutation.p, Missing)
    json.dumps(found.to_dict(), allow_nan=False)
    assert "no animal had the event" in str(found)
    found.plot()


def test_groups_that_are_still_blind_are_compared_without_a_control() -> None:
    time = [62, 71, 75, 88, 93, 104, 80, 240, 380, 610, 1800, 1800]
    cause = [1] * 10 + [0] * 2
    groups = ["QX"] * 6 + ["KD"] * 6
    blind = compare_latency(time, cause, groups, window=1800, control=None)
    open_ = compare_latency(time, cause, groups, window=1800, control="QX")
    assert blind.pairs == ()
    assert blind.cox is None
    assert blind.overall[0].p == pytest.approx(open_.overall[0].p, rel=1e-12)
    assert "against" not in "".join(map(str, blind.blocks()[:1]))
    assert blind.to_dict()["cox"] is None
