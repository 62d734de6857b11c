"""fit_quantal: laws, statuses, conventions, controls, indices."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.doseresponse import (
    LINKS,
    QuantalData,
    fit_many,
    fit_quantal,
    protective_index,
    threshold_increase,
)
from isobole.doseresponse._options import CONVENTIONS
from isobole.results import DataError, Missing, OptionError, encode

TOL_LAW = 1e-7
DOSES = np.array([5.0, 10, 20, 40, 80])
COUNTS = st.tuples(*[st.integers(0, 8)] * 5)


def table(counts: Any, factor: float = 1.0, **k: Any) -> QuantalData:
    return QuantalData(DOSES * factor, [8] * 5, counts, **k)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.sampled_from(LINKS), st.sampled_from([1e-8, 0.3, 1e3]))
def test_rescaling_doses_rescales_every_dose(
    counts: Any, link: Any, factor: float
) -> None:
    one, other = (fit_quantal(table(counts, f), link=link) for f in (1.0, factor))
    assert one.flags == other.flags
    for kind in ("likelihood", "fieller", "delta"):
        a, b = (f.ed(50, interval=kind) for f in (one, other))
        assert a.set_kind == b.set_kind
        assert a.limits.bounds == b.limits.bounds
        for x, y in ((a.value, b.value), (a.low, b.low), (a.high, b.high)):
            if isinstance(x, Missing) or x is None:
                assert isinstance(y, Missing) or y is None
            else:
                assert not isinstance(y, Missing)
                assert y is not None
                assert y / factor == pytest.approx(x, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.randoms())
def test_rows_per_animal_say_the_same(counts: Any, random: Any) -> None:
    rows = [
        (dose, int(k < hit))
        for dose, hit in zip(DOSES, counts, strict=True)
        for k in range(8)
    ]
    random.shuffle(rows)
    animals = QuantalData.from_animals([r[0] for r in rows], [r[1] for r in rows])
    one, other = fit_quantal(table(counts)), fit_quantal(animals)
    assert encode(one.to_dict()["effects"]) == encode(other.to_dict()["effects"])
    assert one.goodness_of_fit == other.goodness_of_fit


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.sampled_from(["probit", "logit"]))
def test_counting_the_others_mirrors_the_curve(counts: Any, link: Any) -> None:
    """Counting the spared turns the dose axis round, for the symmetric links."""
    mirrored = [8 - c for c in counts[::-1]]
    one = fit_quantal(table(counts), link=link).ed(50)
    other = fit_quantal(QuantalData(400 / DOSES[::-1], [8] * 5, mirrored), link=link)
    back = other.ed(50)
    assert one.set_kind == back.set_kind
    if one.low is None:
        assert back.high is None
    else:
        assert back.high is not None
        assert 400 / back.high == pytest.approx(one.low, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.sampled_from(LINKS))
def test_batch_and_single_are_one_core(counts: Any, link: Any) -> None:
    fit = fit_quantal(table(counts), link=link, heterogeneity="none")
    many = fit_many(DOSES, 8, [counts], link=link)
    assert many.statuses[0] == fit.status
    low, high = many.low[0], many.high[0]
    estimate = fit.ed(50)
    assert (low is np.ma.masked) == (estimate.low is None)
    assert (high is np.ma.masked) == (estimate.high is None)
    if estimate.low is not None:
        assert float(low) == pytest.approx(estimate.low, rel=1e-12)
    if not isinstance(estimate.value, Missing) and fit.status != "quasi-separated":
        assert float(many.ed[0]) == pytest.approx(estimate.value, rel=1e-10)


@settings(max_examples=80, deadline=None)
@given(COUNTS, st.sampled_from(LINKS), st.sampled_from(["likelihood", "firth"]))
def test_nothing_is_ever_not_a_number(counts: Any, link: Any, method: Any) -> None:
    fit = fit_quantal(table(counts), link=link, method=method)
    json.dumps(encode(fit.to_dict((1, 16, 50, 84, 99))), allow_nan=False)
    assert repr(fit)
    for estimate in fit.intervals(50).estimates:
        if estimate.low is not None and estimate.high is not None:
            assert estimate.low <= estimate.high
        if estimate.set_kind is None or None in (estimate.low, estimate.high):
            assert estimate.reason


@pytest.mark.parametrize("name", sorted(CONVENTIONS))
def test_a_convention_with_an_option_it_fixes_is_refused(name: Any) -> None:
    with pytest.raises(OptionError, match="fixes information"):
        fit_quantal(table([1, 2, 4, 6, 8]), convention=name, information="expected")
    with pytest.raises(OptionError, match="fixes heterogeneity"):
        fit_quantal(table([1, 2, 4, 6, 8]), convention=name, heterogeneity="none")


def test_litchfield_wilcoxon_convention_prints_its_limits() -> None:
    fit = fit_quantal(
        QuantalData([5, 10, 15, 20, 30], [8] * 5, [1, 2, 4, 6, 8]),
        convention="litchfield-wilcoxon",
    )
    estimate = fit.ed(50)
    assert estimate.interval == "litchfield-wilcoxon"
    assert estimate.low == pytest.approx(9.259873, rel=1e-5)
    assert estimate.high == pytest.approx(18.1978, rel=1e-5)


def test_control_rows_are_never_dropped_in_silence() -> None:
    doses, n = [0, 5, 10, 20, 40], [20, 8, 8, 8, 8]
    silent = fit_quantal(QuantalData(doses, n, [0, 1, 3, 5, 8]))
    assert [p.code for p in silent.problems] == ["controls-silent"]
    loud = fit_quantal(QuantalData(doses, n, [4, 2, 3, 5, 8]))
    assert [p.code for p in loud.problems] == ["controls-responded"]
    assert loud.problems[0].severity == "warning"
    assert loud.data.control == (20, 4)
    joint = fit_quantal(QuantalData(doses, n, [4, 2, 3, 5, 8]),
                        natural_response="estimate")  # fmt: skip
    assert joint.natural_response is not None
    assert not isinstance(joint.natural_response.se, Missing)
    assert "Natural response was estimated jointly" in joint.blocks()[-1].text  # type: ignore[union-attr]


def test_zero_controls_put_the_natural_response_on_its_boundary() -> None:
    data = QuantalData([0, 5, 10, 20, 40], [30, 8, 8, 8, 8], [0, 0, 2, 5, 8])
    fit = fit_quantal(data, natural_response="estimate")
    assert "boundary-natural-response" in fit.flags
    plain = fit_quantal(data)
    assert fit.ed(50).value == pytest.approx(plain.ed(50).value, rel=1e-6)


def test_spss_and_epa_warn_and_print_the_right_value() -> None:
    data = QuantalData([0, 10, 20, 30, 50], [359, 70, 70, 50, 50], [7, 22, 38, 38, 48])
    for name, code in (
        ("spss", "convention-drops-controls"),
        ("epa", "convention-abbott-first"),
    ):
        fit = fit_quantal(data, natural_response="estimate", convention=name)  # type: ignore[arg-type]
        problem = next(p for p in fit.problems if p.code == code)
        assert problem.severity == "warning"
        assert "ED50 16.56" in problem.message


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ([0, 0, 0, 0, 0], "none-affected"),
        ([8, 8, 8, 8, 8], "all-affected"),
        ([0, 0, 8, 8, 8], "separated"),
        ([0, 0, 3, 8, 8], "quasi-separated"),
        ([7, 6, 4, 2, 1], "reversed"),
        ([3, 4, 4, 4, 5], "slope-not-significant"),
        ([4, 4, 4, 4, 4], "slope-not-significant"),
        ([0, 0, 0, 1, 3], "extrapolated"),
        ([1, 2, 4, 6, 8], "ok"),
    ],
)
def test_status(counts: Any, status: str) -> None:
    fit = fit_quantal(table(counts))
    assert fit.status == status
    assert fit.flags[0] == status
    assert status == "ok" or fit.message


def test_an_open_end_is_the_dose_itself() -> None:
    limits = fit_quantal(table([0, 0, 8, 8, 8])).ed(50).limits
    assert (limits.low, limits.high, limits.bounds) == (10.0, 20.0, "open")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"link": "probitt"}, "Did you mean 'probit'"),
        ({"level": 95}, "Did you mean 0.95"),
        ({"natural_response": 1.2}, "a proportion from 0"),
        ({"method": "firth", "natural_response": "estimate"}, "no natural response"),
        ({"convention": "ecotox", "natural_response": 0.1}, "no natural response"),
        ({"convention": "litchfield-wilcoxon", "link": "logit"}, "probit line"),
    ],
)
def test_wrong_options_end_in_a_sentence(call: Any, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        fit_quantal(table([1, 2, 4, 6, 8]), **call)


@pytest.mark.parametrize("percent", [0, 100, -1, 150])
def test_an_effect_outside_0_to_100_is_refused(percent: float) -> None:
    with pytest.raises(OptionError, match="above 0 and below 100"):
        fit_quantal(table([1, 2, 4, 6, 8])).ed(percent)


def test_no_dose_above_zero() -> None:
    with pytest.raises(DataError, match="no dose above 0"):
        fit_quantal(QuantalData([0, 0], [8, 8], [0, 1]))


def test_every_problem_of_the_arrays_is_told() -> None:
    with pytest.raises(DataError) as caught:
        QuantalData([-1, np.inf, 5], [8, 8.5, 8], [1, 2, 9])
    codes = {p.code for p in caught.value.problems}
    assert codes == {
        "dose-negative", "dose-not-finite", "n-not-whole", "affected-exceeds-n",
    }  # fmt: skip


def test_calibrated_limits_cover_at_the_estimate() -> None:
    from isobole.doseresponse._design_tables import all_tables, curve_probabilities

    data = QuantalData([5, 10, 20, 40], [6] * 4, [1, 2, 4, 6])
    fit = fit_quantal(data, heterogeneity="none")
    a, b = fit.intercept.estimate, fit.slope.estimate
    assert not isinstance(a, Missing)
    assert not isinstance(b, Missing)
    tables = all_tables([6] * 4)
    x = np.log10(data.dose)
    weights = curve_probabilities(tables, np.full(4, 6.0), "probit", x, a, b)
    many = fit_many(data.dose, 6, tables)
    plain = float(weights[many.limits.contains(-a / b)].sum())
    assert plain < 0.95
    calibrated, nominal = fit.ed(50, interval="calibrated"), fit.ed(50)
    assert calibrated.low is not None
    assert nominal.low is not None
    assert calibrated.low < nominal.low


def two(drug: str) -> Any:
    doses = {"td": [50.0, 100, 200], "ed": [5.0, 10, 20]}[drug]
    return fit_quantal(QuantalData(doses, [8] * 3, [1, 4, 7], unit="mg/kg", curve=drug))


def test_protective_index_by_hand() -> None:
    td, ed = two("td"), two("ed")
    pi = protective_index(td, ed)
    se = math.hypot(td.ed(50).log10_se, ed.ed(50).log10_se)
    assert pi.value == pytest.approx(10)
    assert pi.low == pytest.approx(10 / 10 ** (1.959963984540054 * se))
    swapped = protective_index(ed, td)
    assert swapped.value == pytest.approx(1 / 10)
    assert swapped.high == pytest.approx(1 / pi.low)


def test_indices_without_a_standard_error_say_why() -> None:
    step = fit_quantal(
        QuantalData([5, 10, 20], [8] * 3, [0, 0, 8], unit="mg/kg", curve="step")
    )
    for index in (
        protective_index(two("td"), step),
        threshold_increase(step, two("td")),
    ):
        assert isinstance(index.value, Missing)
        assert "step" in index.value.reason


def test_ratios_refuse_mixed_units() -> None:
    acid = fit_quantal(QuantalData([5, 10, 20], [8] * 3, [1, 4, 7], unit="mg/kg acid"))
    with pytest.raises(DataError, match="different units"):
        protective_index(two("td"), acid)


LITTERS = QuantalData(
    np.repeat([5.0, 10, 20, 40], 4),
    [4] * 16,
    [0, 0, 2, 0, 0, 3, 1, 0, 4, 1, 4, 3, 4, 4, 2, 4],
    litter=[f"L{i}" for i in range(16)],
    unit="mg/kg",
)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("cluster", ["auto", "random-intercept", "bootstrap"])
def test_clustered_rows_are_fitted_as_such(link: Any, cluster: Any) -> None:
    fit = fit_quantal(LITTERS, link=link, cluster=cluster)
    plain = fit_quantal(LITTERS, link=link, independent=True, heterogeneity="none")
    assert fit.clusters is not None
    assert "16 litters" in str(fit.clusters)
    wide, narrow = fit.ed(50), plain.ed(50)
    assert wide.low is not None
    assert narrow.low is not None
    assert wide.low < narrow.low
    json.dumps(encode(fit.to_dict((16, 50, 84))), allow_nan=False)
    assert "litter" in str(fit)
    assert [p.code for p in plain.problems] == ["clusters-ignored"]
    assert "independent" in str(plain)


def test_separated_litters_say_that_the_limits_ignore_them() -> None:
    data = QuantalData([5, 5, 10, 10, 20, 20], [4] * 6, [0, 0, 0, 0, 4, 4],
                       litter=list("abcdef"))  # fmt: skip
    fit = fit_quantal(data)
    assert fit.status == "separated"
    assert [p.code for p in fit.problems] == ["clusters-not-fitted"]


@pytest.mark.parametrize(
    "options",
    [{"convention": "sas"}, {"method": "firth"}, {"natural_response": "estimate"}],
)
def test_options_for_independent_animals_are_refused_for_clusters(options: Any) -> None:
    with pytest.raises(OptionError, match="independent=True"):
        fit_quantal(LITTERS, **options)
    assert fit_quantal(LITTERS, independent=True, **options).clusters is None


@pytest.mark.parametrize(
    ("doses", "n", "counts", "value", "between"),
    [
        ([0, 10, 20, 40], [20, 8, 8, 8], [5, 2, 6, 8], 20.0, None),
        ([0, 5, 10, 20, 40], [20, 8, 8, 8, 8], [5, 2, 2, 8, 8], None, "10 and 20"),
    ],
)
def test_a_step_above_natural_response_stands_where_it_stands(
    doses: Any, n: Any, counts: Any, value: float | None, between: str | None
) -> None:
    fit = fit_quantal(QuantalData(doses, n, counts), natural_response="estimate")
    estimate = fit.ed(50)
    if value is not None:
        assert estimate.value == value
        assert "natural response alone below it" in fit.message
    else:
        assert isinstance(estimate.value, Missing)
        assert f"between {between}" in estimate.value.reason


def test_abbott_with_every_control_affected_is_refused() -> None:
    data = QuantalData([0, 5, 10, 20], [8] * 4, [8, 6, 7, 8])
    with pytest.raises(DataError, match="Every control responded"):
        fit_quantal(data, natural_response="estimate", convention="epa")


@pytest.mark.parametrize(
    ("convention", "words"),
    [
        (None, "jointly with the curve"),
        ("spss", "treated groups alone"),
        ("epa", "by Abbott's formula before"),
    ],
)
def test_methods_say_how_natural_response_was_handled(
    convention: Any, words: str
) -> None:
    data = QuantalData([0, 10, 20, 30, 50], [359, 70, 70, 50, 50], [7, 22, 38, 38, 48])
    fit = fit_quantal(data, natural_response="estimate", convention=convention)
    assert words in fit.blocks()[-1].text  # type: ignore[union-attr]
