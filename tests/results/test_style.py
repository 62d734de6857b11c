"""Figures: the same bytes each time, ids apart, no colour alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from isobole.results import (
    INK,
    MUTED,
    OptionError,
    figure_to_svg,
    new_figure,
    save_figure,
    series_style,
    style,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw() -> Figure:
    with style():
        figure = new_figure(9, 6)
        axes = figure.subplots()
        for index in range(3):
            look = series_style(index)
            axes.plot(
                [1, 2, 3],
                [index, -index, 2],
                color=look.color,
                marker=look.marker,
                linestyle=look.linestyle,
                label=f"drug {index} µg/kg − α",
            )
        axes.fill_between([1, 3], [0, 0], [1, 1], alpha=0.3, hatch="//")
        axes.set_title("a < b & c")
        axes.set_xlabel("$x^2$")
        axes.legend()
    return figure


def svg(prefix: str = "f1", title: str = "A") -> str:
    return figure_to_svg(draw(), prefix=prefix, title=title, description="B")


def test_two_draws_give_the_same_svg() -> None:
    assert svg() == svg()
    figure = draw()
    first = figure_to_svg(figure, prefix="f", title="", description="")
    assert figure_to_svg(figure, prefix="f", title="", description="") == first


DRAW = """
import sys
from isobole.results import new_figure, save_figure, style
with style():
    figure = new_figure(8, 6)
    axes = figure.subplots()
    axes.plot([1, 2], [3, -4], marker="o", label="µg/kg")
    axes.legend()
save_figure(figure, sys.argv[1])
"""


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_files_do_not_change_with_process_or_time(suffix: str, tmp_path: Path) -> None:
    written = []
    for seed, date in (("1", "0"), ("2", "1000000000")):
        path = tmp_path / f"{seed}.{suffix}"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": date}
        subprocess.run(
            [sys.executable, "-c", DRAW, str(path)], check=True, env=environment
        )
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert b"Date" not in written[0]


def test_text_stays_text_and_nothing_leaks_out_of_the_figure() -> None:
    text = svg()
    assert "a &lt; b &amp; c" in text
    assert "drug 1 µg/kg − α" in text
    for tag in ("<style", "<metadata", "<?xml", "<!DOCTYPE", ' style="', "<script"):
        assert tag not in text
    assert 'fill="none"' in text


def test_ids_of_two_figures_are_apart_and_every_reference_arrives() -> None:
    ids = []
    for prefix in ("f1", "f2"):
        text = svg(prefix)
        own = re.findall(r' id="([^"]+)"', text)
        assert len(own) == len(set(own))
        assert all(i == prefix or i.startswith(f"{prefix}-") for i in own)
        pointed = re.findall(r'(?:url\(#|xlink:href="#)([^)"]+)', text)
        assert pointed
        assert set(pointed) <= set(own)
        ids += own
    assert len(ids) == len(set(ids))


def test_svg_is_an_image_with_title_and_description() -> None:
    root = ElementTree.fromstring(svg(title="<script>alert(1)</script>"))
    space = "{http://www.w3.org/2000/svg}"
    title, desc = root[0], root[1]
    assert root.attrib["role"] == "img"
    assert title.tag == f"{space}title"
    assert title.text == "<script>alert(1)</script>"
    assert root.attrib["aria-labelledby"] == title.attrib["id"]
    assert desc.tag == f"{space}desc"
    assert root.attrib["aria-describedby"] == desc.attrib["id"]
    assert root.attrib["viewBox"].startswith("0 0 ")


@pytest.mark.parametrize("prefix", ["", "1a", "a b", 'a"', "<a>"])
def test_a_prefix_must_be_fit_for_an_id(prefix: str) -> None:
    with pytest.raises(OptionError, match="prefix is"):
        figure_to_svg(new_figure(3, 3), prefix=prefix, title="", description="")


def test_other_formats_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"'\.gif'; end the file name in \.svg"):
        save_figure(new_figure(3, 3), tmp_path / "a.gif")
    assert not list(tmp_path.iterdir())


def test_png_has_300_dots_per_inch(tmp_path: Path) -> None:
    save_figure(new_figure(2.54, 5.08), tmp_path / "a.png")
    header = (tmp_path / "a.png").read_bytes()[16:24]
    size = (int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big"))
    assert size == (300, 600)


def test_users_settings_are_neither_used_nor_changed() -> None:
    import matplotlib as mpl

    expected = svg()
    mine = {"lines.linewidth": 9, "font.size": 30, "svg.fonttype": "path"}
    with mpl.rc_context(mine):
        before = dict(mpl.rcParams)
        assert svg() == expected
        assert dict(mpl.rcParams) == before


def _contrast(colour: str) -> float:
    """Return the WCAG contrast ratio of a colour on white."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    luminance = sum(
        w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )
    return 1.05 / (luminance + 0.05)


def test_series_differ_without_colour_and_are_seen_on_white() -> None:
    looks = [series_style(index) for index in range(40)]
    for a, b in combinations(looks, 2):
        assert (a.marker, a.linestyle) != (b.marker, b.linestyle)
    assert min(_contrast(look.color) for look in looks) >= 3
    assert min(_contrast(INK), _contrast(MUTED)) >= 4.5


def test_matplotlib_waits_until_something_is_drawn() -> None:
    code = "import sys, isobole.results, isobole.reporting; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    loaded = set(result.stdout.split())
    assert not loaded & {"matplotlib", "jinja2", "numpy", "rich"}
