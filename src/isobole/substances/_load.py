"""Read substances from TOML, and refuse what contradicts itself."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast, get_args

from isobole.results import Problem, ProblemList
from isobole.substances._checks import METAL_IONS, check_names, claim_of, is_sound
from isobole.substances._formula import ATOMIC_WEIGHTS, molar_mass
from isobole.substances._identifiers import SCHEMES, Scheme
from isobole.substances._substance import (
    FreeForm,
    Identifier,
    Ion,
    NameClaim,
    NameKind,
    Substance,
)


@cache
def bundled() -> tuple[Substance, ...]:
    """Return every bundled substance, in the order of their names."""
    folder = files("isobole.substances") / "data"
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }
    return read(texts)


def read(texts: Mapping[str, str]) -> tuple[Substance, ...]:
    """Read substances from the texts of TOML files, by file name.

    Raises
    ------
    DataError
        With every problem: a molar mass that is not the formula's, a CAS number whose
        check digit is wrong, ions that the formula does not hold, names given twice.
    """
    problems = ProblemList()
    moieties: dict[str, Mapping[str, Any]] = {}
    rows: list[tuple[str, str, Mapping[str, Any]]] = []
    for file, text in texts.items():
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            problems.add(
                Problem(
                    "bad-toml",
                    f"This is not TOML: {error}",
                    file=file,
                    remedy="Correct the line it names",
                )
            )
            continue
        for moiety in document.get("moiety", ()):
            moieties[moiety["name"]] = moiety
        source = document.get("source", "")
        rows.extend((file, source, row) for row in document.get("substance", ()))
    sound = [row for row in rows if is_sound(*row, problems)]
    masses = {row["name"]: molar_mass(row["formula"]) for _, _, row in sound}
    found = [
        _substance(source, row, moieties, masses)
        for file, source, row in sound
        if _has_form(file, row, moieties, masses, problems)
    ]
    check_names(found, problems)
    problems.raise_errors()
    return tuple(sorted(found, key=lambda item: item.name.casefold()))


def _has_form(
    file: str,
    row: Mapping[str, Any],
    moieties: Mapping[str, Mapping[str, Any]],
    masses: Mapping[str, float],
    problems: ProblemList,
) -> bool:
    """Check that the moiety's free form is a substance of these files."""
    name = row.get("moiety")
    if name is None:
        return True
    moiety = moieties.get(name, {})
    kinds = get_args(FreeForm)
    if moiety.get("form") in masses and moiety.get("kind") in kinds:
        return True
    problems.add(
        Problem(
            "unknown-moiety",
            f"{row['name']}: the moiety '{name}' has no free form here",
            file=file,
            expected=f"a [[moiety]] with form (a substance) and kind ({kinds})",
            remedy="Describe the moiety",
        )
    )
    return False


def _substance(
    source: str,
    row: Mapping[str, Any],
    moieties: Mapping[str, Mapping[str, Any]],
    masses: Mapping[str, float],
) -> Substance:
    name = row["name"]
    moiety = row.get("moiety", name)
    form = moieties.get(moiety, {"form": name, "kind": "itself"})
    kinds: dict[str, NameKind] = {
        "synonyms": "synonym",
        "abbreviations": "abbreviation",
        "brands": "brand",
    }
    identifiers = (
        (scheme, *claim_of(row.get(scheme.lower()), source)) for scheme in SCHEMES
    )
    return Substance(
        name=name,
        formula=row["formula"],
        molar_mass=masses[name],
        moiety=moiety,
        moles_of_moiety=row.get("moles_of_moiety", 1),
        free_form=form["form"],
        free_form_kind=form["kind"],
        free_form_molar_mass=masses[form["form"]],
        hydrate=row.get("hydrate", 0),
        ions=tuple(
            Ion(*METAL_IONS[symbol], ATOMIC_WEIGHTS[symbol], count)
            for symbol, count in row.get("ions", {}).items()
        ),
        identifiers=tuple(
            Identifier(cast("Scheme", scheme), value, from_, verified)
            for scheme, value, from_, verified in identifiers
            if value
        ),
        names=tuple(
            NameClaim(value, kind, from_, verified)
            for key, kind in kinds.items()
            for value, from_, verified in (
                claim_of(entry, source) for entry in row.get(key, ())
            )
        ),
        source=row.get("source", source),
        note=row.get("note", ""),
    )
