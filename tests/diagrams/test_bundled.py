"""The two pictures: what must be on them, accessible, and the same each time."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from isobole.diagrams import NAMES, Diagram, diagram
from isobole.diagrams._geometry import crosses, label_box, path_of
from isobole.results import OptionError, Table, blocks_to_html

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=NAMES)
def drawn(request: pytest.FixtureRequest) -> Diagram:
    name: str = request.param
    return diagram(name)


def arrow(name: str, start: str, end: str):  # type: ignore[no-untyped-def]
    (found,) = [a for a in diagram(name).arrows if (a.start, a.end) == (start, end)]
    return found


def test_the_titles_are_those_of_the_lost_pictures() -> None:
    assert [diagram(name).title for name in NAMES] == [
        "Synergistic mechanisms of valproate and magnesium",
        "Experimental workflow for assessing anticonvulsant synergy",
    ]


def test_more_gaba_is_contested_by_the_study_behind_the_picture() -> None:
    for start, end in (("valproate", "gaba"), ("magnesium", "inhibition")):
        found = arrow("mechanism", start, end)
        assert found.status == "contested"
        against = [item for item in found.evidence if item.stance == "against"]
        assert any("Safar" in i.source and "lowered" in i.claim for i in against)
        assert all(item.verified for item in against)


def test_magnesium_oxide_speaks_against_magnesium() -> None:
    found = arrow("mechanism", "magnesium", "seizures")
    assert any("Dhande" in i.source for i in found.evidence if i.stance == "against")


def test_one_pair_of_doses_is_no_verdict() -> None:
    assert arrow("workflow", "outcome", "verdict").status == "contested"


def test_what_rests_on_memory_is_not_verified(drawn: Diagram) -> None:
    for found in drawn.arrows:
        for item in found.evidence:
            assert item.verified is not ("memory" in item.source), item


def test_svg_is_accessible_and_has_real_text(drawn: Diagram) -> None:
    root = ElementTree.fromstring(drawn.svg())
    assert root.attrib["role"] == "img"
    ids = {e.attrib["id"]: e for e in root.iter() if "id" in e.attrib}
    assert ids[root.attrib["aria-labelledby"]].text == drawn.title
    described = ids[root.attrib["aria-describedby"]].text or ""
    assert described.count("contested") == sum(
        a.status == "contested" for a in drawn.arrows
    )
    written = [e.text for e in root.iter(f"{SVG}text")]
    for node in drawn.nodes:
        for line in node.lines:
            assert line in written
    for found in drawn.arrows:
        assert found.label in written
    assert "var(" not in drawn.svg()
    assert not list(root.iter(f"{SVG}style"))


def test_contested_arrows_are_dashed_and_labelled(drawn: Diagram) -> None:
    root = ElementTree.fromstring(drawn.svg())
    dashed = [e for e in root.iter(f"{SVG}path") if "stroke-dasharray" in e.attrib]
    unsure = sum(a.status != "supported" for a in drawn.arrows)
    kinds = len({a.status for a in drawn.arrows} - {"supported"})
    assert len(dashed) == unsure + kinds  # the arrows, and one line each in the legend
    assert all(
        a.label.endswith("contested") for a in drawn.arrows if a.status == "contested"
    )


def test_the_same_bytes_each_time(drawn: Diagram) -> None:
    assert drawn.svg() == diagram(drawn.name).svg()


def test_arrows_start_and_end_at_their_boxes(drawn: Diagram) -> None:
    nodes = {node.id: node for node in drawn.nodes}
    for found in drawn.arrows:
        path = path_of(found, nodes)
        for (x, y), node in (
            (path[0], nodes[found.start]),
            (path[-1], nodes[found.end]),
        ):
            (cx, cy), (w, h) = node.at, node.box
            edge = max(abs(x - cx) / (w / 2), abs(y - cy) / (h / 2))
            assert edge == pytest.approx(1)
        assert crosses(path, label_box(found, path)), "the number stands on its arrow"


def test_mermaid_is_a_flowchart_of_the_same_arrows(drawn: Diagram) -> None:
    lines = drawn.mermaid().splitlines()
    assert lines[0] == "flowchart TB"
    assert sum(line.strip().startswith("subgraph ") for line in lines) == sum(
        line.strip() == "end" for line in lines
    )
    link = re.compile(r'  (n_\w+) (-->|--x|-\.->|-\.-x)\|"([^"]+)"\| (n_\w+)')
    links = [m for m in map(link.fullmatch, lines) if m]
    assert len(links) == len(drawn.arrows)
    for found, said in zip(drawn.arrows, links, strict=True):
        assert said[1] == "n_" + found.start.replace("-", "_")
        assert said[4] == "n_" + found.end.replace("-", "_")
        assert ("." in said[2]) is (found.status == "contested")
        assert said[2].endswith("x") is (found.effect == "inhibits")
    node = re.compile(r'\s+(n_\w+)(\(\["|\["|\("|\[\[").*"(\]\)|\]|\)|\]\])')
    described = [m[1] for m in map(node.fullmatch, lines) if m]
    assert sorted(described) == sorted(
        "n_" + n.id.replace("-", "_") for n in drawn.nodes
    )


def test_the_table_holds_all_evidence(drawn: Diagram) -> None:
    table = drawn.table()
    assert isinstance(table, Table)
    assert len(table.rows) == sum(len(a.evidence) for a in drawn.arrows)
    page = blocks_to_html(drawn.blocks())
    assert page.count("is contested") == len(drawn.contested())
    assert "\n" not in repr(drawn)


def test_no_such_diagram() -> None:
    with pytest.raises(OptionError, match="Did you mean 'mechanism'"):
        diagram("mechanisms")
