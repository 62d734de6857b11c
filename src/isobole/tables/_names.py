"""The names that columns go by."""

from __future__ import annotations

import re

from isobole.tables._doses import split_header

# Other names of a column, taken with a notice where only one of them stands.
OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "dose": (
        "doses", "dosage", "dose level", "concentration", "conc", "current",
        "intensity",
    ),
    "n": (
        "total", "n total", "total n", "group size", "sample size", "tested",
        "n tested", "number tested", "exposed", "animals", "n animals",
        "number of animals", "no of animals",
    ),
    "affected": (
        "responders", "responded", "responding", "response", "responses", "events",
        "positive", "r",
    ),
    "animal": (
        "animal id", "animal no", "animal number", "id", "subject", "mouse", "rat",
        "mouse id", "rat id",
    ),
    "day": ("test day", "testing day"),
    "litter": ("litter id", "litter no"),
    "cage": ("cage id", "cage no"),
    "curve": (),
}  # fmt: skip
# Names of the counted column that say which endpoint was counted.
ENDPOINTS = {
    "protected": "protected", "protection": "protected",
    "dead": "dead", "died": "dead", "deaths": "dead", "killed": "dead",
    "seizure": "seizure", "seizures": "seizure", "seizing": "seizure",
    "seized": "seizure", "convulsed": "seizure", "convulsing": "seizure",
    "toxic": "toxic", "impaired": "impaired",
}  # fmt: skip
COUNT_OF = re.compile(r"(?:n|no|num|number|count)(?: of)? (.+)")
RATE = re.compile(r"%|\b(?:percent|percentage|pct|proportion|fraction|rate)\b")
# Left out, a column of this name would put different curves together.
CURVE_LIKE = ("drug", "group", "treatment", "compound", "substance", "salt", "name")


def name_key(name: str) -> str:
    """Return a name as it is compared: no case, brackets, underscores or dots.

    Examples
    --------
    >>> name_key("Dose (mg/kg)"), name_key("Group_Size")
    ('dose', 'group size')
    """
    return re.sub(r"[\s_.\-]+", " ", split_header(name)[0]).strip().casefold()
