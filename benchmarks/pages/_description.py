"""The first paragraph under Usage, shaped so that the import cuts it as dealt."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

from benchmarks.pages._drug import Drug
from benchmarks.pages._words import listed

_CUT = 297


def first_paragraph(drug: Drug, rng: Random, form: str, bullets: str) -> str:
    """Return the paragraph.

    `form` is "" (short), "long", "bold" (short), "bold_long" or "cut" (the cut falls
    inside a bold span); `bullets` is "", "one" or "several".
    """
    bold = "**" if form.startswith("bold") or form == "cut" else ""
    opening = (
        f"{drug.title} is given for {listed(drug.conditions[:2])} and is taken by mouth"
    )
    if form in ("bold", "bold_long"):
        opening = f"{bold}{drug.title}{bold} is given for {listed(drug.conditions[:2])}"
    parts = [f"{opening}."]
    filler = _fillers(drug, rng)
    separator = "\n- " if bullets == "several" else " "
    if bullets == "several":
        parts.append(next(filler))
    if form in ("long", "bold_long"):
        while len(separator.join(parts)) < _CUT + 30:
            parts.append(next(filler))
    start = "- " if bullets else ""
    text = start + separator.join(parts)
    if form == "cut":
        while len(text) < _CUT - 60:
            text += " " + next(filler)
        while len(text) < _CUT - 14:
            text += " " + rng.choice(("early", "slow", "mild", "rare"))
        text = text[: _CUT - 12].rstrip() + " **never without a doctor's advice**."
    elif form in ("", "bold") and len(text) > 290:
        # Long names of two drugs: what is dealt as short must not be cut.
        text = f"{start}{bold}{drug.title}{bold} is given for {drug.conditions[0]}."
        if bullets == "several":
            text += f"\n- It is a {drug.group}."
    return text


def _fillers(drug: Drug, rng: Random) -> Iterator[str]:
    for index in count(1):
        yield rng.choice(
            (
                f"Relief is felt within {rng.randint(2, 30)} days in most people.",
                f"Trials included {rng.randint(80, 900)} people with "
                f"{rng.choice(drug.conditions)}.",
                f"It is kept for the {('second', 'third', 'fourth')[index % 3]} step "
                f"when {rng.choice(drug.partners)} does not help.",
                f"A {drug.group} of this kind works best at a steady level.",
            )
        )
