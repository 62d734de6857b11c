"""What the data of substances must agree on, with themselves and with each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from isobole.results import DataError, Problem, ProblemList
from isobole.substances._formula import elements, molar_mass
from isobole.substances._identifiers import SCHEMES, Scheme, is_well_formed
from isobole.substances._substance import Substance

# The masses in the files are written to three decimals.
MASS_TOLERANCE = 0.0006
METAL_IONS = {
    "Mg": ("magnesium", "Mg2+"),
    "Na": ("sodium", "Na+"),
    "Ca": ("calcium", "Ca2+"),
    "K": ("potassium", "K+"),
}
_KEYS = {
    "name", "formula", "molar_mass", "moiety", "moles_of_moiety", "hydrate", "ions",
    "source", "note", "synonyms", "abbreviations", "brands",
    *(scheme.lower() for scheme in SCHEMES),
}  # fmt: skip
_UNIQUE = {"CAS", "UNII", "InChIKey", "RxCUI"}
_NEEDED = {"name", "formula", "molar_mass"}


def claim_of(entry: Any, source: str) -> tuple[str, str, bool]:
    """Return value, source and whether it was verified of one claim.

    A bare text rests on the source of its file, which is never a verification.
    """
    if entry is None:
        return "", "", False
    if isinstance(entry, str):
        return entry, source, False
    return (
        str(entry["value"]),
        str(entry.get("source", source)),
        entry.get("verified", False) is True,
    )


def is_sound(
    file: str, source: str, row: Mapping[str, Any], problems: ProblemList
) -> bool:
    """Check one substance by itself, and add what is wrong with it."""
    name = str(row.get("name", "a substance without a name"))
    wrong: list[Problem] = []

    def add(code: str, message: str, remedy: str) -> None:
        wrong.append(Problem(code, f"{name}: {message}", file=file, remedy=remedy))

    for key in sorted(_NEEDED - row.keys()):
        add("missing-key", f"'{key}' is missing", "Write it")
    for key in sorted(row.keys() - _KEYS):
        add("unknown-key", f"'{key}' is not a key", f"Use {', '.join(sorted(_KEYS))}")
    if not (row.get("source") or source):
        add("no-source", "no source is named", "Say where the composition comes from")
    if not wrong:
        try:
            atoms = elements(row["formula"])
        except DataError as error:
            add("bad-formula", str(error), "Correct the formula")
        else:
            wrong.extend(_against_formula(file, row, atoms))
    for scheme in SCHEMES:
        value, from_, _ = claim_of(row.get(scheme.lower()), source)
        if value and not is_well_formed(cast("Scheme", scheme), value):
            digit = " or its check digit is wrong" if scheme == "CAS" else ""
            add(
                "bad-identifier",
                f"'{value}' is not a {scheme}{digit}",
                "Copy it again from its source",
            )
        if value and not from_:
            add("no-source", f"{scheme} {value} has no source", "Name it")
    for problem in wrong:
        problems.add(problem)
    return not wrong


def _against_formula(
    file: str, row: Mapping[str, Any], atoms: Mapping[str, int]
) -> list[Problem]:
    """Compare the molar mass, the ions and the water with the formula."""
    name, wrong = str(row["name"]), []
    computed = molar_mass(row["formula"])
    if abs(computed - row["molar_mass"]) > MASS_TOLERANCE:
        wrong.append(
            Problem(
                "molar-mass-differs",
                f"{name}: {row['molar_mass']} g/mol is not the molar mass of "
                f"{row['formula']}",
                file=file,
                given=str(row["molar_mass"]),
                expected=f"{computed:.3f} g/mol",
                remedy="Correct the formula or the mass",
            )
        )
    metals = {symbol: atoms[symbol] for symbol in METAL_IONS if symbol in atoms}
    if metals != dict(row.get("ions", {})):
        wrong.append(
            Problem(
                "ions-differ",
                f"{name}: the ions are not those of {row['formula']}",
                file=file,
                given=str(dict(row.get("ions", {}))),
                expected=str(metals),
                remedy="Give moles of each metal ion per mole",
            )
        )
    water = sum(
        int(part.removesuffix("H2O") or 1)
        for part in str(row["formula"]).split("·")[1:]
        if part.endswith("H2O")
    )
    if water != row.get("hydrate", 0):
        wrong.append(
            Problem(
                "hydrate-differs",
                f"{name}: hydrate is {row.get('hydrate', 0)}, the formula has {water}",
                file=file,
                remedy="Give the moles of water per mole that the formula has",
            )
        )
    return wrong


def check_names(found: Sequence[Substance], problems: ProblemList) -> None:
    """Refuse one name, or one CAS number, UNII or InChIKey, for two substances.

    Synonyms may be shared: whoever asks for one is asked which substance is meant.
    """
    seen: dict[str, str] = {}
    for item in found:
        own = [item.name.casefold()]
        own += [c.value for c in item.identifiers if c.scheme in _UNIQUE]
        for key in own:
            if key in seen:
                problems.add(
                    Problem(
                        "duplicate-name",
                        f"{key} stands for {seen[key]} and for {item.name}",
                        remedy="Name the salt, the hydrate or the isomer, and give "
                        "each its own identifiers",
                    )
                )
            seen[key] = item.name
