"""Interactions: which agents, what they do to which level or effect, and how."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place, hedge
from isobole.monograph._extract_terms import agent_term, effect_term
from isobole.monograph._extract_text import Entry, Piece, chunks, plain
from isobole.monograph._statement import Strength
from isobole.monograph._vocabulary import vocabulary

_EFFECT = re.compile(
    r"\b(?P<verb>increas(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|reduc(?:e|es|ed|ing)|"
    r"lower(?:s|ed|ing)?|rais(?:e|es|ed|ing)|elevat(?:e|es|ed|ing)|"
    r"potentiat(?:e|es|ed|ing)|enhanc(?:e|es|ed|ing)|inhibit(?:s|ed|ing)?|"
    r"induc(?:e|es|ed)|prolong(?:s|ed|ing)?|diminish(?:es|ed|ing)?|"
    r"antagoni[sz](?:e|es|ed|ing)|accelerat(?:e|es|ed)|augment(?:s|ed)?|"
    r"exacerbat(?:e|es|ed)|impair(?:s|ed)?|alter(?:s|ed)?|affect(?:s|ed)?|"
    r"interfer(?:e|es|ed)|worsen(?:s|ed)?)\b(?![- ](?:drugs|agents|antiepileptic))",
    re.IGNORECASE,
)
_UP = ("increas", "rais", "elevat", "potentiat", "enhanc", "prolong", "augment",
       "exacerbat", "worsen")  # fmt: skip
_DOWN = ("decreas", "reduc", "lower", "diminish", "inhibit", "antagoni", "impair",
         "accelerat", "induc")  # fmt: skip
_MODAL = re.compile(
    r"\s*\b(?:(?:which|that|who)\s+)?(?:can|may|might|could|will|should|significantly|"
    r"potentially|also|both|to|has been shown to|have been shown to|is known to|"
    r"are known to)\s*$",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\(\s*(?:e\.g\.,?|i\.e\.,?|such as|including|like|for example,?)?\s*(?P<list>[^()]+)\)"
    r"|,?\s+(?:such as|including|like)\s+(?P<prose>[^.;()]+)",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"(?:(?:the\s+)?(?:serum|plasma|blood)?\s*(?:levels?|concentrations?|clearance|"
    r"metabolism|elimination|absorption|exposure)\s+of\s+(?P<of>[^,.;()]+)"
    r"|(?P<its>[\w\s-]+?)(?:'s|s')?\s+(?:serum\s+|plasma\s+|blood\s+)?"
    r"(?P<what>levels?|concentrations?|clearance|metabolism|absorption|exposure))",
    re.IGNORECASE,
)
_WORKS = re.compile(
    r"\b(?:effects?|effectiveness|efficacy|actions?|activity|toxicity)\s+of\s+"
    r"(?P<of>[^,.;]+)",
    re.IGNORECASE,
)
_RISK = re.compile(
    r"\brisk\s+(?:of|for)\s+(?P<what>[^.;]+?)(?=\s+(?:when|if|with|in|and increas|due)\b|"
    r"[.;]|$)",
    re.IGNORECASE,
)
_PARTICULARLY = re.compile(
    r"(?:,\s*|\()(?:particularly|especially|such as|including)\s+(?P<what>[^.;)]+)",
    re.IGNORECASE,
)
_CONSEQUENCE = re.compile(
    r"(?:increasing the risk of|(?:leading|resulting)\s+(?:to|in)|lead(?:s)? to|"
    r"result(?:s)? in|causing)\s+(?P<what>[^.;]+)",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"\b(?:when\s+(?:taken|used|combined|administered|given)\s+(?:together\s+)?with|"
    r"in combination with|(?:concomitant|concurrent)(?:ly)?(?:\s+use)?\s+(?:of|with)|"
    r"co-?administ\w+\s+(?:of|with)|combin\w+\s+with)\s+(?P<agents>[^.;]+)",
    re.IGNORECASE,
)
# "X should be avoided, as it can ..." and "Avoid X, as it can ...".
_SHUNNED = re.compile(
    r"(?:^|[,;]\s*)(?:\w+,\s+)?(?P<a>[\w\s-]{3,60}?)\s+(?:should|must|is to)\s+be\s+"
    r"(?:avoided|limited)|\bavoid(?:ing)?\s+(?P<b>[\w\s,-]{3,60}?)"
    r"(?=,?\s+(?:as|because|since|while|when|during|which|due)\b)",
    re.IGNORECASE,
)
_INTERACTS = re.compile(
    r"\binteract(?:s|ions?)?\s+with\s+(?P<what>[^.;]+)", re.IGNORECASE
)
_UNNAMED = re.compile(
    r"\b(?:other|many|several|various|some|certain|numerous)\s+(?:drugs?|medications?|"
    r"medicines?|substances)\b",
    re.IGNORECASE,
)
_GENERIC_LEAD = re.compile(
    r"interaction|drug-|others?$|food$|lifestyle|major|moderate|minor|significant|"
    r"clinically|pharmaco|note|effect|management|monitor|caution|avoid",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"^(?:it|its|this|these|they|which|the drug|the medication)\b", re.I
)
_LONGEST = 9


def say_interactions(draft: Draft, entry: Entry, place: Place) -> set[int]:
    """Write down the interactions of an entry; return which sentences held any."""
    done: set[int] = set()
    lead = entry.lead
    agents: list[Piece] = []
    group = None
    if lead and "?" not in lead and not _GENERIC_LEAD.search(lead):
        begin = draft.page.text.find(lead, entry.begin)
        piece = Piece(begin, begin + len(lead), lead)
        agents, group = _agents(draft, piece)
    for index, piece in enumerate(entry.sentences):
        effect = _EFFECT.search(piece.text)
        if agents and (index == 0 or effect):
            where = _whole(entry, piece, draft) if index == 0 else piece
            if index == 0 and not effect and _all_names(piece):
                # "**Anticoagulants:** warfarin, heparin" names members of a class.
                group = agent_term(lead)
                for chunk in chunks(piece):
                    _say(
                        draft, chunk, place, [agent_term(chunk.text)], group, piece.text
                    )
            else:
                names = [agent_term(agent.text) for agent in agents]
                _say(draft, where, place, names, group, piece.text)
            done.add(piece.start)
        elif effect and sentence_interaction(draft, piece, place, effect):
            done.add(piece.start)
        elif not agents and _interacts(draft, piece, place):
            done.add(piece.start)
        elif not agents and _bare_list(draft, piece, place):
            done.add(piece.start)
    if lead and agents and not entry.sentences:
        for agent in agents:
            _say(draft, agent, place, [agent_term(agent.text)], group, "")
    return done


def _whole(entry: Entry, piece: Piece, draft: Draft) -> Piece:
    return Piece(entry.begin, piece.end, draft.page.text[entry.begin : piece.end])


def _agents(draft: Draft, piece: Piece) -> tuple[list[Piece], str | None]:
    """Return the agents that words name, and the class they are examples of."""
    listed = _LISTED.search(piece.text)
    if listed:
        name = "list" if listed["list"] is not None else "prose"
        head = agent_term(piece.text[: listed.start()])
        inner = Piece(
            piece.start + listed.start(name),
            piece.start + listed.end(name),
            listed[name],
        )
        members = [c for c in chunks(inner) if agent_term(c.text)]
        # "Valproic acid (VPA)" is one agent with its abbreviation.
        if (
            listed["prose"]
            or len(members) > 1
            or "e.g" in listed[0]
            or "such" in listed[0]
        ):
            return members, head or None
        piece = Piece(
            piece.start, piece.start + listed.start(), piece.text[: listed.start()]
        )
    found = []
    for chunk in chunks(piece):
        words = agent_term(chunk.text)
        own = draft.names(chunk.text)
        if not words or _PRONOUN.match(words) or (own and len(words.split()) <= 3):
            continue
        if len(words.split()) <= _LONGEST:
            found.append(chunk)
    return found, None


def _all_names(piece: Piece) -> bool:
    parts = chunks(piece)
    return bool(parts) and all(
        len(c.text.split("(")[0].split()) <= 5 and not _VERBISH.search(c.text)
        for c in parts
    )


_VERBISH = re.compile(
    r"\b(?:is|are|can|may|should|must|will|use|avoid|monitor|risk|be|not|due|with|"
    r"has|have|consult|inform|levels?|effects?|this|it|dose|dosage|required|careful)\b",
    re.IGNORECASE,
)


def _bare_list(draft: Draft, piece: Piece, place: Place) -> bool:
    if not _all_names(piece):
        return False
    found = False
    listed = _LISTED.search(piece.text)
    group = None
    members = chunks(piece)
    if listed and listed["list"] and len(members) == 1:
        members, group = _agents(draft, piece)
    for chunk in members:
        name = agent_term(chunk.text)
        if name:
            _say(draft, chunk, place, [name], group, "")
            found = True
    return found


def _interacts(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down a sentence that names partners and no effect."""
    match = _INTERACTS.search(piece.text)
    if match is None:
        return False
    if _UNNAMED.match(match["what"]) and not _LISTED.search(match["what"]):
        _say(draft, piece, place, ["unspecified"], None, piece.text)
        return True
    begin = piece.start + match.start("what")
    agents, group = _agents(
        draft, Piece(begin, begin + len(match["what"]), match["what"])
    )
    names = [
        name for name in (agent_term(a.text) for a in agents) if len(name.split()) <= 5
    ]
    if names:
        _say(draft, piece, place, names, group, piece.text)
    return bool(names)


