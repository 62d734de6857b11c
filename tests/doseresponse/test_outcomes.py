"""Outcome distributions: the printed shares again, and a loop of separate fits."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import binom, norm

from isobole.doseresponse._design import Curve
from isobole.doseresponse._outcomes import outcome_distribution
from isobole.results import (
    DataError,
    Missing,
    NotComputable,
    OptionError,
    blocks_to_html,
    encode,
)

TOL_PRINTED = 0.0006  # a printed 0.128 or 12.8 %, rounding included
TOL_LOOP = 1e-6


def centred(count, spacing, ed50=20.0):
    """Doses evenly spaced on the log scale, the true ED50 in the middle."""
    return ed50 * 10 ** (spacing * (np.arange(count) - (count - 1) / 2))


# --- shares that are quoted elsewhere ------------------------------------------------


@pytest.mark.parametrize(
    ("spacing", "share"),
    [(0.1, 0.0094), (0.15, 0.1256), (0.2, 0.4032), (np.log10(2), 0.8796)],
)
def test_share_without_a_finite_slope_depends_on_the_spacing(spacing, share):
    found = outcome_distribution(centred(5, spacing), 8, (20, 8), intervals=())
    assert found.no_finite_slope == pytest.approx(share, abs=5e-5)


# The designs behind the table of coverages in the method notes. It prints "5x8, slope
# 8, centred" without the doses: its digits are those of doses a factor sqrt(2) apart
# (0.1505 log10, hence 12.8 % where 0.15 gives 12.6 %), with expected information for
# delta and Fieller, which are conditional on a finite slope. Slope 4 is five doses over
# an eightfold range. The notes admit either sign of the slope for the likelihood, this
# room only rising curves: for the true log ED in these designs the two sets differ in
# tables with less than 1e-4 probability, so the digits are the same. The rows
# of other sizes (4x8, 3x8, 4x10, "near top") name neither doses nor ED50 and are not
# centred designs of even spacing; they are not reproduced here.
PRINTED = [
    # doses, spacing, n, slope: no finite slope, likelihood, delta, Fieller
    (5, np.log10(8) / 4, 8, 4, 0.023, 0.939, 0.928, 0.963),
    (5, np.log10(2) / 2, 8, 8, 0.128, 0.941, 0.909, 0.972),
    (5, np.log10(2) / 2, 6, 8, 0.219, 0.932, 0.926, 0.980),
]


@pytest.mark.parametrize("row", PRINTED)
def test_coverage_reproduces_the_printed_rows(row):
    count, spacing, n, slope, lost, likelihood, delta, fieller = row
    found = outcome_distribution(
        centred(count, spacing), n, (20, slope), information="expected"
    )
    assert found.no_finite_slope == pytest.approx(lost, abs=TOL_PRINTED)
    by_kind = {c.interval: c for c in found.coverage}
    # An ED50 exactly on a tested dose is outside the open limits of step tables.
    assert by_kind["likelihood"].unconditional == pytest.approx(
        likelihood, abs=TOL_PRINTED
    )
    assert by_kind["delta"].conditional == pytest.approx(delta, abs=TOL_PRINTED)
    assert by_kind["fieller"].conditional == pytest.approx(fieller, abs=TOL_PRINTED)
    assert by_kind["fieller"].unbounded == pytest.approx(0, abs=TOL_PRINTED)
    for kind in ("delta", "fieller"):
        absent = by_kind[kind].absent
        assert absent == pytest.approx(found.no_finite_slope, abs=1e-9)
        assert by_kind[kind].unconditional == pytest.approx(
            by_kind[kind].conditional * (1 - absent)
        )


# --- a second opinion: 64 tables, one generic fit each --------------------------------


def slow_study(doses, n, ed50, slope, percent):
    """Shares and coverage by a loop over tables with generic optimisers."""
    x = np.log10(doses)
    mid = x.mean()
    q, cut = norm.ppf(percent / 100), 3.841458820694124
    p = norm.cdf(slope * (x - np.log10(ed50)))
    truth = np.log10(ed50) + q / slope
    sums = dict.fromkeys(("lost", "estimate", "likelihood", "delta", "fieller"), 0.0)

    def loss(eta, r):
        return -(r * norm.logcdf(eta) + (n - r) * norm.logsf(eta)).sum()

    for t in itertools.product(range(n + 1), repeat=len(x)):
        r = np.array(t)
        weight = binom.pmf(r, n, p).prod()
        hit, spared = x[r > 0], x[r < n]
        split = (
            hit.size == 0
            or spared.size == 0
            or spared.max() <= hit.min()
            or hit.max() <= spared.min()
        )
        if split:
            top = sum(
                k * np.log(k / n) * (k > 0) + (n - k) * np.log((n - k) / n) * (k < n)
                if 0 < k < n
                else 0.0
                for k in t
            )
            sums["lost"] += weight
        else:
            options = {"xatol": 1e-10, "fatol": 1e-13, "maxiter": 9000, "maxfev": 9000}
            best = minimize(
                lambda u, r=r: loss(u[0] + u[1] * (x - mid), r),
                [0.0, 1.0],
                method="Nelder-Mead",
                options=options,
            )
            top, (a, b) = -best.fun, best.x
            if b > 1e-6:
                sums["estimate"] += weight
            eta = a + b * (x - mid)
            f = norm.pdf(eta)
            w = n * f * f / (norm.cdf(eta) * norm.sf(eta))
            z = x - mid
            v = np.linalg.inv(
                [[w.sum(), (w * z).sum()], [(w * z).sum(), (w * z * z).sum()]]
            )
            m = truth - mid
            line = v[0, 0] + 2 * m * v[0, 1] + m * m * v[1, 1]
            sums["fieller"] += weight * ((a + b * m - q) ** 2 <= cut * line)
            if abs(b) > 1e-6:
                k = (q - a) / b
                se = np.sqrt(v[0, 0] + 2 * k * v[0, 1] + k * k * v[1, 1]) / abs(b)
                sums["delta"] += weight * (abs(k - m) <= np.sqrt(cut) * se)
        along = [
            minimize_scalar(
                lambda s, r=r: loss(q + s * (x - truth), r),
                bounds=span,
                method="bounded",
                options={"xatol": 1e-9},
            ).fun
            for span in ((0, 5), (0, 40), (0, 400))
        ]
        along.append(loss(np.full(len(x), q), r))
        sums["likelihood"] += weight * (2 * (top + min(along)) <= cut)
    return sums


@pytest.mark.parametrize("percent", [50, 80])
def test_a_loop_of_separate_fits_gives_the_same_shares(percent):
    doses, n, ed50, slope = [5.0, 11.0, 20.0], 3, 9.0, 3.0
    expected = slow_study(doses, n, ed50, slope, percent)
    found = outcome_distribution(
        doses, n, (ed50, slope), percent=percent, information="expected"
    )
    assert found.no_finite_slope == pytest.approx(expected["lost"], abs=TOL_LOOP)
    assert 1 - found.no_estimate == pytest.approx(expected["estimate"], abs=TOL_LOOP)
    by_kind = {c.interval: c.unconditional for c in found.coverage}
    assert by_kind["likelihood"] == pytest.approx(expected["likelihood"], abs=TOL_LOOP)
    assert by_kind["fieller"] == pytest.approx(expected["fieller"], abs=TOL_LOOP)


def test_a_loop_of_separate_fits_gives_the_same_delta_coverage():
    # Flat and nearly flat tables have a delta interval of astronomic width; they are
    # told apart only by rounding, so the design avoids exact ties.
    doses, n, ed50, slope = [5.0, 11.0, 20.0], [3, 3, 3], 9.0, 3.0
    found = outcome_distribution(doses, n, (ed50, slope), information="expected")
    expected = slow_study(doses, 3, ed50, slope, 50)
    flat = sum(
        binom.pmf([k] * 3, 3, norm.cdf(3 * (np.log10(doses) - np.log10(9)))).prod()
        for k in (1, 2)
    )
    assert found.interval("delta").unconditional == pytest.approx(
        expected["delta"], abs=flat + TOL_LOOP
    )


# --- laws ---------------------------------------------------------------------------


def test_shares_add_up_and_the_unit_is_only_a_name():
    doses = centred(4, 0.2)
    mg = outcome_distribution(doses, 8, (20, 6), unit="mg/kg")
    ug = outcome_distribution(doses * 1000, 8, (20_000, 6))
    assert sum(share for _, share in mg.statuses) == pytest.approx(1)
    assert mg.no_estimate == pytest.approx(ug.no_estimate, abs=1e-9)
    for ours, theirs in zip(mg.coverage, ug.coverage, strict=True):
        assert ours.unconditional == pytest.approx(theirs.unconditional, abs=1e-9)
        assert ours.median_fold == pytest.approx(theirs.median_fold, rel=1e-6)
    assert mg.bootstrap_interval.low * 1000 == pytest.approx(ug.bootstrap_interval.low)


def test_mirrored_doses_mirror_the_limits():
    found = outcome_distribution([10, 14, 20, 28], 8, (15, 8))
    mirror = outcome_distribution([100 / 28, 5, 100 / 14, 10], 8, (100 / 15, 8))
    ours, theirs = found.interval("likelihood"), mirror.interval("likelihood")
    assert ours.unbounded_low == pytest.approx(theirs.unbounded_high, abs=1e-9)
    assert ours.unconditional == pytest.approx(theirs.unconditional, abs=1e-9)


def test_the_order_of_the_doses_does_not_matter():
    rising = outcome_distribution([10, 20, 40], [8, 6, 4], (20, 5))
    mixed = outcome_distribution([40, 10, 20], [4, 8, 6], (20, 5))
    assert rising.to_dict() == mixed.to_dict()


def test_a_large_design_is_sampled_and_says_so():
    doses = centred(6, 0.15)
    found = outcome_distribution(doses, 12, (20, 6), seed=11, samples=4000)
    again = outcome_distribution(doses, 12, (20, 6), seed=11, samples=4000)
    assert found.sampled
    assert found.seed == 11
    assert found.to_dict() == again.to_dict()
    assert "4,000 were drawn with seed 11" in found.computed
    assert found.standard_error(0.5) == pytest.approx(0.5 / np.sqrt(4000))


def test_sampling_agrees_with_enumeration(monkeypatch):
    from isobole.doseresponse import _outcomes

    exact = outcome_distribution(centred(4, 0.15), 8, (20, 8))
    keep = _outcomes.tables_and_weights
    monkeypatch.setattr(
        _outcomes, "tables_and_weights", lambda *a, **k: keep(*a, **k, limit=10)
    )
    drawn = outcome_distribution(centred(4, 0.15), 8, (20, 8), samples=40_000)
    assert drawn.sampled
    assert not exact.sampled
    assert drawn.no_finite_slope == pytest.approx(exact.no_finite_slope, abs=0.007)
    for ours, theirs in zip(drawn.coverage, exact.coverage, strict=True):
        assert ours.unconditional == pytest.approx(theirs.unconditional, abs=0.007)


def test_a_fitted_curve_can_be_the_truth():
    class Fit:
        intercept, slope, link = -6.0, 5.2, "logit"

    found = outcome_distribution([5, 10, 20, 40], 8, Fit())
    assert found.curve.ed50 == pytest.approx(10 ** (6 / 5.2))
    assert found.link == "logit"
    wrong = outcome_distribution([5, 10, 20, 40], 8, Fit(), link="cloglog")
    assert (wrong.link, wrong.curve.link) == ("cloglog", "logit")

    class Split(Fit):
        slope = Missing("the data are separated")

    with pytest.raises(NotComputable, match=r"separated.*Assume a curve"):
        outcome_distribution([5, 10, 20, 40], 8, Split())

    class Falling(Fit):
        slope = -3.0

    with pytest.raises(NotComputable, match="does not rise"):
        outcome_distribution([5, 10, 20, 40], 8, Falling())


def test_a_hopeless_design_is_told_and_not_refused():
    found = outcome_distribution([1000, 2000, 4000], 4, (1, 8))
    assert found.status("all-affected") == pytest.approx(1)
    assert found.quantiles == ()
    assert isinstance(found.interval("delta").conditional, Missing)
    assert found.bootstrap_interval.low is None
    assert "Warning" in str(found)
    json.dumps(encode(found.to_dict()), allow_nan=False)


def test_every_problem_of_a_design_is_collected():
    with pytest.raises(DataError) as caught:
        outcome_distribution([5, 5, -1, np.nan], [8, 0, 7.5, 8], (14, 6))
    codes = {problem.code for problem in caught.value.problems}
    assert codes == {"dose-repeated", "dose-not-positive", "n-not-whole"}
    assert all(problem.remedy for problem in caught.value.problems)
    with pytest.raises(DataError, match="two doses"):
        outcome_distribution([5], 8, (14, 6))
    with pytest.raises(DataError, match="one n for all doses"):
        outcome_distribution([5, 10], [8, 8, 8], (14, 6))
    with pytest.raises(DataError, match="not a number"):
        outcome_distribution(["five", 10], 8, (14, 6))


def test_a_curve_that_cannot_be_is_refused_with_the_remedy():
    with pytest.raises(DataError, match="slope is 0") as caught:
        outcome_distribution([5, 10], 8, (-1, 0))
    assert len(caught.value.problems) == 2
    with pytest.raises(OptionError, match="3 values"):
        outcome_distribution([5, 10], 8, (14, 6, 1))
    with pytest.raises(OptionError, match=r"Did you mean 0\.95"):
        outcome_distribution([5, 10], 8, (14, 6), level=95)
    with pytest.raises(OptionError, match="at least 100"):
        outcome_distribution([5, 10], 8, (14, 6), samples=5)


def test_curve_says_what_its_slope_means():
    assert Curve(14, 6).dose_ratio() == pytest.approx(10 ** (2 / 6))
    assert Curve(14, 6).log_ed(50) == pytest.approx(np.log10(14))
    assert Curve(14, 6, "cloglog").log_ed(50) == pytest.approx(np.log10(14))


def test_every_quoted_share_stands_beside_its_design():
    found = outcome_distribution([10, 14, 20, 28, 40], 8, (20, 8), unit="mg/kg")
    for text in (repr(found), str(found), blocks_to_html(found.blocks())):
        assert "10, 14, 20, 28, 40 mg/kg with 8 animals each" in text
        assert "slope 8 probits per tenfold dose" in text
    assert "\n" not in repr(found)
    steps = []
    outcome_distribution(
        [10, 20, 40], 4, (20, 4), progress=lambda done, of: steps.append((done, of))
    )
    assert steps == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_the_figure_is_drawn_with_the_counts_it_shows():
    found = outcome_distribution([10, 14, 20, 28, 40], 8, (20, 8), unit="mg/kg")
    axes = found.plot().axes[0]
    assert "mg/kg" in axes.get_xlabel()
    heights = axes.patches[0].get_data().values
    assert heights.sum() == pytest.approx(100 * (1 - found.no_estimate), abs=1e-6)


def test_words_of_the_figure_stand_on_no_bar():
    found = outcome_distribution([5, 10, 20, 40], 8, (14, 6))
    figure = found.plot()
    figure.draw_without_rendering()
    (axes,) = figure.axes
    (word,) = axes.texts
    bottom = axes.transData.inverted().transform(word.get_window_extent())[0, 1]
    assert bottom > axes.patches[0].get_data().values.max()
    assert axes.get_title() == "Without an estimate, not drawn: 33.9 %"
    # Shallow curves put estimates beyond the axis: the title says how many.
    found = outcome_distribution([5, 10, 20, 40], 8, (14, 1.5))
    estimates, weights = found.histogram
    beyond = weights[np.abs(estimates - np.log10(np.sqrt(200))) > np.log10(8)].sum()
    assert beyond > 0.005
    title = found.plot().axes[0].get_title()
    assert title.endswith(f"drawn at its ends: {round(100 * beyond, 1):g} %")
