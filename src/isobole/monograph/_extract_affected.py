"""What an interaction does: to which level or effect, in which direction, and why."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft
from isobole.monograph._extract_terms import agent_term, effect_term
from isobole.monograph._extract_text import Piece, chunks, plain
from isobole.monograph._folded import Folded
from isobole.monograph._held import gate
from isobole.monograph._statement import Strength
from isobole.monograph._vocabulary import vocabulary

EFFECT = Folded(
    r"\b(?P<verb>increas(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|reduc(?:e|es|ed|ing)|"
    r"lower(?:s|ed|ing)?|rais(?:e|es|ed|ing)|elevat(?:e|es|ed|ing)|"
    r"potentiat(?:e|es|ed|ing)|enhanc(?:e|es|ed|ing)|inhibit(?:s|ed|ing)?|"
    r"induc(?:e|es|ed)|prolong(?:s|ed|ing)?|diminish(?:es|ed|ing)?|"
    r"antagoni[sz](?:e|es|ed|ing)|accelerat(?:e|es|ed)|augment(?:s|ed)?|"
    r"exacerbat(?:e|es|ed)|adds?(?= to\b)|impair(?:s|ed)?|alter(?:s|ed)?|"
    r"affect(?:s|ed)?|"
    r"interfer(?:e|es|ed)|worsen(?:s|ed)?|doubl(?:e|es|ed)|halv(?:e|es|ed)|"
    r"(?:speed(?:s|ed)?|sped)\s+up|slow(?:s|ed)?(?:\s+down)?(?=\s+the\b|\s+its\b)|"
    r"displac(?:e|es|ed)|ma(?:ke|kes|de)(?=\s+[^.;,]{3,60}?\b(?:(?:less|more)\s+\w+|"
    r"fail)))\b(?![- ](?:drugs|agents|antiepileptic))",
)
EFFECT_KEYS = gate(
    "increas", "decreas", "reduc", "lower", "rais", "elevat", "potentiat", "enhanc",
    "inhibit", "induc", "prolong", "diminish", "antagoni", "accelerat", "augment",
    "exacerbat", "add", "impair", "alter", "affect", "interfer", "worsen", "doubl",
    "halv", "speed", "sped", "slow", "displac", "make", "made",
)  # fmt: skip
"""Without one of these a text holds no `EFFECT`."""
_UP = ("increas", "rais", "elevat", "potentiat", "enhanc", "prolong", "augment",
       "exacerbat", "worsen", "add", "doubl", "speed", "sped")  # fmt: skip
_DOWN = ("decreas", "reduc", "lower", "diminish", "inhibit", "antagoni", "impair",
         "accelerat", "induc", "halv", "slow")  # fmt: skip
LEVEL = Folded(
    r"(?:(?:the\s+)?(?:serum|plasma|blood)?\s*(?:levels?|concentrations?|clearance|"
    r"metabolism|elimination|absorption|exposure|breakdown|removal|half-life)\s+of\s+"
    r"(?P<of>[^,.;()]+)"
    r"|(?P<its>[\w\s-]+?)(?:'s|s')?\s+(?:serum\s+|plasma\s+|blood\s+)?"
    r"(?P<what>levels?|concentrations?|clearance|metabolism|absorption|exposure))",
)
WORKS = Folded(
    r"\b(?:effects?|effectiveness|efficacy|actions?|activity|toxicity)\s+of\s+"
    r"(?P<of>[^,.;]+)",
    keys=("effect", "efficacy", "action", "activity", "toxicity"),
)
_RISK = Folded(
    r"\brisk\s+(?:of|for)\s+(?P<what>[^.;]+?)"
    r"(?=\s+(?:when|if|with|in|and increas|due)\b|"
    r"[.;]|$)",
    keys=("risk",),
)
_PARTICULARLY = Folded(
    r"(?:,\s*|\()(?:particularly|especially|such as|including)\s+(?P<what>[^.;)]+)",
    keys=("particularly", "especially", "such as", "including"),
)
# Where the words on one agent end and the sentence goes on.
GOES_ON = re.compile(
    r"\s+(?:at first|is|are|was|were|has|have|but|while|whereas|by|if|when|during|"
    r"after|so|which|"
    r"(?:and|or)\s+(?:it|may|can|might|could|has|is|so|thereby|raises?|lowers?))\b.*$",
    re.IGNORECASE | re.DOTALL,
)
CONSEQUENCE = Folded(
    r"(?:increasing the risk of|(?:leading|resulting)\s+(?:to|in)|lead(?:s)? to|"
    r"result(?:s)? in|causing)\s+(?P<what>[^.;]+)",
    keys=("increasing", "lead", "result", "causing"),
)
PRONOUN = re.compile(
    r"^(?:it|its|this|these|they|which|the drug|the medication)\b", re.I
)


def object_of(draft: Draft, piece: Piece, start: int) -> list[Piece]:
    """Return the agent on which the page's own drug acts."""
    start += len(piece.text[start:]) - len(piece.text[start:].lstrip())
    right = piece.text[start:]
    level = LEVEL.search(right)
    for name in ("of", "its"):
        words = level[name] if level else None
        if words and not draft.names(words):
            place = right.index(words)
            if name == "of" and (several := _SEVERAL.match(right, place)):
                words = several[0]
            return [_cut(piece, start + place, words)]
    match = WORKS.search(right) or _MADE.match(right)
    if match and not draft.names(match["of"]):
        return [_cut(piece, start + match.start("of"), match["of"])]
    return []


