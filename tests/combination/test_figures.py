"""Figures are looked at by people; here they are read back by their parts."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Polygon

from isobole.combination import CombinationData, analyze_combination
from isobole.combination._figure_page import Room
from isobole.combination._figures import (
    draw_isobologram,
    draw_isobolograms,
    draw_polygonogram,
    draw_type_two,
    isobologram_figure,
    isobolograms_figure,
    polygonogram_figure,
    polygonogram_table,
    type_two_figure,
)
from isobole.combination._interaction import Interaction
from isobole.combination._isobole_ink import ELLIPSE_POINTS
from isobole.combination._isobole_sheet import Sheet, lay_out, ratio_words, stretches
from isobole.combination._potency_shift import potency_shift
from isobole.combination._shift_result import PotencyShift
from isobole.combination._type_two_sheet import lay_out_shift
from isobole.results import (
    Limits,
    Missing,
    OptionError,
    figure_to_svg,
    new_figure,
    save_figure,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "dose_response.json"
CASES = {c["id"]: c for c in json.loads(REFERENCE.read_text("utf-8"))["cases"]}
ALONE = {"rotenone": [(1.0, 0.0)], "deguelin": [(0.0, 1.0)]}
MOUSE_A, MOUSE_B, MOUSE_M = (1, 3, 5, 7), (1, 2, 5, 7), (1, 3, 6, 7)


@cache
def finney(*shares: tuple[float, float], **options: Any) -> tuple[Interaction, ...]:
    rows, n, affected = [], [], []
    for row in CASES["finney_rotenone_deguelin_mixture"]["data"]:
        for share in ALONE.get(row["group"], shares):
            rows.append([row["dose"] * part for part in share])
            n.append(row["n"])
            affected.append(row["affected"])
    data = CombinationData(["rotenone", "deguelin"], rows, n, affected, unit="mg/L")
    return analyze_combination(data, **options).interactions


@cache
def mouse(
    a: tuple[int, ...] = MOUSE_A,
    b: tuple[int, ...] = MOUSE_B,
    mixed: tuple[int, ...] = MOUSE_M,
    total: tuple[float, ...] = (30, 45, 67, 100),
    drugs: tuple[str, str] = ("valproate", "magnesium"),
    **options: Any,
) -> Interaction:
    """Three arms of 4 doses with 8 mice each; mixture 4:1."""
    rows = [[d, 0.0] for d in (50, 75, 112, 168)]
    rows += [[0.0, d] for d in (10, 15, 22, 33)]
    rows += [[0.8 * d, 0.2 * d] for d in total]
    data = CombinationData(
        drugs, rows, [8] * 12, [*a, *b, *mixed], unit="mg/kg salt", endpoint="protected"
    )
    options = {"draws": 0, "null": "loewe", **options}
    return analyze_combination(data, **options).interactions[0]


EDGES: dict[str, dict[str, Any]] = {
    "wide": {"a": (1, 3, 4, 6), "b": (2, 3, 3, 5), "mixed": (2, 2, 5, 6)},
    "single separated": {"b": (0, 0, 8, 8)},
    "both singles separated": {"a": (0, 0, 8, 8), "b": (0, 8, 8, 8)},
    "mixture separated": {"mixed": (0, 0, 8, 8)},
    "single unreached": {"b": (0, 0, 1, 1)},
    "single inactive": {"b": (0, 0, 0, 0)},
    "single all affected": {"b": (8, 8, 8, 8)},
    "single falling": {"b": (6, 4, 3, 1)},
    "mixture none": {"mixed": (0, 0, 0, 0)},
    "mixture all": {"mixed": (8, 8, 8, 8)},
    "mixture flat": {"mixed": (3, 3, 3, 3)},
    "strongly synergistic": {"total": (10, 15, 22, 33)},
    "antagonistic": {"total": (100, 150, 225, 340)},
}


@cache
def shift(
    fixed: tuple[tuple[float, tuple[int, ...]], ...] = ((40, (1, 3, 6, 7)),),
    own: tuple[tuple[float, int], ...] = ((40, 0),),
    alone: tuple[int, ...] = MOUSE_A,
    **options: Any,
) -> PotencyShift:
    rows = [[d, 0.0] for d in (150, 200, 250, 300)]
    affected = [*alone]
    for level, counts in fixed:
        rows += [[d, level] for d in (100, 150, 200, 250)]
        affected += counts
    for level, count in own:
        rows.append([0, level])
        affected.append(count)
    data = CombinationData(
        ["valproate", "magnesium"], rows, [8] * len(rows), affected, unit="mg/kg"
    )
    return potency_shift(data, **options)


SHIFTS: dict[str, dict[str, Any]] = {
    "one": {},
    "two": {"fixed": ((20, (0, 3, 5, 7)), (40, (2, 4, 7, 8))), "own": ()},
    "separated": {"fixed": ((40, (0, 0, 8, 8)),)},
    "none over": {"fixed": ((40, (0, 0, 0, 0)),)},
    "all over": {"fixed": ((40, (8, 8, 8, 8)),)},
    "weaker": {"fixed": ((40, (0, 0, 2, 3)),)},
    "alone separated": {"alone": (0, 0, 8, 8)},
    "own protects": {"own": ((40, 0), (80, 5), (160, 8))},
    "delta": {"interval": "log-delta"},
    "common": {"slopes": "common"},
}


def drawn(figure: Any) -> str:
    return figure_to_svg(figure, prefix="f", title="t", description="d")


def texts(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def one_text(figure: Any) -> str:
    return " ".join(texts(figure))


def inside(ax: Any, x: float, y: float) -> bool:
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    return bool(left <= x <= right and low <= y <= high)


def at(figure: Any, marker: str, *, hollow: bool = False) -> list[tuple[float, float]]:
    found = []
    for line in figure.axes[0].lines:
        if line.get_marker() == marker and len(line.get_xdata()) == 1:
            white = str(line.get_markerfacecolor()) == "white"
            if white == hollow:
                found.append((float(line.get_xdata()[0]), float(line.get_ydata()[0])))
    return found


@pytest.mark.parametrize("case", EDGES)
def test_every_state_of_the_arms_is_drawn(case: str) -> None:
    found = mouse(**EDGES[case])
    figure = isobologram_figure(found)
    assert drawn(figure.draw())
    assert found.verdict.word in figure.alt
    assert len(figure.table.rows) >= 4
    for row in figure.table.rows:
        assert not any(isinstance(c, float) and not np.isfinite(c) for c in row)


def test_the_points_stand_where_the_numbers_say() -> None:
    found = finney((0.2, 0.8))[0]
    figure = draw_isobologram(found)
    assert at(figure, "o") == [(found.single[0].value, 0.0)]
    assert at(figure, "s") == [(0.0, found.single[1].value)]
    ((x, y),) = at(figure, "D")
    assert x + y == pytest.approx(found.observed.value)
    assert y / x == pytest.approx(4.0)
    ((x, y),) = at(figure, "D", hollow=True)
    assert x + y == pytest.approx(found.additive.dose)
    a, b = (float(e.value) for e in found.single)  # type: ignore[arg-type]
    assert x / a + y / b == pytest.approx(1.0)
    ax = figure.axes[0]
    assert ax.get_xlabel() == "Dose of rotenone (mg/L)"
    assert ax.get_ylabel() == "Dose of deguelin (mg/L)"
    assert ax.get_xlim()[0] == ax.get_ylim()[0] == 0.0


def sheet_of(*found: Interaction) -> Sheet:
    return lay_out(found)


def test_band_and_edges_meet_the_ray_at_the_numbers_of_the_analysis() -> None:
    found = finney((0.2, 0.8))[0]
    sheet = sheet_of(found)
    assert sheet.band is not None
    assert sheet.edges is not None

    def on_ray(path: Any) -> float:
        ratio = path[:, 0] / np.maximum(path[:, 1], 1e-12)
        order = np.argsort(ratio)
        return float(np.interp(0.25, ratio[order], path.sum(axis=1)[order]))

    limits = found.additive.limits
    assert on_ray(sheet.band[0]) == pytest.approx(limits.low, rel=2e-3)
    assert on_ray(sheet.band[1]) == pytest.approx(limits.high, rel=2e-3)
    edges = sorted(on_ray(edge) for edge in sheet.edges)
    expected = [found.band.lower, found.band.upper]
    assert edges == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("rule", ["delta", "tallarida", "lublin"])
def test_the_band_follows_the_variance_rule(rule: str) -> None:
    found = finney((0.5, 0.5), variance=rule, draws=0)[0]
    assert f"variance rule {rule}" in one_text(draw_isobologram(found))
    band = sheet_of(found).band
    assert band is not None
    assert (band[0] <= band[1] + 1e-9).all()


def test_the_ellipse_lies_along_the_ray_between_the_limits() -> None:
    found = finney((0.2, 0.8))[0]
    figure = draw_isobologram(found)
    ax = figure.axes[0]
    # Band and area are polygons too; the ellipse is the last.
    outline = [p for p in ax.patches if isinstance(p, Polygon)][-1].get_xy()
    ends = outline[[0, 36]].sum(axis=1)
    assert sorted(ends) == pytest.approx([found.observed.low, found.observed.high])
    assert outline[0, 1] / outline[0, 0] == pytest.approx(4.0)
    box = ax.get_window_extent()
    scale = 72 / figure.dpi
    points = outline / (ax.get_xlim()[1], ax.get_ylim()[1])
    points = points * (box.width * scale, box.height * scale)
    across = points[18] - points[54]
    assert np.hypot(*across) == pytest.approx(ELLIPSE_POINTS, rel=1e-3)
    assert across @ (points[0] - points[36]) == pytest.approx(0.0, abs=1e-6)
    assert "width of the ellipse has no meaning" in one_text(figure).replace("\n", " ")


def test_without_an_estimate_there_is_an_interval_and_no_point() -> None:
    figure = draw_isobologram(mouse(mixed=(0, 0, 8, 8)))
    assert at(figure, "D") == []
    assert "between 45 and 67 mg/kg salt" in one_text(figure)
    figure = draw_isobologram(mouse(b=(0, 0, 8, 8)))
    assert at(figure, "s") == []
    assert at(figure, "D", hollow=True) == []
    assert "no line without both estimates" in one_text(figure)


def test_loewe_lines_of_limits_replace_the_line_of_a_separated_drug() -> None:
    found = mouse(b=(0, 0, 8, 8))
    between = sheet_of(found).between
    assert between is not None
    (x0, y0), (x1, y1) = ((e[1, 0], e[0, 1]) for e in between)
    assert (x0, x1) == (found.single[0].low, found.single[0].high)
    assert (y0, y1) == (15.0, 22.0)


def test_an_inactive_drug_lets_the_last_line_run_along_its_axis() -> None:
    found = mouse(b=(0, 0, 0, 0))
    sheet = sheet_of(found)
    assert sheet.between is not None
    high = sheet.between[1]
    assert high[1, 0] == high[2, 0] == found.single[0].high
    assert high[0, 1] > sheet.top
    assert "synergy\n(more than additive)" in texts(draw_isobologram(found))


def test_unbounded_limits_end_in_arrows() -> None:
    limits = Limits("likelihood", 0.95, "ray", 10.0, None)
    (stretch,) = stretches(limits, 20.0)
    assert (stretch.end, stretch.end_mark) == (20.0, "arrow")
    (stretch,) = stretches(Limits("likelihood", 0.95, "line"), 20.0)
    assert (stretch.start, stretch.start_mark) == (0.0, "none")
    (stretch,) = stretches(Limits("likelihood", 0.95, "ray", 50.0, None), 20.0)
    assert (stretch.end, stretch.start_mark) == (20.0, "none")
    open_set = Limits("likelihood", 0.95, "interval", 5.0, 9.0, "open")
    assert stretches(open_set, 20.0)[0].start_mark == "open"
    assert stretches(Limits("fieller", 0.95, "empty"), 20.0) == []
    figure = draw_isobologram(mouse(**EDGES["single unreached"]))
    shapes = {str(line.get_marker()) for line in figure.axes[0].lines}
    assert ">" in shapes


@pytest.mark.parametrize("case", EDGES)
def test_estimates_are_in_the_frame(case: str) -> None:
    found = mouse(**EDGES[case])
    ax = draw_isobologram(found).axes[0]
    a, b = (e.value for e in found.single)
    spots = []
    if not isinstance(a, Missing):
        spots.append((float(a), 0.0))
    if not isinstance(b, Missing):
        spots.append((0.0, float(b)))
    if not isinstance(found.observed.value, Missing):
        total = float(found.observed.value)
        spots.append((found.shares[0] * total, found.shares[1] * total))
    for spot in spots:
        assert inside(ax, *spot)


def test_the_caption_says_index_verdict_and_null_models() -> None:
    figure = draw_isobologram(finney((0.2, 0.8))[0])
    said = one_text(figure)
    for part in (
        "interaction index 0.7769 [0.5758, 1.048] (95 % log-delta), p = 0.091",
        "Verdict: inconclusive",
        "null models: Loewe additivity and dose equivalence",
    ):
        assert part in said


@pytest.mark.parametrize("case", ["wide", "strongly synergistic", "antagonistic"])
def test_words_stand_below_the_axes_and_on_the_page(case: str) -> None:
    figure = draw_isobologram(mouse(**EDGES[case]))
    ax = figure.axes[0]
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    label = ax.xaxis.label.get_window_extent(renderer)
    below = [t for t in ax.texts if t.get_fontsize() == 7.5 and len(t.get_text()) > 12]
    assert len(below) > 5
    for text in below:
        box = text.get_window_extent(renderer)
        assert box.y1 <= label.y0
        assert box.y0 >= 0
        assert box.x1 <= figure.bbox.x1
    boxes = sorted((t.get_window_extent(renderer) for t in below), key=lambda b: b.y0)
    for lower, upper in itertools.pairwise(boxes):
        assert lower.y1 <= upper.y0 + 1


def test_regions_are_named_clear_of_everything() -> None:
    figure = draw_isobologram(mouse(total=(10, 15, 22, 33)))
    assert "synergy\n(more than additive)" in texts(figure)
    assert "antagonism\n(less than additive)" in texts(figure)
    room = Room(100.0, 50.0)
    assert room.find("x", lambda _x, _y: 0.0) is not None
    for y in range(0, 51, 4):
        room.block(np.array([[0.0, y], [100.0, y]], dtype=float))
    assert room.find("x", lambda _x, _y: 0.0) is None


def test_several_rays_share_one_figure() -> None:
    found = finney((0.5, 0.5), (0.2, 0.8))
    block = isobolograms_figure(found)
    figure = block.draw()
    assert at(figure, "D") != at(figure, "^")
    assert {"1:1", "1:4"} <= set(texts(figure))
    assert block.title == "Isobologram of rotenone and deguelin 1:1, 1:4 at 50 % effect"
    assert block.alt.count("Verdict") == 2
    assert len(block.table.rows) == 2 + 2 * 4


def test_only_what_belongs_together_is_drawn_together() -> None:
    with pytest.raises(OptionError, match="no interaction"):
        draw_isobolograms([])
    with pytest.raises(OptionError, match="do not share"):
        draw_isobolograms([finney((0.5, 0.5))[0], mouse()])
    with pytest.raises(OptionError, match="do not share"):
        draw_isobolograms([mouse(), mouse(a=(1, 2, 5, 7))])
    ladder = np.array([5.0, 10, 20, 40])
    rows = np.concatenate([np.outer(ladder, part) for part in np.eye(3)])
    rows = np.concatenate([rows, np.outer(ladder, [0.3, 0.3, 0.4])])
    data = CombinationData(["A", "B", "C"], rows, [8] * 16, [*MOUSE_A] * 4)
    three = analyze_combination(data, draws=0).interactions[0]
    with pytest.raises(OptionError, match="polygonogram"):
        draw_isobologram(three)
    with pytest.raises(OptionError, match="pairs"):
        draw_polygonogram([three])


def test_another_effect_level_is_said() -> None:
    found = finney((0.5, 0.5), effect=84.0, draws=0)[0]
    block = isobologram_figure(found)
    assert "84 % effect" in block.title
    assert "ED84" in one_text(block.draw())
    assert at(block.draw(), "o")[0][0] == found.single[0].value


def test_the_table_splits_a_total_dose_by_the_ratio() -> None:
    table = isobologram_figure(finney((0.2, 0.8))[0]).table
    assert table.columns[1:4] == ("rotenone (mg/L)", "deguelin (mg/L)", "total (mg/L)")
    row = next(row for row in table.rows if "observed" in str(row[0]))
    assert row[1] / row[3] == pytest.approx(0.2)  # type: ignore[operator]
    assert row[2] / row[3] == pytest.approx(0.8)  # type: ignore[operator]
    assert ratio_words((0.2, 0.8)) == "1:4"


def test_an_axes_of_the_caller_is_used() -> None:
    figure = new_figure(14, 18)
    ax = figure.add_axes((0.15, 0.45, 0.7, 0.5))
    assert draw_isobologram(finney((0.5, 0.5))[0], ax=ax) is figure
    assert ax.get_xlabel() == "Dose of rotenone (mg/L)"


@pytest.mark.parametrize("case", SHIFTS)
def test_every_potency_shift_is_drawn(case: str) -> None:
    found = shift(**SHIFTS[case])
    block = type_two_figure(found)
    assert drawn(block.draw())
    assert "valproate alone" in block.alt
    assert len(block.table.rows) == 1 + 2 * len(found.shifts)


def test_the_tipping_line_passes_through_the_observed_point() -> None:
    found = shift()
    figure = draw_type_two(found)
    index = found.shift().under("separate")
    tipping = float(index.tipping.value)  # type: ignore[arg-type]
    alone = float(found.alone.value)  # type: ignore[arg-type]
    assert (tipping, 0.0) in at(figure, "D", hollow=True)
    assert (0.0, alone) in at(figure, "o")
    ((x, y),) = at(figure, "D")
    assert x == 40.0
    assert y == pytest.approx(alone * (1 - x / tipping), rel=1e-4)
    said = one_text(figure)
    assert "0/8" in texts(figure)
    assert "additive if magnesium is inactive alone: horizontal" in said
    assert "plain additivity is not excluded" in said


def test_a_reading_of_the_slopes_can_be_chosen() -> None:
    found = shift()
    common = lay_out_shift(found, "common").shifts[0][1]
    assert common.slopes == "common"
    assert lay_out_shift(shift(slopes="common"), None).shifts[0][1].slopes == "common"
    assert "common slope" in type_two_figure(found, slopes="common").alt


def test_no_tipping_ed50_is_said_not_drawn() -> None:
    found = shift(fixed=((40, (0, 0, 2, 3)),))
    figure = draw_type_two(found)
    assert at(figure, "D", hollow=True) == []
    assert "additive on the sloping line" not in one_text(figure)
    assert "(beyond this axis)" in one_text(figure)


def pairs() -> list[Interaction]:
    names = ["valproate", "magnesium", "topiramate", "lamotrigine"]
    kinds = itertools.cycle(
        [{}, {"total": (10, 15, 22, 33)}, {"total": (100, 150, 225, 340)},
         {"mixed": (0, 0, 8, 8)}]
    )  # fmt: skip
    drawn_pairs = itertools.combinations(names, 2)
    return [
        mouse(drugs=pair, **kind)
        for pair, kind in zip(drawn_pairs, kinds, strict=False)
    ]


def test_a_polygonogram_shows_every_pair_with_its_index() -> None:
    found = pairs()
    block = polygonogram_figure(found)
    figure = block.draw()
    assert drawn(figure)
    said = texts(figure)
    assert {"valproate", "magnesium", "topiramate", "lamotrigine"} <= set(said)
    edges = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 61]
    assert len(edges) == len(found) == 6
    for interaction in found:
        value = interaction.index.value
        assert isinstance(value, Missing) or f"{value:.2f}" in said
    styles: dict[str, set[str]] = {}
    for interaction, edge in zip(found, edges, strict=True):
        styles.setdefault(interaction.verdict.word, set()).add(
            str(edge.get_linestyle())
        )
    assert len(styles) == 3
    thin, wide = (
        next(e.get_linewidth() for i, e in zip(found, edges, strict=True)
             if i.verdict.word == word) for word in ("inconclusive", "antagonism")
    )  # fmt: skip
    assert thin < wide
    assert block.table == polygonogram_table(found)
    assert len(block.table.rows) == 6


def test_ratios_of_one_pair_get_edges_of_their_own() -> None:
    figure = draw_polygonogram(finney((0.5, 0.5), (0.2, 0.8)))
    first, second = (
        line.get_xdata() for line in figure.axes[0].lines if len(line.get_xdata()) == 61
    )
    assert not np.allclose(np.asarray(first), np.asarray(second))
    assert {"1:1  0.98", "1:4  0.78"} <= set(texts(figure))


def test_a_polygonogram_is_of_one_effect_level() -> None:
    with pytest.raises(OptionError, match="no pair"):
        draw_polygonogram([])
    with pytest.raises(OptionError, match="one effect level"):
        draw_polygonogram([mouse(), mouse(effect=30.0)])


def test_the_same_figure_gives_the_same_bytes(tmp_path: Path) -> None:
    blocks = [
        isobolograms_figure(finney((0.5, 0.5), (0.2, 0.8))),
        type_two_figure(shift()),
        polygonogram_figure(pairs()),
    ]
    for block in blocks:
        assert drawn(block.draw()) == drawn(block.draw())
        for suffix in ("png", "pdf"):
            paths = [tmp_path / f"{k}.{suffix}" for k in (0, 1)]
            for path in paths:
                save_figure(block.draw(), path)
            assert paths[0].read_bytes() == paths[1].read_bytes()


def test_no_pyplot() -> None:
    # In a process of its own: other tests may have loaded what these figures do not.
    code = (
        "import sys\n"
        "from isobole.combination import CombinationData, analyze_combination\n"
        "from isobole.results import Figure\n"
        "doses = [(5, 0), (10, 0), (20, 0), (0, 5), (0, 10), (0, 20)]\n"
        "doses += [(2, 2), (5, 5), (9, 9)]\n"
        "data = CombinationData(['a', 'b'], doses, [8] * 9, [1, 4, 7] * 3)\n"
        "found = analyze_combination(data, draws=0, null='loewe')\n"
        "drawn = [b.draw() for b in found.blocks() if isinstance(b, Figure)]\n"
        "assert drawn\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
