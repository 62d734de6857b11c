"""One finding for a case, with every statement on either side of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from isobole.monograph._citation import citation
from isobole.monograph._statement import Statement

if TYPE_CHECKING:
    from isobole.monograph._rules import FindingKind, Level

STRENGTH_WORDS: dict[str, str] = {
    "contraindicated": "contraindicated",
    "avoid": "avoid",
    "caution": "caution",
    "adjust": "adjust the dose",
    "monitor": "monitor",
    "inform": "know",
}


@dataclass(frozen=True, slots=True)
class Conditional:
    """A statement that counts only if something is known that is not."""

    statement: Statement
    needs: str

    def to_dict(self) -> dict[str, Any]:
        """Return the statement and what it needs."""
        return {"needs": self.needs, "statement": citation(self.statement)}


@dataclass(frozen=True, slots=True)
class CaseFinding:
    """One finding for a case, with every statement on either side.

    Parameters
    ----------
    id : str
        Rule and substances: ``"liver-disease: valproate"``.
    rule : str
        The rule's id.
    title : str
    kind : str
        ``"contraindication"``, ``"interaction"``, ``"warning"``, ...
    strength : str
        On the ladder contraindicated, avoid, caution, adjust, monitor, inform.
    verdict : {"applies", "cannot tell"}
    needs : tuple of str
        What must be known to tell; empty if it applies.
    drugs : tuple of str
        Moieties concerned.
    affected, direction, consequence, action : str
        In the rule's words.
    supports, opposes : tuple of Statement
        Both sides; they conflict if neither is empty.
    related : tuple of Statement
        What belongs to it without taking a side.
    conditional : tuple of Conditional
        What holds in one country or for one indication only, which is not known.
    asks : tuple of str
        What was not given and would narrow it.
    certainty : str
        ``"as asserted"``, or the hedges of the pages.
    """

    id: str
    rule: str
    title: str
    kind: FindingKind
    strength: Level
    verdict: Literal["applies", "cannot tell"]
    needs: tuple[str, ...]
    drugs: tuple[str, ...]
    affected: str
    direction: str
    consequence: str
    action: str
    supports: tuple[Statement, ...]
    opposes: tuple[Statement, ...]
    related: tuple[Statement, ...]
    conditional: tuple[Conditional, ...]
    asks: tuple[str, ...]
    certainty: str

    @property
    def conflict(self) -> bool:
        """Whether the statements disagree."""
        return bool(self.supports and self.opposes)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement shown with the finding."""
        further = tuple(one.statement for one in self.conditional)
        return (*self.supports, *self.opposes, *self.related, *further)

    def __repr__(self) -> str:
        mark = ", conflict" if self.conflict else ""
        return f"<CaseFinding {self.id!r}: {self.strength}{mark}, {self.verdict}>"

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as it stands in JSON."""
        return {
            "id": self.id,
            "rule": self.rule,
            "title": self.title,
            "kind": self.kind,
            "strength": self.strength,
            "verdict": self.verdict,
            "needs": list(self.needs),
            "drugs": list(self.drugs),
            "affected": self.affected,
            "direction": self.direction,
            "consequence": self.consequence,
            "action": self.action,
            "conflict": self.conflict,
            "certainty": self.certainty,
            "supports": [citation(one) for one in self.supports],
            "opposes": [citation(one) for one in self.opposes],
            "related": [citation(one) for one in self.related],
            "conditional": [one.to_dict() for one in self.conditional],
            "asks": list(self.asks),
        }


def sides_of(
    one: CaseFinding,
) -> tuple[tuple[str, tuple[Statement, ...]], ...]:
    """Return the statements of a finding by their side."""
    further = tuple(item.statement for item in one.conditional)
    return (
        ("for", one.supports),
        ("against", one.opposes),
        ("see also", one.related),
        ("depends", further),
    )