def sentence_interaction(
    draft: Draft, piece: Piece, place: Place, effect: re.Match[str]
) -> bool:
    """Write down the interaction that a sentence with a verb of effect tells."""
    text = piece.text
    if shunned := _SHUNNED.search(text, 0, effect.start()):
        name = "a" if shunned["a"] else "b"
        inner = Piece(
            piece.start + shunned.start(name),
            piece.start + shunned.end(name),
            shunned[name],
        )
        agents, group = _agents(draft, inner)
        if agents:
            names = [agent_term(agent.text) for agent in agents]
            _say(draft, piece, place, names, group, text)
            return True
    left = text[: effect.start()]
    while modal := _MODAL.search(left):
        left = left[: modal.start()]
    together = _WITH.search(text)
    own = draft.names(left) or _PRONOUN.match(left.strip())
    group = None
    if together:
        inner = Piece(
            piece.start + together.start("agents"),
            piece.start + together.end("agents"),
            together["agents"],
        )
        stop = _EFFECT.search(inner.text)
        if stop:
            cut = inner.text[: stop.start()]
            while modal := _MODAL.search(cut):
                cut = cut[: modal.start()]
            inner = Piece(inner.start, inner.start + len(cut), cut)
        agents, group = _agents(draft, inner)
    elif own:
        agents = _object(draft, piece, effect.end())
        if len(agents) == 1:
            agents, group = _agents(draft, agents[0])
    else:
        agents, group = _agents(
            draft, Piece(piece.start, piece.start + len(left), left)
        )
    names = [name for name in (agent_term(agent.text) for agent in agents) if name]
    if not names:
        if _UNNAMED.search(text):
            _say(draft, piece, place, ["unspecified"], None, text)
            return True
        return False
    _say(draft, piece, place, names, group, text)
    return True


