"""Bodies of the twelve sections of a page of kind A."""

from __future__ import annotations

from random import Random

from benchmarks.pages._drug import Drug
from benchmarks.pages._words import amount, capital, listed, spanned, times

SECTIONS = (
    "Usage", "Alternate Names", "How It Works", "Dosage", "Side Effects",
    "Contraindications", "Drug Interactions", "Pregnancy and Breastfeeding",
    "Drug Profile Summary", "Popular Combinations", "Precautions", "FAQs",
)  # fmt: skip


def usage(drug: Drug, rng: Random, first: str) -> str:
    """Return Usage; `first` is its first paragraph."""
    rest = (
        f"{drug.title} belongs to the group of medicines called {drug.group}. "
        f"Specialists turn to it when {rng.choice(drug.partners)} has failed for "
        f"{rng.randint(2, 12)} weeks."
    )
    return f"{first}\n\n{rest}"


def alternate_names(drug: Drug, rng: Random, form: str) -> str:
    """Return Alternate Names as a list, a nested list, labelled lines or prose."""
    code = f"{drug.title[:2].upper()}-{rng.randint(100, 9999)}"
    brands = list(drug.brands)
    if form == "prose":
        return (
            f"{drug.title} is also known by its development code {code}. It is sold "
            f"under the brand names {listed(brands)}, which differ by country."
        )
    if form == "labelled":
        lines = [f"**Brand Name:** {b}" for b in brands[:1]]
        lines.append(f"**Brand Names:** {', '.join(brands)}")
        return "\n\n".join([f"**International Name:** {drug.title}", *lines])
    if form == "nested":
        inner = "\n".join(f"    - {b}" for b in brands)
        return f"- {code}\n- **Brand Names:**\n{inner}"
    return "\n".join(f"- {name}" for name in [code, *brands])


def how_it_works(drug: Drug, rng: Random) -> str:
    """Return How It Works."""
    return "\n".join(
        [
            f"- **Pharmacodynamics:** {drug.title} is a {drug.group} and dampens "
            f"firing in {drug.conditions[0]}. Its action at the main target sets in "
            f"within {rng.randint(1, 5)} days.",
            f"- **Pharmacokinetics:** Between {rng.randint(40, 60)} and "
            f"{rng.randint(70, 98)}% of an oral dose of {drug.name} is absorbed. The "
            f"highest level is reached after {drug.peak}. About "
            f"{rng.randint(10, 97)}% is bound to plasma proteins.",
            f"- **Mode of Action:** {capital(drug.name)} keeps channels of the "
            f"{drug.group} type closed for longer, which lowers the release of "
            "glutamate at excitatory synapses.",
            f"- **Elimination Pathways:** Metabolised in the {drug.organ}, mostly by "
            f"{listed(drug.enzymes)}; {rng.randint(5, 90)}% leaves with the urine. "
            f"The half-life is {drug.half_life}.",
        ]
    )


def dosage(drug: Drug, rng: Random) -> str:
    """Return Dosage."""
    adults = [
        f"- **{capital(c)}:** Begin with {amount(rng)} {times(rng)} and raise the dose "
        f"every {rng.randint(1, 3)} weeks; the ceiling is {drug.most}."
        for c in drug.conditions
    ]
    return "\n".join(
        [
            "### Standard Dosage",
            "",
            "#### Adults:",
            *adults,
            "",
            "#### Children:",
            f"- From {rng.randint(2, 12)} years, {drug.name} is given as "
            f"{amount(rng, 'mg/kg/day')} {times(rng)}.",
            f"- **Younger Children:** Below {rng.randint(12, 24)} months "
            f"{drug.name} has not been studied.",
            "",
            "#### Special Cases:",
            f"- **Elderly Patients:** Half of the adult dose, {amount(rng, 'mg')}, is "
            "enough for most.",
            f"- **Patients with Renal Impairment:** Give {spanned(25, 50, '%', rng)} "
            f"of the dose below {drug.clearance} mL/min.",
            "- **Patients with Hepatic Dysfunction:** Reduce the dose of "
            f"{drug.name} by {rng.choice((25, 30, 50))}% and check liver enzymes.",
            f"- **Patients on {rng.choice(drug.partners)}:** A dose of "
            f"{amount(rng, 'mg/day')} may be needed.",
            "",
            "### Clinical Use Cases",
            f"- **Intensive Care:** An infusion of {amount(rng)} of {drug.name} is "
            f"given over {rng.randint(10, 60)} minutes under monitoring.",
            "",
            "### Dosage Adjustments",
            f"- A level of {spanned(5, rng.randint(10, 40), 'mcg/mL', rng)} of "
            f"{drug.name} is aimed at; adjust in steps of {amount(rng, 'mg')}.",
        ]
    )


