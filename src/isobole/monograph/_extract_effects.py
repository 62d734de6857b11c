"""Adverse effects: lists under headings, leads with a gloss, prose that names them."""

from __future__ import annotations

import re
from functools import lru_cache

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_denied import affirmed
from isobole.monograph._extract_terms import effect_term
from isobole.monograph._extract_text import Entry, Piece, chunks, plain
from isobole.monograph._folded import Folded
from isobole.monograph._held import gate, held, marks
from isobole.monograph._vocabulary import vocabulary

_GROUP = Folded(
    r"\b(?:issues?|problems?|effects?|changes|disorders?|reactions?|system|symptoms|"
    r"disturbances|abnormalities|complications)\b"
    r"|^(?:others?|general|gastrointestinal|neurologic(?:al)?|cardiovascular|"
    r"dermatologic(?:al)?|h(?:a)?ematologic(?:al)?|metabolic|endocrine|psychiatric|"
    r"respiratory|musculoskeletal|renal|hepatic|ocular|genitourinary|"
    r"central nervous system|cns|skin|local|systemic|less common|more common|"
    r"stomach|gut|digestive|heart|blood|liver|kidneys?|nerves?|nervous system|brain|"
    r"eyes?|ears?|lungs|breathing|muscles|bones|mood|mental|mental health|vision|hair|"
    r"psychological|"
    r"sexual|urinary|reproductive|vascular|hormonal|immune|sensory)$",
)
_NOT_GROUP = Folded(r"\b(?:allergic|anaphyla\w+|hypersensitivity)\b")
_GROUP_TAIL = re.compile(
    r"\s*(?:issues?|problems?|effects?|disorders?|changes|symptoms|disturbances|"
    r"system|reactions?)\b",
    re.IGNORECASE,
)
_INCLUDES = Folded(
    r"\b(?:includes?|including|such as|are the following|particularly|"
    r"(?:can|may)\s+(?:also\s+)?cause|causes)\b:?\s+",
)
_AFTER = Folded(
    r"\s+(?:(?:may|can|might|could)\s+(?:also\s+)?(?:occur|develop|be|happen|require)|"
    r"requires?|need|have been reported|has been reported|are (?:also )?(?:reported|"
    r"possible|common|rare|seen)|(?:is|are) the most)\b.*$",
    re.DOTALL,
)
_ACTION = Folded(
    r"\b(?:immediate|urgent|emergency|prompt)\s+(?:medical\s+)?(?:intervention|"
    r"attention|care|help|treatment)\b",
    keys=("immediate", "urgent", "emergency", "prompt"),
)
_VERB = Folded(
    r"\b(?:is|are|was|were|can|may|might|should|must|will|would|has|have|had|do|does|"
    r"contact|seek|tell|report|inform|call|include|includes|cause|causes|occurs?|"
    r"requires?|need|consult|these|this|it|you|your|if|when|while|because)\b",
)
_NO_EFFECT = Folded(
    r"^(?:some|though|although|more|other|others|certain|many|most|a range|a variety)\b"
    r"|\b(?:side|adverse) effects?\b|^\W*$",
)
_IN_PARENTHESES = re.compile(r"\([^()]*\)")
_OR_AHEAD = re.compile(r"([^,;(]+?)\s+or\s+$")
_SHARED = re.compile(
    r"(?P<head>[\w\s-]+?)\s+(?P<a>gain|loss|increase|decrease|increased|decreased)\s+or\s+"
    r"(?P<b>gain|loss|increase|decrease|increased|decreased)",
    re.IGNORECASE,
)
_COURSE = re.compile(r"(transient|temporary|reversible|mild|severe)\s+", re.IGNORECASE)
_LEADS_TO = Folded(
    r"\b(?:can|may|could)\s+(?:lead|progress)\s+to\s+(?P<what>[^.;]+)",
    keys=("lead", "progress"),
)
_LONGEST_TERM = 8
# One of these stands in what each of the two patterns finds.
_AFTER_KEYS = gate(
    "may", "can", "might", "could", "require", "need", "been reported", "are also ",
    "are reported", "are possible", "are common", "are rare", "are seen", "the most",
)  # fmt: skip
_INCLUDES_KEYS = marks(("includ", "such as", "following", "particularly", "cause"))


def effect_list(draft: Draft, piece: Piece, place: Place) -> int:
    """Write down the effects that a list names; return how many."""
    piece = affirmed(piece)
    text = piece.text
    here = held(text)
    start, end = 0, len(text)
    tail = _AFTER.search(text) if here & _AFTER_KEYS else None
    if tail:
        end = tail.start()
    if here & _INCLUDES_KEYS and (intro := _INCLUDES.search(text, 0, end)):
        start = intro.end()
    elif not tail and _VERB.search(
        _IN_PARENTHESES.sub("", text) if "(" in text else text
    ):
        return 0
    if text.endswith(":"):
        return 0
    found = []
    for chunk in chunks(piece, start, end):
        found.extend(_members(piece, chunk))
    effects = [one for one in found if _is_effect(one[1])]
    if not effects or len(effects) * 2 < len(found):
        return 0
    action = _ACTION.search(text)
    frequency = place.frequency
    if place.topic == "adverse" and action and frequency == "adr":
        frequency = "adr_immediate"
    for source, words in effects:
        term = effect_term(words)
        draft.say(
            "adverse_effect",
            source,
            place,
            term.name,
            subject=draft.subject,
            population=term.population,
            details={
                "frequency_class": frequency,
                "group": place.group,
                "action": action[0].lower() if action else None,
                "note": term.note,
            },
        )
    if len(effects) < len(found):
        draft.say("text", piece, place)
    return len(effects)


