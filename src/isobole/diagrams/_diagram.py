"""A diagram: boxes and arrows, drawn, written as text, and told with its evidence."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from isobole.diagrams._mermaid import mermaid
from isobole.diagrams._parts import EFFECT_WORDS, Arrow, Group, Node
from isobole.results import (
    Block,
    Figure,
    Heading,
    Note,
    Result,
    Table,
    Text,
    figure_to_svg,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

_HEADER = (
    "no.", "arrow", "status", "stance", "evidence (source)", "verified",
)  # fmt: skip
_UNVERIFIED = (
    "Verified means read in the source or its abstract, or isobole's own rule; what is "
    "not verified rests on memory of the literature: check it before citing it."
)


@dataclass(frozen=True, slots=True, repr=False)
class Diagram(Result):
    """Boxes and arrows, each arrow with its evidence.

    Made by `diagram` or by `isobole.diagrams.read`.

    Parameters
    ----------
    name : str
        What `diagram` calls it.
    title, description : str
        Caption, and what the picture shows for those who do not see it.
    size : tuple of float
        Width and height in cm.
    nodes : tuple of Node
        The boxes.
    groups : tuple of Group
        Frames around boxes.
    arrows : tuple of Arrow
        The arrows, numbered from 1.
    note : str
        What must be said beside the picture; may be empty.

    Examples
    --------
    >>> from isobole.diagrams import diagram
    >>> diagram("mechanism").mermaid().splitlines()[0]
    'flowchart TB'
    """

    name: str
    title: str
    description: str
    size: tuple[float, float]
    nodes: tuple[Node, ...]
    groups: tuple[Group, ...]
    arrows: tuple[Arrow, ...]
    note: str

    def __repr__(self) -> str:
        contested = sum(arrow.status == "contested" for arrow in self.arrows)
        return (
            f"Diagram({self.name}: {len(self.nodes)} boxes, {len(self.arrows)} arrows, "
            f"{contested} contested)"
        )

    def svg(self) -> str:
        """Return the picture as an accessible SVG document with real text.

        The same specification gives the same bytes. The description holds every arrow
        in words and its evidence.
        """
        evidence = " ".join(f"{line}." for line in self.evidence())
        return figure_to_svg(
            self.draw(),
            prefix=self.name,
            title=self.title,
            description=f"{self.alt} Evidence by arrow: {evidence}",
        )

    def evidence(self) -> tuple[str, ...]:
        """Return each piece of evidence with the number of its arrow."""
        return tuple(
            f"{arrow.number}, {item.stance}: {item.claim.rstrip('.')} "
            f"({item.source}{'' if item.verified else '; not verified'})"
            for arrow in self.arrows
            for item in arrow.evidence
        )

    def mermaid(self) -> str:
        """Return the diagram as a Mermaid flowchart; a cross stands for inhibition."""
        return mermaid(self)

    def draw(self) -> MatplotlibFigure:
        """Return the picture as a matplotlib figure."""
        from isobole.diagrams._figures import draw

        return draw(self)

    @property
    def alt(self) -> str:
        """The description, and every arrow in words."""
        told = (
            f"{a.number}, {self.words(a)}"
            + ("" if a.status == "supported" else f" ({a.status})")
            for a in self.arrows
        )
        return f"{self.description} Arrows: {'; '.join(told)}."

    def words(self, arrow: Arrow) -> str:
        """Return an arrow in words: ``Valproate to NMDA receptor: inhibits``."""
        texts = {node.id: node.text for node in self.nodes}
        effect = EFFECT_WORDS[arrow.effect]
        return f"{texts[arrow.start]} to {texts[arrow.end]}: {effect}"

    def table(self) -> Table:
        """Return the arrows with their evidence, one row for each piece of it."""
        return Table(
            f"{self.title}: the evidence of each arrow",
            _HEADER,
            tuple(
                (
                    str(arrow.number),
                    self.words(arrow),
                    arrow.status,
                    item.stance,
                    f"{item.claim} ({item.source})",
                    item.verified,
                )
                for arrow in self.arrows
                for item in arrow.evidence
            ),
            (_UNVERIFIED,),
        )

    def summary(self) -> Table:
        """Return the arrows in a narrow table, without the words of the evidence."""
        return Table(
            self.title,
            ("no.", "arrow", "status", "for", "against"),
            tuple(
                (
                    str(arrow.number),
                    self.words(arrow),
                    arrow.status,
                    *(
                        sum(item.stance == stance for item in arrow.evidence)
                        for stance in ("for", "against")
                    ),
                )
                for arrow in self.arrows
            ),
        )

    def contested(self) -> tuple[Note, ...]:
        """Return a note for each contested arrow, with what speaks against it."""
        return tuple(
            Note(
                f"Arrow {arrow.number} is contested: {self.words(arrow)}. Against it: "
                + " ".join(
                    f"{item.claim} ({item.source})."
                    for item in arrow.evidence
                    if item.stance == "against"
                ),
                "warning",
            )
            for arrow in self.arrows
            if arrow.status == "contested"
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the picture with its table, the contested arrows, and the note."""
        blocks: list[Block] = [
            Heading(self.title),
            Text(self.description),
            Figure(self.title, self.alt, self.draw, self.table()),
            *self.contested(),
        ]
        if self.note:
            blocks.append(Note(self.note))
        return tuple(blocks)

    def to_dict(self) -> dict[str, Any]:
        """Return the diagram as it stands in JSON; lengths in cm."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "size": list(self.size),
            "nodes": [
                {
                    "id": node.id,
                    "text": node.text,
                    "kind": node.kind,
                    "at": list(node.at),
                    "box": list(node.box),
                }
                for node in self.nodes
            ],
            "groups": [
                {"id": g.id, "label": g.label, "members": list(g.members)}
                for g in self.groups
            ],
            "arrows": [
                {
                    "number": arrow.number,
                    "from": arrow.start,
                    "to": arrow.end,
                    "effect": arrow.effect,
                    "status": arrow.status,
                    "evidence": [asdict(item) for item in arrow.evidence],
                }
                for arrow in self.arrows
            ],
            "note": self.note,
            "mermaid": self.mermaid(),
        }
