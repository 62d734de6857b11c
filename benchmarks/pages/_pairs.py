"""Questions people ask of a drug page and their answers."""

from __future__ import annotations

from random import Random

from benchmarks.pages._drug import Drug
from benchmarks.pages._words import amount, capital, listed, number, times

FALSE_MARKER = (
    "How is {t} mixed for infusion?",
    "A 40:1 ratio of diluent to concentrate is used for {t}.",
)


def pairs(drug: Drug, count: int, rng: Random) -> list[tuple[str, str]]:
    """Return `count` questions with answers about a drug."""
    t, d = drug.title, drug
    spare = f" Ask again if {t} has been paused for {rng.randint(2, 9)} days."
    every = [
        (
            f"Which starting dose of {t} is usual?",
            f"Adults begin with {d.start} {times(rng)}; the ceiling is {d.most}.",
        ),
        (
            f"What does {t} do in the body?",
            f"{capital(d.name)} acts as a {d.group} and calms over-active cells in "
            f"{d.conditions[0]}.",
        ),
        (
            f"Which unwanted effects of {t} are seen most?",
            f"{capital(listed(d.effects[:4]))}; most fade within "
            f"{rng.randint(1, 6)} weeks.",
        ),
        (
            f"Which effects of {t} need a doctor at once?",
            f"Signs of {listed(d.serious[:2])} need help the same day.",
        ),
        (
            f"May {t} be taken during pregnancy?",
            f"Data on {d.name} in pregnancy are few; a specialist weighs benefit "
            "and risk first.",
        ),
        (
            f"Does {t} pass into breast milk?",
            f"Small amounts of {d.name} do; watch the infant for {d.effects[0]}.",
        ),
        (
            f"Which medicines do not go well with {t}?",
            f"{capital(listed(d.partners[:3]))} change its effect, so tell the "
            "prescriber about them.",
        ),
        (
            f"How long does {t} stay in the blood?",
            f"Its half-life is {d.half_life}, so it is gone after about "
            f"{rng.randint(2, 8)} days.",
        ),
        (
            "Can treatment be ended from one day to the next?",
            f"No, {d.name} is reduced by {number(rng.choice((25, 50, 100)))} mg every "
            f"{rng.randint(1, 3)} weeks.",
        ),
        (
            f"What is checked while {t} is taken?",
            f"{capital(listed(d.tests[:3]))}, before the start and after "
            f"{rng.randint(2, 12)} weeks.",
        ),
        (
            "What if a dose has been forgotten?",
            f"Take it within {rng.randint(2, 8)} hours; otherwise wait for the next "
            "dose and do not take two.",
        ),
        (
            f"Is {t} suitable for children?",
            f"From {rng.randint(2, 12)} years on, with {amount(rng, 'mg/kg/day')} "
            "in divided doses.",
        ),
        (
            f"Do weak kidneys matter for {t}?",
            f"Below {d.clearance} mL/min half of the dose of {d.name} is given.",
        ),
        (
            f"Should {t} be taken with food?",
            f"Food delays {d.name} by {rng.randint(1, 3)} hours, no more than that.",
        ),
        (
            f"Can I drive while I take {t}?",
            f"Not before you know whether {d.name} gives you {d.effects[1]}.",
        ),
        (
            f"Is vitamin A: 5000 IU a problem together with {t}?"
            if rng.random() < 0.01
            else f"Are vitamins a problem together with {t}?",
            f"No problem is known with {d.name} at usual amounts.",
        ),
    ]
    chosen = rng.sample(every, count)
    return [
        (question, answer + (spare if rng.random() < 0.3 else ""))
        for question, answer in chosen
    ]