def side_effects(drug: Drug, rng: Random) -> str:
    """Return Side Effects."""
    return "\n".join(
        [
            "### Common Side Effects:",
            capital(", ".join(drug.effects)) + ".",
            "",
            "### Rare and Grave Effects:",
            capital(", ".join(drug.serious)) + ".",
            "",
            "### Long-Term Effects:",
            f"After {rng.randint(1, 9)} years of {drug.name}, {drug.effects[-1]} and "
            f"{drug.effects[-2]} have been noted.",
            "",
            "### Adverse Reactions:",
            f"{capital(drug.serious[0])} calls for an immediate end of {drug.name}.",
        ]
    )


def contraindications(drug: Drug, rng: Random) -> str:
    """Return Contraindications."""
    return "\n".join(f"- {capital(c)}." for c in drug.cautions)


def interactions(drug: Drug, rng: Random) -> str:
    """Return Drug Interactions."""
    ways = (
        "{p} raises the level of {d} by about {n}%.",
        "{p} lowers the level of {d}; a higher dose may be needed.",
        "{d} can make {p} act longer.",
        "With {p} the risk of {e} grows.",
        "Leave {h} hours between {p} and {d}.",
    )
    return "\n".join(
        "- "
        + capital(
            rng.choice(ways).format(
                p=p,
                d=drug.name,
                n=rng.randint(10, 90),
                e=rng.choice(drug.effects),
                h=rng.randint(2, 6),
            )
        )
        for p in drug.partners
    )


def pregnancy(drug: Drug, rng: Random, categories: str) -> str:
    """Return Pregnancy and Breastfeeding, naming none, one or several categories."""
    if categories == "several":
        first, second = rng.sample(["B", "C", "D", "X"], 2)
        label = f"Category {first}. "
        later = f" Late in pregnancy {drug.name} counts as category {second}."
    elif categories == "one":
        label, later = f"{rng.choice('BCDX')}. ", ""
    else:
        label, later = "", ""
    heading = "Pregnancy Category" if categories else "Pregnancy"
    return (
        f"- **{heading}:** {label}Fewer than {rng.randint(20, 900)} pregnancies with "
        f"{drug.name} are on record; use needs a clear reason.{later}\n"
        f"- **Breastfeeding:** Milk carries {rng.randint(1, 20)}% of the mother's "
        f"dose of {drug.name}. Watch the infant for {drug.effects[0]}."
    )


def summary(drug: Drug, rng: Random) -> str:
    """Return Drug Profile Summary."""
    return "\n".join(
        [
            f"- **Mechanism of Action:** {capital(drug.group)}.",
            f"- **Side Effects:** {capital(', '.join(drug.effects[:4]))}.",
            f"- **Contraindications:** {capital(', '.join(drug.cautions[:3]))}.",
            f"- **Drug Interactions:** {capital(', '.join(drug.partners[:4]))}.",
            f"- **Dosage:** From {drug.start} up to {drug.most}.",
            f"- **Monitoring Parameters:** {capital(', '.join(drug.tests))}.",
        ]
    )


def combinations(drug: Drug, rng: Random) -> str:
    """Return Popular Combinations."""
    return "\n".join(
        f"- {capital(drug.name)} and {p} are joined in {rng.choice(drug.conditions)}."
        for p in drug.partners[:2]
    )


def precautions(drug: Drug, rng: Random) -> str:
    """Return Precautions; words such as "discontinued" are also used innocently."""
    return "\n".join(
        [
            f"- **General Precautions:** Check {listed(drug.tests[:2])} before "
            f"{drug.name} is started and again after {rng.randint(2, 8)} weeks.",
            "- **Specific Populations:**",
            f"    - **Elderly:** Falls happen more often above {amount(rng, 'mg')}.",
            f"    - **Adolescents:** Ask about mood at every visit under {drug.name}.",
            f"- **Ending Treatment:** {capital(drug.name)} should be discontinued if "
            f"{drug.serious[-1]} is suspected, otherwise withdrawn slowly over "
            f"{rng.randint(2, 8)} weeks.",
            f"- **Lifestyle:** Alcohol adds to {drug.effects[0]}; do not drive while "
            "tired.",
        ]
    )
