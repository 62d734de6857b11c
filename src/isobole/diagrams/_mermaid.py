"""A diagram as Mermaid flowchart text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from isobole.diagrams._parts import EFFECT_WORDS, Arrow, Node

if TYPE_CHECKING:
    from isobole.diagrams._diagram import Diagram

_SHAPES = {
    "given": ('(["', '"])'),
    "target": ('["', '"]'),
    "process": ('("', '")'),
    "outcome": ('[["', '"]]'),
}
# A T-bar does not exist in Mermaid: a cross stands for inhibition.
_LINKS = {
    ("activates", False): "-->",
    ("leads-to", False): "-->",
    ("inhibits", False): "--x",
    ("activates", True): "-.->",
    ("leads-to", True): "-.->",
    ("inhibits", True): "-.-x",
}
# What Mermaid or HTML would read as its own inside quotes.
_ESCAPES = {
    "#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;",
    "`": "#96;", "\\": "#92;",
}  # fmt: skip


def mermaid(diagram: Diagram) -> str:
    """Return the diagram as the text of a Mermaid flowchart."""
    return "\n".join(_lines(diagram)) + "\n"


def escape(text: str) -> str:
    """Write a text so that it stands in Mermaid quotes as it is.

    Examples
    --------
    >>> escape('say "Mg2+ <1 mM" #2')
    'say #quot;Mg2+ #lt;1 mM#quot; #35;2'
    """
    plain = " ".join(text.split())
    return "".join(_ESCAPES.get(character, character) for character in plain)


def _lines(diagram: Diagram) -> Iterator[str]:
    yield "flowchart TB"
    yield f"  accTitle: {_said(diagram.title)}"
    yield f"  accDescr: {_said(diagram.description)}"
    nodes = {node.id: node for node in diagram.nodes}
    placed: set[str] = set()
    for number, group in enumerate(diagram.groups, start=1):
        yield f'  subgraph g{number}["{escape(group.label)}"]'
        for name in group.members:
            if name not in placed:
                yield f"    {_node(nodes[name])}"
            placed.add(name)
        yield "  end"
    yield from (f"  {_node(n)}" for n in diagram.nodes if n.id not in placed)
    yield from (f"  {_arrow(arrow)}" for arrow in diagram.arrows)
    yield "  %% Evidence by number of the arrow"
    # A brace after the signs would open a directive; none follows them here.
    yield from (f"  %% {_said(line)}" for line in diagram.evidence())


def _said(text: str) -> str:
    """Write a text for screen readers: one line, in which no entity is decoded."""
    return " ".join(text.replace("#", "no. ").split()).lstrip(";{ ")


def _id(name: str) -> str:
    """Return an id that is no word of Mermaid and begins with no link character."""
    return "n_" + name.replace("-", "_")


def _node(node: Node) -> str:
    before, after = _SHAPES[node.kind]
    text = "<br/>".join(map(escape, node.lines))
    return f"{_id(node.id)}{before}{text}{after}"


def _arrow(arrow: Arrow) -> str:
    link = _LINKS[arrow.effect, arrow.status == "contested"]
    words = f"{arrow.number}: {EFFECT_WORDS[arrow.effect]}"
    if arrow.status != "supported":
        words += f" ({arrow.status})"
    return f'{_id(arrow.start)} {link}|"{escape(words)}"| {_id(arrow.end)}'
