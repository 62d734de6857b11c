"""Chemical formulas and the molar masses they have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from isobole.results import DataError, Problem

# Abridged standard atomic weights of CIAAW (IUPAC 2021), g/mol. Elements whose weight
# varies in nature stand with the conventional value inside their interval.
ATOMIC_WEIGHTS: Mapping[str, float] = {
    "H": 1.008, "Li": 6.94, "B": 10.81, "C": 12.011, "N": 14.007, "O": 15.999,
    "F": 18.998, "Na": 22.990, "Mg": 24.305, "P": 30.974, "S": 32.06, "Cl": 35.45,
    "K": 39.098, "Ca": 40.078, "Zn": 65.38, "Br": 79.904, "I": 126.90,
}  # fmt: skip

_TOKEN = re.compile(r"([A-Z][a-z]?)(\d*)|(\()|\)(\d*)")
_CHARGE = re.compile(r"\^\d*[+-]$")
_FACTOR = re.compile(r"(\d*)(.+)")


def elements(formula: str) -> dict[str, int]:
    """Return how many atoms of each element a formula has.

    Brackets, hydrates after a raised dot and a charge at the end are read:
    ``Mg3(C6H5O7)2·9H2O``, ``Mg^2+``.

    Raises
    ------
    DataError
        If it is not a formula, or names an element without a weight here.

    Examples
    --------
    >>> elements("Mg(C4H7O5)2")
    {'C': 8, 'H': 14, 'Mg': 1, 'O': 10}
    >>> elements("MgSO4·7H2O")["O"]
    11
    """
    total: Counter[str] = Counter()
    for part in _CHARGE.sub("", formula).split("·"):
        match = _FACTOR.fullmatch(part)
        if match is None:
            raise _not_a_formula(formula)
        for element, count in _group(match[2], formula).items():
            total[element] += count * int(match[1] or 1)
    unknown = sorted(set(total) - set(ATOMIC_WEIGHTS))
    if unknown or not total or min(total.values()) < 1:
        raise _not_a_formula(formula)
    return dict(sorted(total.items()))


def molar_mass(formula: str) -> float:
    """Return the molar mass of a formula in g/mol.

    The mass of the electrons that an ion lacks is below the last digit and left out.

    Raises
    ------
    DataError
        If it is not a formula, or names an element without a weight here.

    Examples
    --------
    >>> round(molar_mass("C16H30MgO4"), 3)
    310.717
    """
    return sum(ATOMIC_WEIGHTS[e] * n for e, n in elements(formula).items())


def _group(text: str, formula: str) -> Counter[str]:
    """Count the atoms of a part without a dot; brackets may be nested."""
    stack: list[Counter[str]] = [Counter()]
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _not_a_formula(formula)
        if match[1]:
            stack[-1][match[1]] += int(match[2] or 1)
        elif match[3]:
            stack.append(Counter())
        elif len(stack) > 1:
            inner = stack.pop()
            for element, count in inner.items():
                stack[-1][element] += count * int(match[4] or 1)
        else:
            raise _not_a_formula(formula)
        at = match.end()
    if len(stack) != 1:
        raise _not_a_formula(formula)
    return stack[0]


def _not_a_formula(formula: str) -> DataError:
    return DataError(
        [
            Problem(
                "bad-formula",
                f"'{formula}' is not a chemical formula that can be weighed",
                given=formula,
                expected="elements with counts, such as C16H30MgO4 or MgSO4·7H2O, of "
                + ", ".join(ATOMIC_WEIGHTS),
                remedy="Correct the formula, or add the element's standard weight",
            )
        ]
    )
