"""Sentences that make a defect of a page when they are added to a section."""

from __future__ import annotations

from random import Random

from benchmarks.pages._drug import Drug

_WITHDRAWN = {
    "withdrawn": (
        "{t} was withdrawn from the market in {n} countries because of {s}.",
        "In the year {y} {t} has been withdrawn from sale.",
    ),
    "banned": (
        "{t} is banned in {n} countries after reports of {s}.",
        "The regulator has banned {t} since {y}.",
    ),
    "discontinued": (
        "The maker discontinued {t} in {y}.",
        "{t} has been discontinued in {n} countries.",
    ),
}
_LEAKS = (
    "As an AI I cannot give a personal dose of {t}.",
    "As an AI language model I cannot examine people who take {t}.",
    "As an AI, I cannot say which strength of {t} is sold near you.",
)
_TAGS = (
    "The surface dose of {t} is {n} mg/m<sup>2</sup> in studies.",
    "Take {t} in the morning.<br>Drink {n} glasses of water.",
    "<b>Note</b> that {t} is stored for {n} months only.",
    "The H<sub>2</sub> test of {t} was repeated {n} times.<br/>",
)
_SEE_ABOVE = (
    "See above.",
    "(See above)",
    "*See above*",
    "Please see above.",
    "See above section.",
    "- See above.",
)


def withdrawn(word: str, drug: Drug, rng: Random) -> str:
    """Return a sentence that the product is off the market."""
    return rng.choice(_WITHDRAWN[word]).format(
        t=drug.title, n=rng.randint(2, 30), s=drug.serious[0], y=rng.randint(1975, 2020)
    )


def self_dates(drug: Drug, rng: Random) -> tuple[str, str]:
    """Return two sentences in which the page tells its own date."""
    month, days = rng.choice((("February", 28), ("January", 31), ("March", 31)))
    date = f"{month} {rng.randint(1, days)}, 2025"
    if rng.random() < 0.7:
        date = "February 16, 2025"
    return (
        f"What is said of {drug.title} is current as of {date}.",
        f"As of {date}, no other form of {drug.name} is listed.",
    )


def source_marker(drug: Drug, rng: Random) -> str:
    """Return a sentence with a number that points to no list of sources."""
    one, two = rng.sample(range(1, 12), 2)
    return rng.choice(
        (
            f"{drug.title} reaches the brain within a day (source [{one}]).",
            f"Two studies of {drug.title} agree on this [{one}], [{two}].",
        )
    )


def leak(drug: Drug, rng: Random) -> str:
    """Return a sentence in which the writer speaks of itself."""
    return rng.choice(_LEAKS).format(t=drug.title)


def tags(drug: Drug, rng: Random) -> str:
    """Return a sentence with HTML."""
    return rng.choice(_TAGS).format(t=drug.title, n=rng.randint(2, 9))


def pipe_table(drug: Drug, rng: Random) -> str:
    """Return a table of doses."""
    rows = "\n".join(
        f"| {c} | {rng.randint(1, 9) * 50} | {rng.randint(1, 3)} |"
        for c in drug.conditions
    )
    return f"| Use of {drug.title} | mg | per day |\n| --- | --- | --- |\n{rows}"


def url(drug: Drug, rng: Random) -> str:
    """Return a sentence with an address."""
    return f"More on {drug.title}: https://www.example.org/{rng.randint(100, 999)}"


def see_above(rng: Random) -> str:
    """Return the body of a section that says nothing of its own."""
    return rng.choice(_SEE_ABOVE)
