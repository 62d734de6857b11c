"""The page as a machine reads it: structure, labels, nothing fetched."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from isobole.reporting import render_html
from isobole.results import (
    RESEARCH_ONLY,
    Block,
    Figure,
    Heading,
    InputFile,
    Methods,
    Missing,
    Note,
    Provenance,
    Table,
    Text,
    new_figure,
)

VOID = {"meta", "link", "br", "hr", "img", "input"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str) -> list[Element]:
        found = [self] if self.tag == tag else []
        for child in self.children:
            found += child.all(tag)
        return found

    def every(self) -> list[Element]:
        return [self, *(e for child in self.children for e in child.every())]

    def said(self) -> str:
        return self.text


class Reader(HTMLParser):
    """Build a tree, and refuse tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"<{tag}> repeats an attribute"
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def read(page: str) -> Element:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [reader.root], "a tag was left open"
    return reader.root


@pytest.fixture
def page(blocks: list[Block], provenance: Provenance) -> str:
    return render_html("Rotenone & deguelin", blocks, provenance, subtitle="By counts")


@pytest.fixture
def tree(page: str) -> Element:
    return read(page)


def test_one_h1_landmarks_and_language(tree: Element) -> None:
    assert [e.said() for e in tree.all("h1")] == ["Rotenone & deguelin"]
    assert tree.all("html")[0].attributes["lang"] == "en"
    for landmark in ("header", "nav", "main", "footer"):
        assert len(tree.all(landmark)) == 1, landmark
    skip = tree.all("a")[0]
    assert skip.attributes["href"] == "#content"
    assert tree.all("main")[0].attributes["id"] == "content"


def test_headings_skip_no_level(tree: Element) -> None:
    levels = [int(e.tag[1]) for e in tree.every() if re.fullmatch("h[1-6]", e.tag)]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_heading_that_would_skip_a_level_is_raised(provenance: Provenance) -> None:
    page = read(render_html("T", [Heading("Deep", 3), Heading("Er", 4)], provenance))
    assert [e.said() for e in page.all("h2")][:1] == ["Deep"]
    assert [e.said() for e in page.all("h3")] == ["Er"]


def test_ids_are_unique_and_every_link_arrives(tree: Element) -> None:
    ids = Counter(e.attributes["id"] for e in tree.every() if "id" in e.attributes)
    assert not [name for name, count in ids.items() if count > 1]
    assert len(tree.all("svg")) == 3
    for element in tree.every():
        for key, value in element.attributes.items():
            if key in ("href", "xlink:href"):
                assert value is not None
                assert value.startswith("#"), "only links inside the page"
                assert value[1:] in ids
            elif key.startswith("aria-") and key.endswith("by"):
                assert set((value or "").split()) <= set(ids)
            else:
                assert all(m in ids for m in re.findall(r"url\(#([^)]+)", value or ""))


def test_nothing_is_fetched_and_nothing_runs(page: str, tree: Element) -> None:
    namespaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) == namespaces
    for tag in ("script", "link", "img", "iframe", "object"):
        assert not tree.all(tag)
    assert len(tree.all("style")) == 1, "no style of a figure may reach the page"
    assert "@import" not in page
    assert not [e for e in tree.every() if any(k[:2] == "on" for k in e.attributes)]


def test_every_figure_has_caption_description_and_table(tree: Element) -> None:
    figures = tree.all("figure")
    exhibits = [e for e in tree.all("div") if e.attributes.get("class") == "exhibit"]
    assert len(figures) == len(exhibits) == 3
    for figure, exhibit in zip(figures, exhibits, strict=True):
        assert figure.all("figcaption")[0].said().startswith("Figure ")
        svg = figure.all("svg")[0]
        assert svg.attributes["role"] == "img"
        assert svg.all("title")[0].said()
        assert svg.all("desc")[0].said()
        linked = re.search(r"Table (\d+)\.", figure.all("figcaption")[0].said())
        assert exhibit.all("table") or linked
    for details in tree.all("details"):
        assert "open" in details.attributes, "closed details do not print"


def test_figure_points_to_its_table_when_that_is_a_block(tree: Element) -> None:
    caption = tree.all("figure")[2].all("figcaption")[0].said()
    assert caption.endswith("Its numbers are in Table 7.")
    titles = [e.said() for e in tree.all("caption")]
    assert titles.count("Table 7. Potency of deguelin against rotenone") == 1


