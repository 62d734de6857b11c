"""What the columns of a table of published interactions mean, and an empty one."""

from __future__ import annotations

from typing import Final

COLUMNS: Final[dict[str, str]] = {
    "drug_a": "first drug of the mixture; drug_b the second, drug_c a third, ...",
    "ed50_a": "its ED50 alone; empty if the paper does not print it (ed50_b, ...)",
    "sem_a": "SEM of that ED50",
    "n_a": "animals behind it",
    "singles": "printed, or derived if the single-drug values were solved from other "
    "figures (they may then vary by 2.5 units of the last decimal)",
    "ratio": "parts of the mixture in the order of the drugs, 1:1",
    "ratio_by": "ed50 if they are parts of the ED50s, mass if of the dose; empty if "
    "the paper does not say",
    "ed50_mix": "ED50 of the mixture as total dose (the one column besides the drugs "
    "that must be filled in)",
    "sem_mix": "SEM of that ED50",
    "n_mix": "animals behind it",
    "ed50_add": "ED50 that the paper expects of additivity",
    "sem_add": "SEM of that ED50",
    "n_add": "animals the paper puts behind it",
    "index": "interaction index, ed50_mix / ed50_add",
    "significance": "as printed: P<0.05, p=0.03, stars, or ns",
    "verdict": "synergy, additive or antagonism, as the paper calls it",
    "rule": "how the paper says sem_add was formed: delta, tallarida or lublin",
    "test": "the test the paper states: welch, student or ln-index",
    "sides": "1 or 2, if the paper says so",
    "unit": "unit of every ED50 and SEM in the row, such as mg/kg",
    "source": "where the row is printed",
}
PER_DRUG: Final = ("drug", "ed50", "sem", "n")
_EXAMPLE: Final = {
    "drug_a": "PGB", "ed50_a": "31.65", "sem_a": "7.40", "n_a": "16",
    "drug_b": "LCM", "ed50_b": "4.57", "sem_b": "1.44", "n_b": "24",
    "singles": "derived", "ratio": "1:1", "ratio_by": "ed50",
    "ed50_mix": "8.17", "sem_mix": "2.40", "n_mix": "24",
    "ed50_add": "18.11", "sem_add": "4.42", "n_add": "36",
    "index": "0.45", "significance": "P<0.05", "verdict": "synergy",
    "test": "welch", "unit": "mg/kg",
    "source": "Luszczki et al. 2020 PLoS ONE 15(6):e0234070 Table 1",
}  # fmt: skip


def claims_template() -> str:
    """Return a CSV table to fill in: what the columns mean, a header, an example.

    Examples
    --------
    >>> print(claims_template().splitlines()[0])
    # Published interactions for isobole audit: one row per mixture.
    >>> from io import StringIO
    >>> from isobole.tables._claims import read_claims
    >>> read_claims(StringIO(claims_template()))
    (Claim(PGB + LCM: ED50 8.17 ± 2.40, additive 18.11 ± 4.42, P<0.05),)
    """
    order = [f"{what}_{letter}" for letter in "ab" for what in PER_DRUG]
    order += [name for name in COLUMNS if name not in order]
    lines = [
        "# Published interactions for isobole audit: one row per mixture.",
        "# Copy numbers digit by digit (2.40, not 2.4): the last decimal tells how far "
        "the value behind may lie.",
        "# Leave a cell empty where the paper prints nothing. Lines that start with # "
        "are comments.",
        "# The example row is of a published table; its single-drug values are solved "
        "from it.",
        *(f"# {name}: {meaning}" for name, meaning in COLUMNS.items()),
        ",".join(order),
        ",".join(_EXAMPLE.get(name, "") for name in order),
    ]
    return "\n".join(lines) + "\n"
