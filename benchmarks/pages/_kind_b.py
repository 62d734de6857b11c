"""Pages of kinds B0 (bold headings) and B1 (`###` headings)."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from benchmarks.pages import _forms, _names
from benchmarks.pages._drug import Drug, make
from benchmarks.pages._pairs import pairs
from benchmarks.pages._truth import Planted, Truth
from benchmarks.pages._words import capital, listed

_NOT_STANDARD = {
    "not_standard": (
        "{t} is not a standard combination.",
        "{t} is not a recognised product.",
    ),
    "hypothetical": (
        "What follows is hypothetical, as {t} is not sold as one product.",
    ),
    "refusal": (
        "I cannot provide details of {t}.",
        "I am unable to provide a profile of {t}.",
    ),
}
_NO_QUESTIONS = (
    "Ask a pharmacist about {t}.\n\nKeep {t} in its box.",
    "* Take {t} as told.\n* Keep {t} away from children.",
)


def page(
    kind: str, title: str, dealt: Mapping[str, str], rng: Random, *, held_out: bool
) -> tuple[str, Truth]:
    """Return one page and the truth about it."""
    if dealt.get("combination") and "+" not in title:
        title = f"{title} + {_names.invented(rng)}"
    drug = make(title, rng)
    planted: list[Planted] = []
    generic = drug.title
    if dealt.get("generic"):
        generic = f"{_names.invented(rng)} hydrochloride"
        planted.append(Planted("generic_differs", generic))
    if dealt.get("bracket_name"):
        generic = f"{generic} [{rng.choice(_names.PARTNERS)}]"
    sections = _sections(drug, dealt, rng, planted)
    found: list[tuple[str, str]] = []
    gone = dealt.get("faq_section")
    if gone == "missing":
        planted.append(Planted("section_missing"))
    elif gone:
        sections["FAQs"] = rng.choice(_NO_QUESTIONS).format(t=drug.title)
        planted.append(Planted("no_question", "FAQs"))
    else:
        low, high = (4, 7) if kind == "B0" else (4, 6)
        found = pairs(drug, rng.randint(low, high), rng)
        form = _forms.pair(kind, rng, dealt["question_form"], held_out=held_out)
        sections["FAQs"] = "\n\n".join(form.format(q=q, a=a) for q, a in found)
    body = _body(kind, sections, drug, dealt, rng, planted)
    text = "\n".join(
        [
            "---",
            "layout: default",
            "nav_exclude: true",
            f"title: {title}",
            "---",
            "",
            f"# {title}",
            "",
            _short(kind, dealt["layout"], "Generic Name", generic),
            "",
            body,
            "",
            _short(
                kind,
                dealt["layout"],
                "Disclaimer",
                f"A page on {drug.title} does not replace a visit to a doctor.",
            ),
            "",
            "",
            _short(
                kind,
                dealt["layout"],
                "Note",
                "This text was written by a machine and may be wrong.",
            ),
        ]
    )
    return text, Truth(title, tuple(planted), tuple(found))


def _short(kind: str, layout: str, name: str, text: str) -> str:
    if kind == "B1" and layout != "inline":
        return f"### {name}\n\n{text}"
    return f"**{name}:** {text}"


def _sections(
    drug: Drug, dealt: Mapping[str, str], rng: Random, planted: list[Planted]
) -> dict[str, str]:
    usage = (
        f"{drug.title} is used in {listed(drug.conditions)}. Most people take it for "
        f"{rng.randint(2, 40)} weeks. It is a {drug.group}."
    )
    if dealt.get("combination"):
        sentence = rng.choice(_NOT_STANDARD[dealt["combination"]])
        sentence = sentence.format(t=drug.title)
        usage = f"{sentence} {usage}"
        planted.append(Planted(dealt["combination"], sentence))
    if dealt.get("placeholder"):
        usage += " It may also be used for [specific condition]."
        planted.append(Planted("placeholder", "[specific condition]"))
    effects = "\n".join(
        f"* **{capital(e)}:** seen in {rng.randint(1, 30)}% with {drug.name}"
        for e in drug.effects
    )
    grave = "\n".join(f"* {capital(s)}" for s in drug.serious)
    sections = {
        "Usage": usage,
        "Side Effects": f"Common with {drug.title} are:\n\n{effects}\n\n"
        f"Seldom, but grave:\n\n{grave}",
        "How it Works": f"{drug.title} slows the release of glutamate. It is broken "
        f"down in the {drug.organ} by {listed(drug.enzymes)}, and half of it is gone "
        f"after {drug.half_life}.",
    }
    if dealt.get("pregnancy"):
        first, second = rng.sample(["B", "C", "D", "X"], 2)
        line = f"**Pregnancy Category:** {first}."
        if dealt["pregnancy"] == "several":
            line += f" Later {drug.name} counts as category {second}."
            planted.append(Planted("categories_several", line))
        sections["Pregnancy and Breastfeeding"] = line
    return sections


def _body(
    kind: str,
    sections: Mapping[str, str],
    drug: Drug,
    dealt: Mapping[str, str],
    rng: Random,
    planted: list[Planted],
) -> str:
    layout = dealt["layout"]
    if layout == "per_ingredient":
        planted.append(Planted("per_ingredient"))
        return _per_ingredient(sections, drug, dealt, rng)
    parts = []
    for index, (name, text) in enumerate(sections.items()):
        bold = kind == "B0" or layout == "inline" or (layout == "mixed" and index == 1)
        if bold and kind == "B1" and layout == "mixed":
            planted.append(Planted("heading_in_bold", f"**{name}:**"))
        if not bold:
            parts.append(f"### {name}\n\n{text}")
        elif layout in ("own_line", "mixed") or text.startswith(("*", "+", "-", "1.")):
            parts.append(f"**{name}:**\n\n{text}")
        else:
            parts.append(f"**{name}:** {text}")
    return "\n\n".join(parts)


def _per_ingredient(
    sections: Mapping[str, str], drug: Drug, dealt: Mapping[str, str], rng: Random
) -> str:
    names = [*drug.title.split(" + "), _names.invented(rng)][:2]
    # What is said of the product as a whole stands before the first ingredient.
    said = dealt["combination"] or dealt["placeholder"]
    parts = [sections["Usage"]] if said else []
    parts += [
        f"**{number}. {name}**\n\n* **Usage:** {name} is used in "
        f"{rng.choice(drug.conditions)}.\n* **Side Effects:** "
        f"{listed(drug.effects[:3])}.\n* **How it Works:** {name} is a {drug.group}."
        for number, name in enumerate(names, 1)
    ]
    if "FAQs" in sections:
        parts.append(f"**FAQs:**\n\n{sections['FAQs']}")
    return "\n\n".join(parts)