def test_tables_have_captions_and_scoped_headers(tree: Element) -> None:
    assert tree.all("table")
    for table in tree.all("table"):
        assert len(table.all("caption")) == 1
        headers = table.all("th")
        assert headers
        assert {e.attributes["scope"] for e in headers} == {"col", "row"}
        width = len(table.all("thead")[0].all("th"))
        for row in table.all("tbody")[0].all("tr"):
            assert len(row.children) == width
            assert row.children[0].attributes["scope"] == "row"
    for box in tree.all("div"):
        if box.attributes.get("class") == "scroll":
            assert box.attributes["tabindex"] == "0"
            assert box.attributes["aria-label"]


def test_notes_say_their_severity_in_words(tree: Element) -> None:
    notes = [e.said() for e in tree.all("p") if "note" in _classes(e)]
    assert [note.partition(".")[0] for note in notes] == ["Note", "Warning", "Error"]


def test_references_are_listed_once_and_cited_by_number(tree: Element) -> None:
    listed = [e for e in tree.all("ol") if "references" in _classes(e)]
    assert len(listed) == 1
    items = listed[0].all("li")
    assert [item.attributes["id"] for item in items] == [
        "reference-1",
        "reference-2",
        "reference-3",
    ]
    methods = [e.said() for e in tree.all("p") if "methods" in _classes(e)]
    assert [text[-6:] for text in methods] == ["[1, 2]", "[1, 2]", "[1, 3]"]
    assert [text.startswith("Methods.") for text in methods] == [True, True, False]


def test_contents_only_where_there_are_more_than_four_sections(
    tree: Element, provenance: Provenance
) -> None:
    links = [a.said() for a in tree.all("nav")[0].all("a")]
    assert links == [
        "Rotenone",
        "Deguelin",
        "Potency",
        "Methods",
        "References",
        "Provenance",
    ]
    assert not read(render_html("T", [Heading("A")], provenance)).all("nav")


def test_provenance_reproduces(page: str, provenance: Provenance) -> None:
    text = read(page).said()
    assert provenance.command in text
    assert provenance.inputs[0].sha256 in text
    assert str(provenance.data_sha256) in text
    for said in ("isobole 0.1.0", "2025-01-31", "20250131", "16, 50, 84", "not set"):
        assert said in text
    assert text.count(RESEARCH_ONLY) == 2


def test_same_blocks_give_the_same_page(
    blocks: list[Block], provenance: Provenance, page: str
) -> None:
    again = render_html("Rotenone & deguelin", blocks, provenance, subtitle="By counts")
    assert again == page


EVIL = "<script>alert('x')</script>\"' onload=y & ]]>"


def test_every_text_is_escaped() -> None:
    table = Table(EVIL, (EVIL, "n"), ((EVIL, 1), ("a", Missing(EVIL))), (EVIL,))
    blocks: list[Block] = [
        Heading(EVIL),
        Heading(EVIL, 3),
        Text(EVIL),
        Note(EVIL),
        table,
        Figure(EVIL, EVIL, _draw_evil, Table("own", (EVIL,), ((EVIL,),))),
        Methods(EVIL, (EVIL,)),
        *[Heading(EVIL) for _ in range(4)],
    ]
    provenance = Provenance(
        EVIL,
        inputs=(InputFile(EVIL, EVIL),),
        data_sha256=EVIL,
        options={EVIL: EVIL, "list": [EVIL], "map": {EVIL: EVIL}},
        version=EVIL,
        date=EVIL,
    )
    page = render_html(EVIL, blocks, provenance, subtitle=EVIL)
    assert "<script" not in page
    tree = read(page)
    assert not tree.all("script")
    assert not [e for e in tree.every() if "onload" in e.attributes]
    assert tree.all("h1")[0].said() == EVIL


def _draw_evil() -> object:
    figure = new_figure(8, 6)
    axes = figure.subplots()
    axes.set_xlabel(EVIL)
    return figure


def test_an_empty_report_is_a_report(provenance: Provenance) -> None:
    tree = read(render_html("", [], Provenance("isobole demo")))
    assert "No file was read." in tree.said()
    assert len(tree.all("h1")) == 1


def test_powers_of_ten_are_raised(provenance: Provenance) -> None:
    page = render_html("T", [Text("p = 3.2×10^−8")], provenance)
    assert "3.2×10<sup>−8</sup>" in page


def _classes(element: Element) -> list[str]:
    return (element.attributes.get("class") or "").split()