def _members(piece: Piece, chunk: Piece) -> list[tuple[Piece, str]]:
    """Return the effects in one member of a list, with what is quoted for them.

    "Appetite increase or loss" names two, and so does "transient itching or redness",
    where the cut fell between them.
    """
    text = piece.text
    begin, end = chunk.start - piece.start, chunk.end - piece.start
    ahead = text[:begin]
    joined = _OR_AHEAD.search(ahead) if ahead.endswith(" or ") else None
    later = _SHARED.match(text, begin) if " or " in text[end : end + 5] else None
    if later and later.start("b") > end:
        # The first half of "appetite increase or loss".
        whole = Piece(chunk.start, piece.start + later.end(), later[0])
        return [(whole, f"{later['head']} {later['a']}")]
    if joined:
        first = joined[1].strip()
        whole = Piece(
            piece.start + joined.start(1), chunk.end, text[joined.start(1) : end]
        )
        shared = _SHARED.fullmatch(whole.text.strip())
        if shared:
            return [(whole, f"{shared['head']} {chunk.text}")]
        course = _COURSE.match(first)
        if course and not _COURSE.match(chunk.text):
            return [(chunk, f"{course[1]} {chunk.text}")]
    return [(chunk, chunk.text)]


@lru_cache(maxsize=8192)
def _is_effect(words: str) -> bool:
    bare = plain(words)
    if not bare or len(bare.split("(")[0].split()) > _LONGEST_TERM:
        return False
    if _NO_EFFECT.search(bare):
        return False
    return not _VERB.search(bare.split("(")[0]) and not bare.endswith("?")


def say_effects(draft: Draft, entry: Entry, place: Place) -> set[int]:
    """Write down the adverse effects of an entry; return which sentences held any."""
    done: set[int] = set()
    lead = entry.lead
    bare_lead = lead.lower()
    opening = entry.sentences[0] if entry.sentences else None
    if lead and "pregnan" not in bare_lead and "birth defect" not in bare_lead:
        if opening and _names_group(lead):
            group = _group_name(lead)
            frequency = vocabulary().frequency(lead)
            place = place.but(
                group=group or place.group, frequency=frequency or place.frequency
            )
        elif not vocabulary().topic(lead) or not opening:
            whole = _lead_piece(draft, entry, opening.end if opening else entry.begin)
            _say_lead(draft, whole, lead, place, opening)
            if opening:
                done.add(opening.start)
                _say_consequence(draft, opening, place)
            return done
    for piece in entry.sentences:
        if effect_list(draft, piece, place):
            done.add(piece.start)
    return done


def _names_group(lead: str) -> bool:
    if _NOT_GROUP.search(lead):
        return False
    return bool(_GROUP.search(lead)) or vocabulary().frequency(lead) is not None


def _group_name(lead: str) -> str | None:
    if vocabulary().topic(lead):
        return None
    bare = _GROUP_TAIL.sub("", lead).strip(" ():")
    if not bare or vocabulary().frequency(bare):
        return None
    return bare.lower()


def _lead_piece(draft: Draft, entry: Entry, end: int) -> Piece:
    text = draft.page.text
    line_end = text.find("\n", entry.begin)
    if line_end < 0:
        line_end = len(text)
    if not entry.sentences:
        end = line_end
    words = text[entry.begin : end].rstrip()
    return Piece(entry.begin, entry.begin + len(words), words)


def _say_lead(
    draft: Draft, whole: Piece, lead: str, place: Place, body: Piece | None
) -> None:
    action = _ACTION.search(whole.text)
    gloss = plain(body.text).strip(" .") if body else None
    term = effect_term(lead.replace(" / ", "/"))
    draft.say(
        "adverse_effect",
        whole,
        place,
        term.name,
        subject=draft.subject,
        details={
            "frequency_class": place.frequency,
            "group": place.group,
            "gloss": gloss,
            "action": action[0].lower() if action else None,
        },
        population=term.population,
    )


def _say_consequence(draft: Draft, piece: Piece, place: Place) -> None:
    match = _LEADS_TO.search(piece.text)
    if match is None:
        return
    what = Piece(
        piece.start + match.start("what"),
        piece.start + match.end("what"),
        match["what"],
    )
    for chunk in chunks(what):
        if _is_effect(chunk.text):
            draft.say(
                "adverse_effect",
                chunk,
                place,
                effect_term(chunk.text).name,
                subject=draft.subject,
                certainty="may",
                details={"frequency_class": place.frequency},
            )


def say_signs(draft: Draft, piece: Piece, place: Place, of: str) -> bool:
    """Write down the signs of an adverse effect that a sentence lists."""
    text = piece.text
    start = 0
    if intro := _INCLUDES.search(text):
        start = intro.end()
    members = [c for c in chunks(piece, start) if _is_effect(c.text)]
    for chunk in members:
        draft.say(
            "adverse_effect_sign",
            chunk,
            place,
            effect_term(chunk.text).name,
            subject=of,
        )
    return bool(members)
