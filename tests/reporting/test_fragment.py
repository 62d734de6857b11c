"""Blocks inside a page of the web application: no style, no script, figures by URL."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from isobole.reporting import figure_svg, render_fragment, render_html
from isobole.results import (
    Block,
    Figure,
    Heading,
    Methods,
    Note,
    OptionError,
    Provenance,
    Table,
    Text,
    new_figure,
)

NUMBERS = Table("Dose and effect", ("dose (mg/kg)", "n"), ((100, 8), (200, 7)))


def _drawn(alt: str = 'Effect rises; "twice" & steeply') -> Figure:
    def draw() -> object:
        figure = new_figure(3, 2)
        figure.subplots().plot([1, 2], [3, 4], label="curve")
        return figure

    return Figure("Effect by dose", alt, draw, NUMBERS)  # type: ignore[arg-type]


BLOCKS: tuple[Block, ...] = (
    Text("Before <b>any</b> heading."),
    Heading("Result"),
    Note("Read with care.", "warning"),
    Table("Rows", ("a", "b"), (("<i>x</i>", 1),)),
    _drawn(),
    Methods("Fitted.", ("Finney 1971",)),
)


def _url(anchor: str) -> str:
    return f"/x/{anchor}.svg?a=1&b=2"


def test_a_fragment_has_what_the_report_has_in_the_same_words() -> None:
    fragment = render_fragment(BLOCKS, figure_url=_url)
    page = render_html("T", BLOCKS, Provenance("isobole demo"))
    main = page.split('<main id="content" tabindex="-1">\n')[1]
    main = main.split('<section class="provenance"')[0]
    picture = re.compile(r"<svg.*?</svg>|<img[^>]*>", re.S)
    assert picture.sub("", fragment).split() == picture.sub("", main).split()


def test_a_fragment_holds_no_style_script_or_page() -> None:
    fragment = render_fragment(BLOCKS, figure_url=_url)
    for forbidden in ("style", "<script", "<svg", "<html", " on", "data:"):
        assert not re.search(rf"<[^>]*{re.escape(forbidden)}[^>]*>", fragment), (
            forbidden
        )
    assert "&lt;b&gt;any&lt;/b&gt;" in fragment
    assert "&lt;i&gt;x&lt;/i&gt;" in fragment


def test_a_figure_is_an_image_by_its_address_with_its_alternative() -> None:
    fragment = render_fragment(BLOCKS, figure_url=_url)
    (image,) = re.findall(r"<img[^>]*>", fragment)
    assert 'src="/x/figure-1.svg?a=1&amp;b=2"' in image
    assert "Effect rises; &#34;twice&#34; &amp; steeply" in image
    assert "Numbers of Figure 1" in fragment


def test_the_figure_at_that_address_is_svg_without_style() -> None:
    svg = figure_svg(BLOCKS, "figure-1")
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert not any("style" in element.attrib for element in root.iter())
    assert not any(element.tag.endswith("style") for element in root.iter())
    assert svg == figure_svg(BLOCKS, "figure-1")


def test_a_figure_that_is_not_there_is_said() -> None:
    with pytest.raises(OptionError, match=r"figure-2.*there are: figure-1"):
        figure_svg(BLOCKS, "figure-2")
    with pytest.raises(OptionError, match="there are: none"):
        figure_svg([Text("x")], "figure-1")


def test_no_table_of_a_report_has_a_style_attribute() -> None:
    assert "style" not in NUMBERS.to_html(label="Table 1.")