# "Levels of a, b and c"; without an "and" a comma begins other words.
_SEVERAL = re.compile(
    r"(?:[\w-]+(?: [\w-]+)?, )+[\w-]+(?: [\w-]+)?,? (?:and|or) [\w-]+(?: [\w-]+){0,2}"
)
# "Makes warfarin less effective", "makes the pill fail".
_MADE = re.compile(
    r"(?P<of>[^.;,]{3,60}?)\s+(?:(?:less|more)\s+\w+|fail)\b", re.IGNORECASE
)


def _cut(piece: Piece, start: int, words: str) -> Piece:
    """Return the words at a place in a sentence, up to where it goes on."""
    words = GOES_ON.sub("", words)
    begin = piece.start + start
    return Piece(begin, begin + len(words), words)


def affected_by(
    draft: Draft, text: str, effect: re.Match[str], agents: list[str]
) -> tuple[list[str] | str | None, str | None]:
    verb = effect["verb"].lower()
    direction = None
    if verb.startswith(_UP):
        direction = "increase"
    elif verb.startswith(_DOWN):
        direction = "decrease"
    right = text[effect.end() :]
    head = right.split(", increasing")[0].split(", leading")[0]
    head = head.partition(";")[0].strip(" .")
    if not head:
        # "The clearance of a falls; monitor levels": what falls stands before the verb.
        head = text[: effect.start()].rpartition(";")[2].strip()
    if listed := _PARTICULARLY.search(right):
        members = chunks(Piece(0, len(listed["what"]), listed["what"]))
        return [_effect_name(m.text) for m in members], direction
    if risk := _RISK.search(head):
        members = chunks(Piece(0, len(risk["what"]), risk["what"]))
        return [_effect_name(m.text) for m in members], direction
    if named := vocabulary().affected.first(head):
        return named, direction
    if (works := WORKS.search(head)) and not draft.names(works["of"]):
        return f"{agent_term(works['of'])} effect", direction
    if level := LEVEL.search(head):
        whose = GOES_ON.sub("", level["of"] or level["its"] or "")
        what = (level["what"] or "level").lower().rstrip("s")
        if level["of"]:
            of = re.search(
                r"clearance|metabolism|elimination|absorption|exposure|breakdown|removal"
                r"|half-life",
                level[0],
            )
            what = of[0] if of else "level"
        what = "level" if what.startswith("concentration") else what
        own = draft.names(whose) if "metabolite" not in whose else None
        name = own[0].lower() if own else agent_term(whose)
        if not own and len(chunks(Piece(0, len(whose), whose))) > 1:
            # "Levels of a and b": of each its own.
            name = "{agent}"
        elif not own and len(agents) > 1 and name == agents[0]:
            name = "{agent}"
        if name in ("its", "their", "", "serum", "plasma", "blood", "drug"):
            name = agents[0] if PRONOUN.match(text) else draft.subject
        return f"{name} {what}", direction
    if match := re.match(r"\s*(?:the\s+)?([\w\s-]*?effects?)\b", head, re.IGNORECASE):
        return plain(match[1]).lower(), direction
    return None, direction


def _effect_name(words: str) -> str:
    return (
        vocabulary().affected.whole(plain(words).strip(" .")) or effect_term(words).name
    )


def mechanism_of(text: str) -> str | None:
    lower = text.lower()
    if "induc" in lower and ("enzyme" in lower or "cyp" in lower or "inducer" in lower):
        return "enzyme induction"
    if "inhibit" in lower and ("enzyme" in lower or "cyp" in lower):
        return "enzyme inhibition"
    if "displac" in lower or "protein binding" in lower:
        return "protein binding displacement"
    return None


def interaction_strength(text: str) -> Strength:
    """Return how strongly a sentence on an interaction advises."""
    lower = text.lower()
    if "contraindicated" in lower and "not contraindicated" not in lower:
        return "contraindicated"
    if "avoid" in lower or "should not" in lower or "not recommended" in lower:
        return "avoid"
    if "caution" in lower:
        return "caution"
    if "adjust" in lower:
        return "adjust"
    if "monitor" in lower:
        return "monitor"
    return None
