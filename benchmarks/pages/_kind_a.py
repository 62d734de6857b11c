"""Pages of kind A: front matter with FAQ entries, then twelve `##` sections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from benchmarks.pages import _flaws, _import, _sections_a as prose
from benchmarks.pages._description import first_paragraph
from benchmarks.pages._drug import Drug, make
from benchmarks.pages._faqs_a import Faqs, faqs
from benchmarks.pages._truth import Planted, Truth

# Sections that may say "see above" or have their text on the line of the heading.
_REPLACEABLE = (
    "How It Works", "Contraindications", "Drug Interactions", "Drug Profile Summary",
)  # fmt: skip
# Sections to which a sentence can be added.
_OPEN = ("Dosage", "Side Effects")
_GROUP_TITLES = ("Gynaecological Products", "Eye Products", "Ear and Nose Products")
_UNKNOWN = ("Storage", "Availability", "Overdose", "Handling")


@dataclass(slots=True)
class _Draft:
    """A page being written: for each section its heading line and its body."""

    bodies: dict[str, str]
    headings: dict[str, str] = field(default_factory=dict)
    planted: list[Planted] = field(default_factory=list)

    def plant(self, defect: str, text: str = "") -> None:
        self.planted.append(Planted(defect, text))

    def add(self, section: str, text: str) -> None:
        self.bodies[section] += f"\n\n{text}"


def page(
    title: str, dealt: Mapping[str, str], rng: Random, *, held_out: bool
) -> tuple[str, Truth]:
    """Return one page and the truth about it."""
    stamp = f"2025-09-22T17:2{rng.randint(0, 9)}:{rng.randint(10, 59)}.553Z"
    if dealt["whole"] == "stub":
        return _stub(title, stamp)
    drug = make(title, rng)
    first = first_paragraph(
        drug, rng, dealt["description"], dealt["description_bullets"]
    )
    questions = faqs(drug, dealt, rng, held_out=held_out)
    draft = _draft(drug, dealt, rng, first, questions)
    texts = [_joined(draft)]
    entries, pairs = list(questions.entries), list(questions.pairs)
    if dealt["whole"] == "two_monographs":
        title = rng.choice(_GROUP_TITLES)
        other = make(title.split()[0] + "olol", rng)
        more = faqs(other, dealt, rng, held_out=held_out)
        plain = dict.fromkeys(dealt, "")
        second = _draft(other, plain, rng, first_paragraph(other, rng, "", ""), more)
        texts.append(_joined(second))
        draft.planted += [p for p in second.planted if p.defect != "description"]
        entries += more.entries
        pairs += more.pairs
        draft.plant("two_monographs", second.headings["Usage"])
    if dealt["whole"] == "dosage_twice":
        texts.append(f"{draft.headings['Dosage']}\n{prose.dosage(drug, rng)}")
        draft.plant("section_twice", draft.headings["Dosage"])
    if dealt["entries"] == "section_missing":
        entries, pairs = [], []
    description = "" if dealt["description"] == "empty" else _import.description(first)
    _describe(draft, description, first, dealt)
    front = _import.front_matter(title, description, entries, stamp)
    opening = ""
    if dealt["extra_h1"]:
        opening = f"# {title}\n\n"
        draft.plant("extra_h1", f"# {title}")
    truth = Truth(title, tuple(draft.planted), tuple(pairs), len(entries), first)
    return front + opening + "\n\n".join(texts) + "\n", truth


def _stub(title: str, stamp: str) -> tuple[str, Truth]:
    nothing = "(No details available)"
    front = _import.front_matter(title, nothing, [], stamp)
    truth = Truth(title, (Planted("stub", nothing),), (), 0, nothing)
    return f"{front}## **Usage**\n{nothing}\n", truth


def _draft(
    drug: Drug, dealt: Mapping[str, str], rng: Random, first: str, questions: Faqs
) -> _Draft:
    draft = _Draft(
        {
            "Usage": prose.usage(drug, rng, first),
            "Alternate Names": prose.alternate_names(drug, rng, dealt["alternates"]),
            "How It Works": prose.how_it_works(drug, rng),
            "Dosage": prose.dosage(drug, rng),
            "Side Effects": prose.side_effects(drug, rng),
            "Contraindications": prose.contraindications(drug, rng),
            "Drug Interactions": prose.interactions(drug, rng),
            "Pregnancy and Breastfeeding": prose.pregnancy(
                drug, rng, dealt["pregnancy"]
            ),
            "Drug Profile Summary": prose.summary(drug, rng),
            "Popular Combinations": prose.combinations(drug, rng),
            "Precautions": prose.precautions(drug, rng),
            "FAQs": questions.section,
        }
    )
    draft.planted += questions.planted
    if dealt["alternates"]:
        name = {"nested": "brands_nested"}.get(
            dealt["alternates"], f"alternates_{dealt['alternates']}"
        )
        draft.plant(name, draft.bodies["Alternate Names"].splitlines()[0])
    if dealt["pregnancy"] == "several":
        draft.plant("categories_several", "counts as category ")
    _leave_out(draft, dealt)
    _write_headings(draft, drug, dealt, rng)
    _add_flaws(draft, drug, dealt, rng)
    return draft


def _leave_out(draft: _Draft, dealt: Mapping[str, str]) -> None:
    missing = {
        "Popular Combinations": bool(dealt["popular_combinations"]),
        "Precautions": bool(dealt["precautions"]),
        "FAQs": dealt["entries"] == "section_missing",
    }
    for section, gone in missing.items():
        if gone:
            del draft.bodies[section]
            draft.plant("section_missing")
    if dealt["entries"] == "section_missing":
        draft.planted = [
            p
            for p in draft.planted
            if p.defect
            not in (
                "answer_in_question",
                "question_unbalanced",
                "unanswered",
                "numbering",
            )
        ]
        draft.plant("no_entries")


def _write_headings(
    draft: _Draft, drug: Drug, dealt: Mapping[str, str], rng: Random
) -> None:
    plain = dealt["headings"] == "plain"
    for name in draft.bodies:
        draft.headings[name] = f"## {name}" if plain else f"## **{name}**"
    odd = rng.sample(_REPLACEABLE, len(_REPLACEABLE))
    if dealt["headings"] == "mixed":
        name = odd[0]
        draft.headings[name] = f"## {name}"
        draft.plant("headings_mixed", draft.headings[name])
    if dealt["colon_heading"]:
        name = odd[1]
        inside = "## **{}:**" if dealt["colon_heading"] == "inside" else "## **{}**:"
        draft.headings[name] = f"## {name}:" if plain else inside.format(name)
        draft.plant("heading_colon", draft.headings[name])
    if dealt["see_above"]:
        name = odd[2]
        draft.bodies[name] = _flaws.see_above(rng)
        draft.plant("see_above", name)
    if dealt["heading_text"]:
        name = odd[3]
        if dealt["heading_text"] == "body_empty":
            draft.headings[name] += f" {', '.join(drug.cautions)} with {drug.name}."
            draft.bodies[name] = ""
        else:
            draft.headings[name] += f" (with {drug.partners[0]} or alone)"
        draft.plant("heading_text", draft.headings[name])
    if dealt["description"] == "empty":
        first = draft.bodies["Usage"].replace("\n", " ").lstrip("- ")
        draft.headings["Usage"] += f" {first}"
        draft.bodies["Usage"] = ""
        draft.plant("heading_text", draft.headings["Usage"])


def _add_flaws(
    draft: _Draft, drug: Drug, dealt: Mapping[str, str], rng: Random
) -> None:
    def add(defect: str, text: str) -> None:
        draft.add(rng.choice(_OPEN), text)
        draft.plant(defect, text)

    if dealt["withdrawn"]:
        add("not_banned", _flaws.withdrawn(dealt["withdrawn"], drug, rng))
    if dealt["self_date"]:
        for sentence in _flaws.self_dates(drug, rng):
            add("self_date", sentence)
    if dealt["source_marker"]:
        add("source_marker", _flaws.source_marker(drug, rng))
    if dealt["leak"]:
        add("leak", _flaws.leak(drug, rng))
    if dealt["html"]:
        add("html", _flaws.tags(drug, rng))
    if dealt["pipe_table"]:
        add("table", _flaws.pipe_table(drug, rng))
    if dealt["url"]:
        add("url", _flaws.url(drug, rng))
    if dealt["unknown_heading"]:
        name = rng.choice(_UNKNOWN)
        after = rng.choice(list(draft.bodies)[:-1])
        heading = f"## **{name}**" if rng.random() < 0.7 else f"# {name}"
        text = f"Keep {drug.title} below {rng.randint(20, 30)} °C."
        draft.add(after, f"{heading}\n{text}")
        draft.plant("unknown_heading", heading)


def _joined(draft: _Draft) -> str:
    return "\n\n".join(
        f"{draft.headings[name]}\n{body}" if body else draft.headings[name]
        for name, body in draft.bodies.items()
    )


def _describe(
    draft: _Draft, description: str, first: str, dealt: Mapping[str, str]
) -> None:
    if not description:
        draft.plant("description_empty")
    if description.endswith("..."):
        draft.plant("description_truncated")
    if description.startswith("- "):
        draft.plant("description_bulleted")
    if dealt["description_bullets"] == "several" and "\n- " in first:
        draft.plant("description_flattened")
    if "**" in description:
        draft.plant("description_bold")
    if description.count("**") % 2:
        draft.plant("description_unbalanced")
