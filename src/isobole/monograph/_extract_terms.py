"""Short terms for statements: lower case, without gloss, one name for one thing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from isobole.monograph._extract_text import plain
from isobole.monograph._vocabulary import vocabulary

_PARENTHESIS = re.compile(r"\s*\(([^()]*)\)")
_LEADING = re.compile(
    r"(?:(?:such as|including|includes?|e\.g\.,?|i\.e\.,?|especially|particularly|"
    r"notably|and|or|the|an?|other symptoms like)\s+)+",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:and|or|the|an?)\s+", re.IGNORECASE)
_COURSE = re.compile(r"(transient|temporary|reversible)\s+(.+)", re.IGNORECASE)
_MEDICAL = re.compile(
    r"[a-z]{3,}(?:emia|aemia|itis|osis|penia|pathy|toxicity|algia|uria|plegia|rrhea|"
    r"rrhoea|ecia|opsia|opia|esthesia|aesthesia|kinesia|tonia|asthenia|cardia|rhythmia|"
    r"syncope|pnea|pnoea|edema|oedema|ectomy|phagia|orexia|somnia|lopecia|pruritus|"
    r"urticaria|vertigo|xerostomia|dyspepsia|emesis|epistaxis|nystagmus|diplopia|"
    r"ataxia)",
    re.IGNORECASE,
)


class Term(NamedTuple):
    """A short term, with what stood in parentheses after it."""

    name: str
    note: str | None = None
    population: str | None = None


@lru_cache(maxsize=8192)
def lower_words(text: str) -> str:
    """Return words in lower case, proper names and abbreviations kept.

    Examples
    --------
    >>> lower_words("Stevens-Johnson Syndrome"), lower_words("QT prolongation")
    ('Stevens-Johnson syndrome', 'QT prolongation')
    """
    eponyms = vocabulary().eponyms
    words = []
    for word in text.split(" "):
        bare = word.strip("(),;:/")
        lower = bare.lower()
        if lower in eponyms:
            words.append(word.replace(bare, eponyms[lower]))
        elif lower == bare and bare.isalpha():
            words.append(word.lower())
        elif any(map(str.isdigit, bare)) or any(
            sum(map(str.isupper, part)) >= 2 for part in bare.split("/")
        ):
            words.append(word)
        else:
            words.append(word.lower())
    return " ".join(words)


@lru_cache(maxsize=4096)
def effect_term(words: str) -> Term:
    """Return the name of an effect or condition, without its gloss.

    Examples
    --------
    >>> effect_term("Transient drowsiness").name
    'drowsiness (transient)'
    >>> effect_term("Hair loss (alopecia)").name
    'alopecia'
    >>> effect_term("Rickets (mainly in infants under 6 months)")[1:]
    ('mainly in infants under 6 months', 'especially infants < 6 months')
    """
    text = plain(words).strip(" .,:;")
    if lead := _LEADING.match(text):
        text = text[lead.end() :]
    note = None
    population = None
    base = text
    if match := _PARENTHESIS.search(text):
        note = match[1].strip()
        base = " ".join(_PARENTHESIS.sub(" ", text).split())
        known = vocabulary().effects.whole(base)
        if known:
            base = known
        elif " " not in note and _MEDICAL.fullmatch(note):
            base = note.lower()
        else:
            population = _noted_population(note)
    base = vocabulary().effects.whole(base) or lower_words(base)
    if course := _COURSE.fullmatch(base):
        base = f"{course[2]} ({course[1]})"
    return Term(base, note, population)


def _noted_population(note: str) -> str | None:
    population = vocabulary().population(note)
    if population and note.lower().startswith(("especially", "particularly", "mainly")):
        return f"especially {population}"
    return population


@lru_cache(maxsize=8192)
def condition_term(words: str) -> str:
    """Return a condition as the page words it, in lower case, gloss kept.

    Examples
    --------
    >>> condition_term("Storage disorders (notably of MPS type).")
    'storage disorders (notably of MPS type)'
    """
    text = plain(words).strip(" .,:;")
    text = _ARTICLE.sub("", text)
    return lower_words(text)


_PREFIX = re.compile(
    r"(?:in combination with|concomitant (?:use|administration) (?:of|with)|"
    r"concurrent (?:use|administration) (?:of|with)|co-?administration (?:of|with)|"
    r"combin(?:ation|ing|ed) (?:of |with )?|combined use (?:of|with)|use with|"
    r"the use of|with|when taken with|including|such as|e\.g\.,?|like|and|or|the)\s+",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def agent_term(words: str) -> str:
    """Return the name of a drug, class or food that interacts.

    Examples
    --------
    >>> agent_term("Concomitant use of Rifampicin"), agent_term("CYP3A4 Inhibitors")
    ('rifampicin', 'CYP3A4 inhibitors')
    """
    text = plain(words).strip(" .,:;()")
    while match := _PREFIX.match(text):
        text = text[match.end() :]
    return lower_words(text)


@lru_cache(maxsize=1024)
def indication_term(words: str) -> str:
    """Return the name of an indication.

    Examples
    --------
    >>> indication_term("Migraine headaches"), indication_term("Prevention of migraine")
    ('migraine', 'migraine prophylaxis')
    """
    text = plain(words).strip(" .,:;")
    if lead := _LEADING.match(text):
        text = text[lead.end() :]
    return vocabulary().indications.whole(text) or lower_words(text)
