"""What a heading says: its title, the standard section it names, text after it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# The sections that pages of kind A always have, in their order.
STANDARD_A = (
    "Usage",
    "Alternate Names",
    "How It Works",
    "Dosage",
    "Side Effects",
    "Contraindications",
    "Drug Interactions",
    "Pregnancy and Breastfeeding",
    "Drug Profile Summary",
    "Popular Combinations",
    "Precautions",
    "FAQs",
)
STANDARD_B = ("Generic Name", "Usage", "Side Effects", "How It Works", "FAQs")

# How pages write the standard names, in lower case without marks.
_VARIANTS = {
    "Usage": "usage, uses, use, indications, indications and usage, indication, "
    "medical uses, uses and indications, what is it used for",
    "Alternate Names": "alternate names, alternative names, alternate name, "
    "other names, synonyms, brand names, alternate and brand names, also known as",
    "How It Works": "how it works, how does it work, mechanism of action, "
    "how it work, how they work, mode of action",
    "Dosage": "dosage, dosages, dosage and administration, dose, dosing, "
    "recommended dosage",
    "Side Effects": "side effects, side effect, adverse effects, "
    "adverse reactions, possible side effects",
    "Contraindications": "contraindications, contraindication, "
    "contra-indications, contra indications",
    "Drug Interactions": "drug interactions, interactions, drug interaction",
    "Pregnancy and Breastfeeding": "pregnancy and breastfeeding, "
    "pregnancy and lactation, pregnancy & breast feeding, pregnancy, "
    "pregnancy and breast feeding, pregnancy and breast-feeding, "
    "use in pregnancy and breastfeeding",
    "Drug Profile Summary": "drug profile summary, drug profile, profile summary, "
    "summary",
    "Popular Combinations": "popular combinations, popular combination, "
    "common combinations, combinations",
    "Precautions": "precautions, precaution, warnings and precautions, warnings, "
    "precautions and warnings",
    "FAQs": "faqs, faq, frequently asked questions, frequently asked questions faqs, "
    "frequently asked questions faq, faqs frequently asked questions, "
    "common questions",
    "Generic Name": "generic name, generic names, generic",
    "Disclaimer": "disclaimer, important disclaimer, medical disclaimer",
    "Note": "note, important note, please note, notes",
    "References": "references, reference, sources, bibliography",
}
_NAMES = {
    variant.strip().replace("&", "and"): name
    for name, variants in _VARIANTS.items()
    for variant in variants.split(",")
}
_EDGE = "*_ \t#:：.-–—"
_ASKED = re.compile(r"[*_\s]*(?:Q|Question)\s?\d*\s?[*_]*\s?[:.)]")
_NUMBER = re.compile(r"^(?:\d{1,2}[.)]\s*|[IVX]+\.\s+)")
_NOT_WORDS = re.compile(r"[^\w\s-]+")
_BOLD = re.compile(r"(\*\*|__)\s*(.{1,160}?)\s*\1\s*(.*)", re.DOTALL)
_BOLD_LINE = re.compile(r"\*\*\s*([^*\n]{1,80}?)\s*\*\*[ \t]*(:?)[ \t]*(.*)")
_SPLIT = re.compile(r"\s*[:：]\s+|\s+[-–—]\s+")
_SPLITS = (":", "：", "-", "–", "—")
# A standard name, then a whole sentence: five words or more that end in a full stop.
_RUN_ON = re.compile(
    rf"({'|'.join(STANDARD_A)})\s+((?:\S+\s+){{4,}}\S*\.[*_)]*)$", re.DOTALL
)


class Heading(NamedTuple):
    """A heading taken apart: title, standard name, and text that follows it."""

    title: str
    name: str | None
    inline: str


# The same headings stand in thousands of pages.
@lru_cache(maxsize=4096)
def standard_name(text: str) -> str | None:
    """Return the standard section a heading names, or None.

    Examples
    --------
    >>> standard_name("**Pregnancy & Breastfeeding:**")
    'Pregnancy and Breastfeeding'
    >>> standard_name("Storage") is None
    True
    """
    words = text.strip(_EDGE)
    direct = _NAMES.get(words.lower())
    if direct or len(words) > 70:
        return direct
    words = words.replace("&", " and ")
    if words[:1].isdecimal() or words.startswith(("I", "V", "X")):
        words = _NUMBER.sub("", words)
    plain = " ".join(_NOT_WORDS.sub(" ", words).lower().split())
    if plain.startswith("disclaimer and"):
        return "Disclaimer"
    return _NAMES.get(plain)


@lru_cache(maxsize=4096)
def take_apart(content: str) -> Heading:
    """Split the text of a heading into title, standard name and what follows.

    Examples
    --------
    >>> take_apart("**Usage** It treats seizures.")
    Heading(title='Usage', name='Usage', inline='It treats seizures.')
    >>> take_apart("Usage It treats seizures of all kinds.").inline
    'It treats seizures of all kinds.'
    >>> take_apart("Adults:").title
    'Adults'
    """
    text = content.strip()
    name = standard_name(text)
    if name:
        return Heading(_title(text), name, "")
    bold = _BOLD.match(text)
    asked = "?" in text or _ASKED.match(text)
    if bold and bold[3].strip(_EDGE) and (not asked or standard_name(bold[2])):
        title = bold[2].strip().rstrip(":")
        rest = bold[3].lstrip(": ")
        return Heading(title, standard_name(title), rest)
    if any(map(text.__contains__, _SPLITS)) and (parts := _SPLIT.search(text)):
        head, tail = text[: parts.start()], text[parts.end() :]
        name = standard_name(head)
        if name and tail.strip(_EDGE):
            return Heading(_title(head), name, tail.strip().removeprefix("**").strip())
    if text.startswith(STANDARD_A) and (run_on := _RUN_ON.match(text)):
        return Heading(run_on[1], standard_name(run_on[1]), run_on[2])
    return Heading(_title(text), None, "")


def _title(text: str) -> str:
    text = text.strip()
    if text.count("**") == 2 and text.startswith("**"):
        text = text.replace("**", "")
    return text.strip("*_ \t").rstrip(":").strip() or text


def bold_heading(line: str) -> Heading | None:
    """Return the heading that a line of text begins with in bold, or None.

    Examples
    --------
    >>> bold_heading("**Usage:** For seizures.")
    Heading(title='Usage', name='Usage', inline='For seizures.')
    """
    if not line.startswith("**"):
        return None
    match = _BOLD_LINE.match(line)
    if match is None:
        return None
    title = match[1].rstrip(":").strip()
    rest = match[3].strip()
    if not title or "?" in title:
        return None
    # Words that go on after the bold without a colon are a sentence, not a heading.
    marked = match[1].rstrip().endswith(":") or match[2]
    if rest and not marked:
        return None
    return Heading(title, standard_name(title), rest)
