"""One thing a page says, with what it applies to and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from isobole.monograph._span import Span

Value = float | int | str | bool | tuple[float, ...] | None
Policy = Literal["clinical", "ai-generated", "research-only"]
Strength = Literal[
    "contraindicated", "avoid", "caution", "adjust", "monitor", "inform", None
]

# What an answer says that joins two drugs only to say that they may be joined.
ALLOWED = "allowed together"
NONE_KNOWN = "no known interaction"
NO_INTERACTION = frozenset((ALLOWED, NONE_KNOWN))

POLICY_WORDS: dict[str, str] = {
    "clinical": "clinical source",
    "ai-generated": "machine-written page, not verified",
    "research-only": "research use only; never feeds a patient finding",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a statement applies to; None where the page does not say."""

    component: str | None = None
    salt: str | None = None
    route: str | None = None
    formulation: str | None = None
    population: str | None = None
    indication: str | None = None
    phase: str | None = None
    jurisdiction: str | None = None
    condition: str | None = None

    def to_dict(self) -> dict[str, str | None]:
        """Return the scope as it stands in JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact as a page gives it: never merged, never corrected.

    Parameters
    ----------
    id : str
        Stable for the page's text: page stem, kind and place.
    kind : str
        ``dose_initial``, ``contraindication``, ``interaction``, … (see `KINDS`).
    subject : str
        The substance, model or scale spoken of, as this page names it.
    value : number, range, short term or None
        A range is a tuple (low, high); a term is normalised by the vocabulary.
    unit : str or None
    scope : Scope
    section : tuple of str
        Headings above it, outermost first.
    span : Span
        Sentence-sized.
    strength : str or None
        How strongly it advises, on one ladder for all kinds.
    certainty : str or None
        The page's own hedge: ``may``, ``thought``, ``usually``; None if asserted.
    policy : str
        What the page is: this limits what the statement may be used for.
    details : mapping
        Further fields of a kind: affected, direction, frequency_class, mechanism,
        question, cites, outcome, group.
    """

    id: str
    kind: str
    subject: str
    value: Value
    unit: str | None
    scope: Scope
    section: tuple[str, ...]
    span: Span
    strength: Strength = None
    certainty: str | None = None
    policy: Policy = "ai-generated"
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the statement as it stands in JSON."""
        value: Any = list(self.value) if isinstance(self.value, tuple) else self.value
        return {
            "id": self.id,
            "kind": self.kind,
            "subject": self.subject,
            "value": value,
            "unit": self.unit,
            "scope": self.scope.to_dict(),
            "section": list(self.section),
            "strength": self.strength,
            "certainty": self.certainty,
            "policy": self.policy,
            "details": dict(self.details),
            "span": self.span.to_dict(),
        }


class _Unfrozen:
    """A statement while it is filled, as in `make_span`."""

    __slots__ = tuple(Statement.__dataclass_fields__)


def make_statement(
    id: str,
    kind: str,
    subject: str,
    value: Value,
    unit: str | None,
    scope: Scope,
    section: tuple[str, ...],
    span: Span,
    strength: Strength,
    certainty: str | None,
    policy: Policy,
    details: Mapping[str, Any],
) -> Statement:
    """Return what `Statement` returns, in a third of the time; pages have a hundred."""
    made: Any = _Unfrozen()
    made.id = id
    made.kind = kind
    made.subject = subject
    made.value = value
    made.unit = unit
    made.scope = scope
    made.section = section
    made.span = span
    made.strength = strength
    made.certainty = certainty
    made.policy = policy
    made.details = details
    made.__class__ = Statement
    finished: Statement = made
    return finished


# The kinds of statement, in the words a reader sees.
KINDS: dict[str, str] = {
    "action": "action to take",
    "adverse_effect": "adverse effect",
    "adverse_effect_sign": "sign of an adverse effect",
    "advertising": "advertising",
    "alternate_name": "alternate name",
    "availability": "availability",
    "brand_name": "brand name",
    "breastfeeding": "breastfeeding",
    "claim": "claim",
    "classification": "classification",
    "clinical_population": "clinical population",
    "clinical_result": "clinical result",
    "combination": "combination",
    "contraception": "contraception",
    "contraindication": "contraindication",
    "counselling": "counselling",
    "definition": "definition",
    "dependence": "dependence",
    "disclaimer": "disclaimer",
    "discontinuation": "discontinuation",
    "dose_adjustment": "dose adjustment",
    "dose_division": "division of the dose",
    "dose_initial": "starting dose",
    "dose_max": "maximum dose",
    "dose_maintenance": "maintenance dose",
    "dose_titration": "titration",
    "ed50": "ED50",
    "faq_front_matter": "question in the front matter",
    "figure": "figure",
    "formulation_alternative": "other formulation",
    "identity": "identity",
    "indication": "indication",
    "interaction": "interaction",
    "lifestyle": "lifestyle",
    "mechanism": "mechanism",
    "metabolism": "metabolism",
    "missed_dose": "missed dose",
    "monitoring": "monitoring",
    "page_metadata": "page metadata",
    "pharmacodynamics": "pharmacodynamics",
    "pharmacokinetics": "pharmacokinetics",
    "precaution": "precaution",
    "preclinical_result": "preclinical result",
    "pregnancy": "pregnancy",
    "protocol": "protocol",
    "protocol_step": "protocol step",
    "provenance": "provenance",
    "reference": "reference",
    "scale_level": "scale level",
    "text": "text without a known structure",
    "therapeutic_range": "therapeutic range",
}