def _object(draft: Draft, piece: Piece, start: int) -> list[Piece]:
    """Return the agent on which the page's own drug acts."""
    right = piece.text[start:]
    level = _LEVEL.search(right)
    for words in (level["of"], level["its"]) if level else ():
        if words and not draft.names(words):
            begin = start + right.index(words)
            return [Piece(piece.start + begin, piece.start + begin + len(words), words)]
    match = _WORKS.search(right)
    if match and not draft.names(match["of"]):
        begin = piece.start + start + match.start("of")
        return [Piece(begin, begin + len(match["of"]), match["of"])]
    return []


def _say(
    draft: Draft,
    piece: Piece,
    place: Place,
    agents: list[str],
    group: str | None,
    text: str,
) -> None:
    effect = _EFFECT.search(text) if text else None
    affected, direction = (None, None)
    consequence = None
    if effect:
        affected, direction = _affected(draft, text, effect, agents)
        found = _CONSEQUENCE.search(text, effect.end())
        if found:
            members = chunks(Piece(0, len(found["what"]), found["what"]))
            consequence = "; ".join(effect_term(m.text).name for m in members[:4])
    mechanism = _mechanism(f"{group or ''} {text}")
    strength = interaction_strength(text)
    kinds = affected if isinstance(affected, list) else [affected]
    for name in agents:
        for one in kinds:
            draft.say(
                "interaction",
                piece,
                place,
                name,
                strength=strength,
                certainty=hedge(text) if text else None,
                condition="co-administration" if effect else None,
                affected=one,
                direction=direction,
                mechanism=mechanism,
                consequence=consequence,
                **{"class": group},
            )


def _affected(
    draft: Draft, text: str, effect: re.Match[str], agents: list[str]
) -> tuple[list[str] | str | None, str | None]:
    verb = effect["verb"].lower()
    direction = None
    if verb.startswith(_UP):
        direction = "increase"
    elif verb.startswith(_DOWN):
        direction = "decrease"
    right = text[effect.end() :]
    head = right.split(", increasing")[0].split(", leading")[0].strip()
    if listed := _PARTICULARLY.search(right):
        members = chunks(Piece(0, len(listed["what"]), listed["what"]))
        return [_effect_name(m.text) for m in members], direction
    if risk := _RISK.search(head):
        members = chunks(Piece(0, len(risk["what"]), risk["what"]))
        return [_effect_name(m.text) for m in members], direction
    if named := vocabulary().affected.first(head):
        return named, direction
    if (works := _WORKS.search(head)) and not draft.names(works["of"]):
        return f"{agent_term(works['of'])} effect", direction
    if level := _LEVEL.search(head):
        whose = level["of"] or level["its"] or ""
        what = (level["what"] or "level").lower().rstrip("s")
        if level["of"]:
            of = re.search(
                r"clearance|metabolism|elimination|absorption|exposure", level[0]
            )
            what = of[0] if of else "level"
        what = "level" if what.startswith("concentration") else what
        own = draft.names(whose)
        name = own[0].lower() if own else agent_term(whose)
        if name in ("its", "their", "", "serum", "plasma", "blood", "drug"):
            name = agents[0] if _PRONOUN.match(text) else draft.subject
        return f"{name} {what}", direction
    if match := re.match(r"\s*(?:the\s+)?([\w\s-]*?effects?)\b", head, re.IGNORECASE):
        return plain(match[1]).lower(), direction
    return None, direction


def _effect_name(words: str) -> str:
    return (
        vocabulary().affected.whole(plain(words).strip(" .")) or effect_term(words).name
    )


def _mechanism(text: str) -> str | None:
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
