"""Which rules read the sentences of an entry, by what its section is about."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_advice import ADVISED, say_advice
from isobole.monograph._extract_contraindications import say_contraindications
from isobole.monograph._extract_denied import undenied
from isobole.monograph._extract_doses import say_doses, say_missing_maximum
from isobole.monograph._extract_effects import effect_list, say_effects, say_signs
from isobole.monograph._extract_interactions import say_interactions
from isobole.monograph._extract_metadata import (
    say_identity,
)
from isobole.monograph._extract_names import say_class, say_is_a, say_names
from isobole.monograph._extract_pharmacology import (
    say_definitions,
    say_fate,
    say_mechanism,
    say_pathways,
)
from isobole.monograph._extract_reproduction import say_fetal_effects, say_reproduction
from isobole.monograph._extract_terms import effect_term
from isobole.monograph._extract_text import Entry, Piece, chunks
from isobole.monograph._extract_uses import (
    say_combination,
    say_indications,
)
from isobole.monograph._folded import Folded
from isobole.monograph._held import held
from isobole.monograph._vocabulary import AGE_SIGNS, age_limit, vocabulary

# What a sentence of a topic is where no rule finds more in it.
_FALLBACK = {
    "pregnancy": "pregnancy",
    "breastfeeding": "breastfeeding",
    "mechanism": "mechanism",
    "pharmacodynamics": "pharmacodynamics",
    "pharmacokinetics": "pharmacokinetics",
    "metabolism": "metabolism",
    "precautions": "precaution",
    "lifestyle": "lifestyle",
    "combinations": "combination",
    "missed_dose": "missed_dose",
    "discontinuation": "discontinuation",
    "dependence": "dependence",
    "availability": "availability",
    "action": "action",
    "disclaimer": "disclaimer",
}
_CARRY = frozenset(("dosage", "adjustments", "precautions"))
# Topics whose sentences `_topic` reads.
_WITH_RULES = frozenset(
    ("usage", None, "classification", "identity", "mechanism", "pharmacodynamics",
     "pharmacokinetics", "metabolism", "pregnancy", "breastfeeding",
     "pregnancy_breastfeeding", "combinations", "monitoring", "adverse_sign")
)  # fmt: skip
_RISK_LEAD = Folded(
    r"birth defect|teratogen|pregnan|fetal|fetus",
    keys=("birth defect", "teratogen", "pregnan", "fetal", "fetus"),
)


def handle(draft: Draft, made: Entry, place: Place, block: str) -> None:
    """Read the sentences of an entry by the rules of its topic, then by the others."""
    topic = place.topic
    words = vocabulary()
    done: set[int] = set()
    if topic == "adverse":
        if _RISK_LEAD.search(made.lead):
            for piece in made.sentences:
                if say_fetal_effects(draft, piece, place):
                    done.add(piece.start)
        else:
            done = say_effects(draft, made, place)
    elif topic == "interactions":
        done = say_interactions(draft, made, place)
    elif topic == "contraindications":
        listing = (
            block != "item"
            or place.frequency == "summary"
            or bool(place.question)
            or words.topic(made.lead) == "contraindications"
        )
        done = say_contraindications(draft, made, place, listing)
    elif topic in ("alternate_names", "brand_names"):
        if say_names(draft, made, place):
            done = {piece.start for piece in made.sentences}
    elif topic in ("dosage", "adjustments"):
        done = _doses(draft, made, place)
    carries, has_rules = topic in _CARRY, topic in _WITH_RULES
    for piece in made.sentences:
        start, _, text = piece
        if text[-1:] == "?":
            draft.say("text", piece, place)
            continue
        here = held(text)
        if carries and here & AGE_SIGNS and age_limit(text):
            # What follows in the same paragraph is said of the same people.
            place = place.but(population=words.population(text))
        said = has_rules and _topic(draft, piece, place)
        if here & ADVISED and say_advice(draft, piece, place):
            continue
        if not (said or start in done):
            _fallback(draft, piece, place)


def _doses(draft: Draft, made: Entry, place: Place) -> set[int]:
    done: set[int] = set()
    kinds: set[str] = set()
    for piece in made.sentences:
        if found := say_doses(draft, piece, place):
            done.add(piece.start)
            kinds.update(dose.kind for dose in found)
            if route := vocabulary().routes.first(piece.text):
                place = place.but(route=route)
    if place.frequency != "summary" and not place.question:
        say_missing_maximum(draft, made, place, kinds)
    return done


def _topic(draft: Draft, piece: Piece, place: Place) -> bool:
    topic = place.topic
    if topic in ("usage", None):
        said = say_is_a(draft, piece, place)
        return say_indications(draft, piece, place) or said
    if topic == "classification":
        return say_class(draft, piece, place)
    if topic == "identity":
        return say_identity(draft, piece, place)
    if topic in ("mechanism", "pharmacodynamics"):
        said = say_is_a(draft, piece, place)
        said = say_mechanism(draft, piece, place) or said
        said = say_definitions(draft, piece, place) or said
        if topic == "pharmacodynamics":
            draft.say("pharmacodynamics", piece, place)
            said = True
        return say_fate(draft, piece, place) or said
    if topic == "pharmacokinetics":
        return say_fate(draft, piece, place)
    if topic == "metabolism":
        said = say_pathways(draft, piece, place)
        return say_fate(draft, piece, place) or said
    if topic in ("pregnancy", "breastfeeding", "pregnancy_breastfeeding"):
        return say_reproduction(draft, piece, place)
    if topic == "combinations":
        return say_combination(draft, piece, place, place.lead)
    if topic == "monitoring":
        return _monitored(draft, piece, place)
    if topic == "adverse_sign":
        return say_signs(draft, piece, place, _condition(place))
    return False


def _monitored(draft: Draft, piece: Piece, place: Place) -> bool:
    if "monitor" in piece.text.lower():
        return False
    members = chunks(piece)
    if any(len(member.text.split()) > 7 for member in members):
        return False
    for member in members:
        draft.say(
            "monitoring", member, place, effect_term(member.text).name,
            strength="monitor", subject=draft.subject,
        )  # fmt: skip
    return True


def _condition(place: Place) -> str:
    words = re.split(r"(?:signs|symptoms)(?: and symptoms)? of", place.question or "")
    return words[-1].strip(" ?*").lower()


def _fallback(draft: Draft, piece: Piece, place: Place) -> None:
    if piece.start in draft.spoken:
        return
    topic = place.topic
    kind = _FALLBACK.get(topic or "", "text")
    if kind in ("precaution", "lifestyle") and not undenied(piece.text).strip(" ."):
        # "There is no need for caution" is no precaution.
        kind = "text"
    if topic == "interactions" and "interact" in piece.text.lower():
        draft.say(
            "interaction",
            piece,
            place,
            details={"defects": ["interaction_without_agent"]},
        )
    elif topic == "pregnancy_breastfeeding":
        lower = piece.text.lower()
        milk = "breast" in lower or "lactat" in lower or "milk" in lower
        draft.say("breastfeeding" if milk else "pregnancy", piece, place)
    elif topic == "adverse" and effect_list(draft, piece, place):
        return
    else:
        # "Not recommended in pregnancy" is of other people than its section.
        people = vocabulary().population(piece.text) if kind == "precaution" else None
        draft.say(kind, piece, place, population=people)
