"""Figures are looked at by people; here they are read back by their parts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from isobole.doseresponse import QuantalData, QuantalFit, fit_quantal
from isobole.doseresponse._curve_path import band, line_parts
from isobole.doseresponse._curve_sheet import lay_out
from isobole.doseresponse._figures import (
    curves_figure,
    draw_curves,
    draw_estimates,
    estimates_figure,
)
from isobole.doseresponse._interval_bar import estimate_words, pieces
from isobole.doseresponse._paper import dose_ticks
from isobole.doseresponse._placement import Placer, text_size
from isobole.results import (
    DataError,
    Estimate,
    Limits,
    Missing,
    OptionError,
    figure_to_svg,
    save_figure,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "dose_response.json"
CASES = {c["id"]: c for c in json.loads(REFERENCE.read_text("utf-8"))["cases"]}
EDGES = sorted(name for name in CASES if name.startswith("edge_"))
DOSES = ["5", "7", "10", "20", "30"]
PERCENTS = {str(p) for p in (1, 5, 10, 16, 30, 50, 70, 84, 90, 95, 99, 100)}
FINNEY = ("rotenone", "deguelin", "mixture_1to1")


def data_of(case: str, group: str | None = None, **columns: Any) -> QuantalData:
    rows = [
        row for row in CASES[case]["data"] if group is None or row["group"] == group
    ]
    columns = {"unit": "mg/kg", "curve": group, **columns}
    return QuantalData(
        [row["dose"] for row in rows],
        [row["n"] for row in rows],
        [row["affected"] for row in rows],
        **columns,
    )


def finney() -> list[QuantalFit]:
    name = "finney_rotenone_deguelin_mixture"
    return [fit_quantal(data_of(name, group, unit="mg/L")) for group in FINNEY]


def texts(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def one_text(figure: Any) -> str:
    return " ".join(texts(figure))


def markers(figure: Any, marker: str) -> list[Any]:
    return [line for line in figure.axes[0].lines if line.get_marker() == marker]


def drawn(figure: Any) -> str:
    return figure_to_svg(figure, prefix="f", title="t", description="d")


@pytest.mark.parametrize("link", ["probit", "logit", "cloglog"])
@pytest.mark.parametrize("case", EDGES)
def test_every_status_is_drawn(case: str, link: Any) -> None:
    fit = fit_quantal(data_of(case), link=link)
    figure = draw_curves([fit])
    assert drawn(figure).startswith("<svg")
    _, n, r = fit.data.groups
    counts = [f"{a}/{b}" for a, b in zip(r, n, strict=True)]
    assert [text for text in texts(figure) if text in counts]
    assert all(count in texts(figure) for count in counts)
    if fit.status != "ok":
        assert fit.messages[0].split(".")[0][:40] in one_text(figure)
    has_line = not isinstance(fit.slope.estimate, Missing)
    assert bool(figure.axes[0].collections) == has_line


@pytest.mark.parametrize("case", EDGES)
def test_the_block_says_what_the_picture_shows(case: str) -> None:
    fit = fit_quantal(data_of(case))
    block = curves_figure([fit])
    assert estimate_words(fit.ed(50)) in block.alt
    assert len(block.table.rows) == fit.data.groups[0].size
    assert block.table.columns[1] == "dose (mg/kg)"
    str(block.table)
    block.table.to_html()
    assert drawn(block.draw()) == drawn(draw_curves([fit]))


def test_points_without_a_probit_are_open_triangles() -> None:
    figure = draw_curves([fit_quantal(data_of("edge_complete_separation"))])
    for marker, doses in (("v", [5, 10]), ("^", [20, 40])):
        found = markers(figure, marker)
        assert [float(line.get_xdata()[0]) for line in found] == pytest.approx(doses)
        assert all(line.get_markerfacecolor() == "white" for line in found)
    assert not markers(figure, "D")
    assert "ED50 between 10 and 20 mg/kg (95 % likelihood)" in texts(figure)


def test_axes_of_log_probit_paper() -> None:
    figure = draw_curves([fit_quantal(data_of("mice8_typical", endpoint="protected"))])
    axes = figure.axes[0]
    assert axes.get_xlabel() == "Dose (mg/kg)"
    assert [t.get_text() for t in axes.get_xticklabels()] == [
        "5",
        "7",
        "10",
        "20",
        "30",
    ]
    assert [t.get_text() for t in axes.get_yticklabels()] == list("34567")
    (right,) = axes.child_axes
    assert right.get_ylabel() == "Protected (%)"
    percents = [t.get_text() for t in right.get_yticklabels()]
    assert set(
        ["1", "5", "10", "16", "30", "50", "70", "84", "90", "95", "99", "100"]
    ) <= set(percents)
    assert "ED50 12.98 [9.397, 17.41] mg/kg (95 % likelihood)" in texts(figure)


def test_a_probit_line_is_straight_and_goes_through_its_ed50() -> None:
    fit = fit_quantal(data_of("mice8_typical"))
    sheet = lay_out([fit], 50.0, 370.0)
    parts = line_parts(fit, sheet.paper)
    assert [len(x) for x, _ in parts] == [2, 2, 2]
    value = fit.ed(50).value
    assert not isinstance(value, Missing)
    x, y = parts[1]
    assert np.interp(np.log10(value), x, y) == pytest.approx(5.0)


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_other_links_bend_on_probit_paper(link: Any) -> None:
    fit = fit_quantal(data_of("mice8_typical"), link=link)
    x, y = line_parts(fit, lay_out([fit], 50.0, 370.0).paper)[1]
    assert np.abs(np.diff(y, 2)).max() > 1e-5
    assert float(np.interp(np.log10(float(fit.ed(50).value)), x, y)) == pytest.approx(
        5.0, abs=1e-3
    )


def test_the_band_is_the_likelihood_limits() -> None:
    fit = fit_quantal(data_of("mice8_typical"))
    limits = band(fit, lay_out([fit], 50.0, 370.0).paper)
    at_half = int(np.argmin(np.abs(limits.probit - 5.0)))
    expected = fit.ed(50).limits
    assert limits.probit[at_half] == pytest.approx(5.0)
    assert limits.low[at_half] == pytest.approx(expected.low)
    assert limits.high[at_half] == pytest.approx(expected.high)


def test_an_unbounded_side_fills_to_the_frame_and_ends_in_an_arrow() -> None:
    fit = fit_quantal(data_of("edge_flat"))
    paper = lay_out([fit], 50.0, 370.0).paper
    limits = band(fit, paper)
    middle = np.abs(limits.probit - 5.0) < 0.1
    assert (np.log10(limits.start[middle]) < paper.left).all()
    assert (np.log10(limits.end[middle]) > paper.right).all()
    figure = draw_curves([fit])
    assert len(markers(figure, "<")) == 1
    assert len(markers(figure, ">")) == 1
    assert "Arrow: not bounded." in one_text(figure).replace("\n", " ")


def test_a_fieller_complement_is_two_rays_and_two_wings() -> None:
    fit = fit_quantal(data_of("edge_ed50_beyond_range"), interval="fieller")
    assert fit.ed(50).set_kind == "complement"
    figure = draw_curves([fit])
    assert len(markers(figure, "|")) == 2
    assert len(figure.axes[0].collections) == 3


def test_several_curves_are_told_apart_without_colour() -> None:
    figure = draw_curves(finney(), title="Aphids")
    keys = [a for a in figure.axes[0].artists if hasattr(a, "get_marker")] or [
        line for line in figure.axes[0].lines if line.get_markevery() == [1]
    ]
    assert len({(k.get_marker(), str(k._dash_pattern)) for k in keys}) == 3
    assert figure.axes[0].get_title(loc="left") == "Aphids"
    assert "set apart in height" in one_text(figure)
    for name, fit in zip(FINNEY, finney(), strict=True):
        assert f"{name}: {estimate_words(fit.ed(50))}" in texts(figure)


def test_counts_keep_clear_of_each_other() -> None:
    figure = draw_curves(finney())
    drawn(figure)
    renderer = figure._get_renderer()
    boxes = [
        text.get_window_extent(renderer)
        for text in figure.axes[0].texts
        if "/" in text.get_text()[:5] and text.get_text()[0].isdigit()
    ]
    assert len(boxes) == sum(fit.data.groups[0].size for fit in finney())
    for i, box in enumerate(boxes):
        for other in boxes[:i]:
            assert not (
                box.x0 < other.x1 - 1
                and other.x0 < box.x1 - 1
                and box.y0 < other.y1 - 1
                and other.y0 < box.y1 - 1
            )


def test_curves_that_share_points_show_all_of_them() -> None:
    data = data_of("mice8_typical")
    fits = [fit_quantal(data.renamed(str(k))) for k in range(6)]
    sheet = lay_out(fits, 50.0, 370.0)
    first = [p for p in sheet.points if p.text == "4/8"]
    assert sorted({p.shift for p in first}) == [-17.5, -10.5, -3.5, 3.5, 10.5, 17.5]
    assert sheet.paper.rows_all == 6
    assert len(set(sheet.lanes)) == 6
    drawn(draw_curves(fits))


def test_natural_response_is_corrected_for_display_and_said() -> None:
    fit = fit_quantal(data_of("pixley_natural"), natural_response="estimate")
    figure = draw_curves([fit])
    said = one_text(figure)
    assert "Abbott's" in said
    assert "control 7/359" in said
    c = fit.solution.natural
    sheet = lay_out([fit], 50.0, 370.0)
    from scipy.special import ndtr

    corrected = (22 / 70 - c) / (1 - c)
    assert float(ndtr(sheet.points[0].probit - 5.0)) == pytest.approx(corrected)
    block = curves_figure([fit])
    assert block.table.rows[0][1:5] == (0.0, 359, 7, 1.95)
    assert block.table.rows[0][5] == pytest.approx(100 * c, abs=0.01)
    assert "Control 7/359." in block.alt


def test_control_rows_outside_the_curve_are_in_the_table() -> None:
    data = QuantalData([0, 5, 10, 20], [8] * 4, [0, 1, 4, 7])
    block = curves_figure([fit_quantal(data)])
    assert isinstance(block.table.rows[0][5], Missing)
    assert "control 0/8" in one_text(block.draw())
    assert block.draw().axes[0].get_xlabel() == "Dose"


def test_a_falling_curve_is_drawn_with_its_sentence() -> None:
    fit = fit_quantal(QuantalData([5, 10, 20, 40], [8] * 4, [8, 5, 2, 0]))
    figure = draw_curves([fit])
    assert "The response falls with dose" in one_text(figure)
    assert "a falling line" in curves_figure([fit]).alt


@pytest.mark.parametrize(
    ("doses", "counts"),
    [
        (10.0 ** np.arange(-12, -2), [0, 0, 1, 3, 7, 12, 16, 19, 20, 20]),
        ([1e6, 1.01e6, 1.02e6], [2, 10, 18]),
        ([1, 10, 100, 1000, 10000], [0, 0, 1, 19, 20]),
        ([5, 5.5], [10, 10]),
        (np.geomspace(1, 100, 40), [0] * 20 + [20] * 20),
    ],
)
def test_awkward_doses_and_counts(doses: Any, counts: Any) -> None:
    fit = fit_quantal(QuantalData(doses, [20] * len(counts), counts))
    figure = draw_curves([fit])
    drawn(figure)
    assert estimate_words(fit.ed(50)) in texts(figure)


def test_another_effect_than_one_half() -> None:
    fit = fit_quantal(data_of("mice8_typical"))
    figure = draw_curves([fit], effect=99.5)
    assert any(text.startswith("ED99.5 ") for text in texts(figure))
    assert figure.axes[0].get_ylim()[1] > 7.58


@pytest.mark.parametrize("convention", ["sas", "epa", "litchfield-wilcoxon"])
def test_conventions_are_drawn_with_their_own_limits(convention: Any) -> None:
    fit = fit_quantal(data_of("mice8_typical"), convention=convention)
    drawn(draw_curves([fit]))
    assert estimate_words(fit.ed(50)) in texts(draw_curves([fit]))


def test_bias_reduced_separated_counts() -> None:
    fit = fit_quantal(data_of("edge_complete_separation"), link="logit", method="firth")
    figure = draw_curves([fit])
    drawn(figure)
    assert estimate_words(fit.ed(50)) in texts(figure)


def test_drawing_into_given_axes() -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots(1, 2)
    assert draw_curves(finney(), ax=axes[0]) is figure
    estimate = fit_quantal(data_of("mice8_typical")).ed(50)
    assert draw_estimates([estimate], ["probit"], ax=axes[1], title="B") is figure
    drawn(figure)
    assert fit_quantal(data_of("mice8_typical")).plot() is not figure


def test_svg_is_the_same_each_time_and_keeps_text() -> None:
    first, second = drawn(draw_curves(finney())), drawn(draw_curves(finney()))
    assert first == second
    assert ">24/46</text>" in first


def test_pyplot_is_not_imported(tmp_path: Path) -> None:
    import subprocess

    code = (
        "import sys\n"
        "from isobole.doseresponse import QuantalData, fit_quantal\n"
        "import isobole.doseresponse._figures as f\n"
        "assert 'matplotlib' not in sys.modules\n"
        "fit = fit_quantal(QuantalData([5, 10, 20], [8] * 3, [1, 4, 7]))\n"
        "f.draw_curves([fit])\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_saving(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"curve.{suffix}"
    save_figure(draw_curves([fit_quantal(data_of("mice8_typical"))]), path)
    assert path.stat().st_size > 5000


def test_no_fit_mixed_units_and_a_wrong_effect_are_refused() -> None:
    with pytest.raises(OptionError, match="at least one fit"):
        draw_curves([])
    fit, other = (
        fit_quantal(data_of("mice8_typical", unit=unit)) for unit in ("mg/kg", "mA")
    )
    with pytest.raises(DataError, match="different units"):
        draw_curves([fit, other])
    with pytest.raises(OptionError):
        draw_curves([fit], effect=100)


def limits(kind: Any, low: float | None, high: float | None, bounds: Any) -> Limits:
    return Limits("likelihood", 0.95, kind, low, high, bounds)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (limits("interval", 10, 20, "open"), [(1, 1.301, "open", "open")]),
        (limits("interval", 10, 20, "low-open"), [(1, 1.301, "open", "cap")]),
        (limits("ray", None, 20, "closed"), [(0, 1.301, "arrow", "cap")]),
        (limits("ray", 10, None, "open"), [(1, 2, "open", "arrow")]),
        (limits("ray", 1e5, None, "closed"), [(1.92, 2, "cut", "arrow")]),
        (limits("ray", None, 1e-5, "closed"), [(0, 0.08, "arrow", "cut")]),
        (limits("line", None, None, "closed"), [(0, 2, "arrow", "arrow")]),
        (limits("interval", 0.1, 1e4, "closed"), [(0, 2, "arrow", "arrow")]),
        (
            limits("complement", 10, 20, "closed"),
            [(0, 1, "arrow", "cap"), (1.301, 2, "cap", "arrow")],
        ),
        (limits("empty", None, None, "closed"), []),
        (limits(None, None, None, "closed"), []),
    ],
)
def test_every_shape_of_set_is_cut_to_the_frame(
    made: Limits, expected: list[tuple[float, float, str, str]]
) -> None:
    found = pieces(made, 0.0, 2.0)
    assert len(found) == len(expected)
    for piece, (start, end, left, right) in zip(found, expected, strict=True):
        assert (piece.start, piece.end) == pytest.approx((start, end), abs=1e-3)
        assert (piece.start_mark, piece.end_mark) == (left, right)


ABSENT = Missing("no curve.")


@pytest.mark.parametrize(
    ("value", "made", "words"),
    [
        (12.0, limits("interval", 10, 20, "closed"), "12 [10, 20] mA"),
        (12.0, limits("line", None, None, "closed"), "12 mA, limits exclude nothing"),
        (12.0, limits("complement", 1, 5, "closed"), "12 mA, ≤ 1 or ≥ 5 mA"),
        (ABSENT, limits("interval", 10, 20, "open"), "between 10 and 20 mA"),
        (ABSENT, limits("ray", 10, None, "open"), "above 10 mA"),
        (ABSENT, limits("ray", None, 10, "open"), "below 10 mA"),
        (
            ABSENT,
            limits("empty", None, None, "closed"),
            "not estimated, no value within the limits",
        ),
    ],
)
def test_an_estimate_in_words(value: float | Missing, made: Limits, words: str) -> None:
    unit = data_of("mice8_typical", unit="mA").unit
    estimate = Estimate("ED50", value, made, unit=unit)
    assert estimate_words(estimate) == f"ED50 {words} (95 % likelihood)"


def comparison() -> tuple[list[Estimate], list[str]]:
    mice = fit_quantal(data_of("mice8_typical"))
    far = fit_quantal(data_of("edge_ed50_beyond_range"))
    step = fit_quantal(data_of("edge_complete_separation"))
    return (
        [mice.ed(50), far.ed(50), far.ed(50, interval="fieller"), step.ed(50)],
        ["mice", "far, likelihood", "far, Fieller", "separated"],
    )


def test_estimates_side_by_side() -> None:
    estimates, labels = comparison()
    figure = draw_estimates(estimates, labels)
    axes = figure.axes[0]
    assert [t.get_text() for t in axes.get_yticklabels()] == labels
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    assert axes.get_xlabel() == "ED50 (mg/kg)"
    assert texts(figure)[0] == "12.98 [9.397, 17.41] mg/kg"
    assert len(markers(figure, "D")) == 3
    assert len(markers(figure, "<")) == 1
    block = estimates_figure(estimates, labels, title="Methods")
    assert drawn(block.draw()) == drawn(figure)
    assert "separated: ED50 between 10 and 20 mg/kg" in block.alt
    assert len(block.table.rows) == 4
    str(block.table)


def test_estimates_without_a_number_are_drawn() -> None:
    flat = fit_quantal(data_of("edge_all_none")).ed(50, interval="fieller")
    assert flat.set_kind is None
    drawn(draw_estimates([flat], ["none"]))


@pytest.mark.parametrize("count", [0, 2])
def test_one_label_for_each_estimate(count: int) -> None:
    estimates, _ = comparison()
    with pytest.raises(OptionError, match="one label for each"):
        draw_estimates(estimates[:count], ["a"])


def test_estimates_in_different_units_are_refused() -> None:
    make: Callable[[str], Estimate] = lambda unit: fit_quantal(  # noqa: E731
        data_of("mice8_typical", unit=unit)
    ).ed(50)
    with pytest.raises(DataError, match="mg/kg"):
        draw_estimates([make("mg/kg"), make("mg/kg salt")], ["a", "b"])


@pytest.mark.parametrize("left", [-9.0, -0.3, 0.0, 1.7, 5.5])
@pytest.mark.parametrize("span", [0.02, 0.1, 0.3, 0.7, 1.0, 2.0, 4.0, 9.0, 30.0])
def test_dose_ticks_are_few_and_inside(left: float, span: float) -> None:
    ticks = dose_ticks(left, left + span)
    assert 2 <= len(ticks) <= 9
    assert ticks == sorted(set(ticks))
    assert left - 1e-9 <= np.log10(ticks[0])
    assert np.log10(ticks[-1]) <= left + span + 1e-9


def test_labels_find_room() -> None:
    placer = Placer((0.0, 0.0, 200.0, 200.0))
    placer.block((96.0, 96.0, 104.0, 104.0), 20.0)
    first = placer.place(100.0, 100.0, "4/8", 7)
    assert first[2] is False
    second = placer.place(100.0, 100.0, "5/8", 7)
    width, height = text_size("4/8")
    apart = abs(first[0] - second[0]) >= width or abs(first[1] - second[1]) >= height
    assert apart
    corner = placer.place(199.0, 1.0, "6/8", 7)
    assert corner[0] < 0
    assert corner[1] >= 0
