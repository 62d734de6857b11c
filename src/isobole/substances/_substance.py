"""A substance: what is weighed, what it delivers, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from isobole.results import Block, Missing, Note, Result, Table
from isobole.substances._identifiers import Scheme

NameKind = Literal["synonym", "abbreviation", "brand"]
FreeForm = Literal["acid", "base", "ion", "itself"]


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number or code a source gives to a substance: a claim, with its source.

    Parameters
    ----------
    scheme : str
        ``"CAS"``, ``"UNII"``, ``"InChIKey"``, ``"RxCUI"``, ``"ATC"``, ...
    value : str
        The identifier.
    source : str
        Where it comes from.
    verified : bool
        Whether it was read in that source. A CAS number from memory is not verified,
        though its check digit is right.
    """

    scheme: Scheme
    value: str
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class NameClaim:
    """Another name of a substance: a claim, with its source.

    Parameters
    ----------
    name : str
        The name as written.
    kind : {"synonym", "abbreviation", "brand"}
        Brands differ between countries and change hands.
    source : str
        Where it comes from.
    verified : bool
        Whether it was read in that source.
    """

    name: str
    kind: NameKind
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Ion:
    """A metal ion of a salt.

    Parameters
    ----------
    name : str
        ``"magnesium"``.
    symbol : str
        ``"Mg2+"``.
    molar_mass : float
        In g/mol.
    per_mole : int
        Moles of the ion in a mole of the substance.
    """

    name: str
    symbol: str
    molar_mass: float
    per_mole: int


@dataclass(frozen=True, slots=True, repr=False)
class Substance(Result):
    """What is weighed and dosed; a salt and its acid are two substances.

    Parameters
    ----------
    name : str
        The name isobole uses.
    formula : str
        With water of crystallisation: ``"MgSO4·7H2O"``.
    molar_mass : float
        In g/mol; recomputed from the formula when the data are read.
    moiety : str
        What acts, whichever salt brings it: ``"valproate"``.
    moles_of_moiety : int
        Moles of the moiety in a mole of the substance.
    free_form : str
        The substance as which a mass of the moiety is stated: ``"valproic acid"``.
    free_form_kind : {"acid", "base", "ion", "itself"}
        What the free form is to the moiety.
    free_form_molar_mass : float
        In g/mol.
    hydrate : int
        Moles of water of crystallisation in a mole of the substance.
    ions : tuple of Ion
        Metal ions.
    identifiers : tuple of Identifier
        CAS, UNII, InChIKey, RxCUI, ATC: claims with sources.
    names : tuple of NameClaim
        Synonyms, abbreviations, brands: claims with sources.
    source : str
        Where formula and composition come from.
    note : str
        What to know before using it; may be empty.

    Examples
    --------
    >>> from isobole.substances import substance
    >>> substance("magnesium valproate")
    Substance(magnesium valproate, C16H30MgO4, 310.717 g/mol, 2 valproate)
    """

    name: str
    formula: str
    molar_mass: float
    moiety: str
    moles_of_moiety: int
    free_form: str
    free_form_kind: FreeForm
    free_form_molar_mass: float
    hydrate: int
    ions: tuple[Ion, ...]
    identifiers: tuple[Identifier, ...]
    names: tuple[NameClaim, ...]
    source: str
    note: str

    @property
    def cas(self) -> str | Missing:
        """CAS number; `Missing` where none is recorded."""
        return self.identifier("CAS")

    @property
    def free_form_per_mass(self) -> float:
        """Mass of the free form in a unit of mass: mg valproic acid per mg salt."""
        return self.moles_of_moiety * self.free_form_molar_mass / self.molar_mass

    def identifier(self, scheme: Scheme) -> str | Missing:
        """Return an identifier, or `Missing` with the reason."""
        for claim in self.identifiers:
            if claim.scheme == scheme:
                return claim.value
        return Missing(f"no {scheme} is recorded for {self.name}")

    def __repr__(self) -> str:
        moiety = (
            ""
            if self.free_form_kind == "itself"
            else f", {self.moles_of_moiety} {self.moiety}"
        )
        mass = f"{self.molar_mass:.3f} g/mol"
        return f"Substance({self.name}, {self.formula}, {mass}{moiety})"

    def blocks(self) -> tuple[Block, ...]:
        """Return the composition, the identifiers and the names as tables."""
        rows: list[tuple[str | float, ...]] = [
            ("formula", self.formula),
            ("molar mass (g/mol)", f"{self.molar_mass:.3f}"),
            ("moiety", f"{self.moiety}, {self.moles_of_moiety} per mole"),
        ]
        if self.free_form != self.name:
            per = f"{self.free_form} per mass of {self.name}"
            rows.append((per, f"{self.free_form_per_mass:.4f}"))
        for ion in self.ions:
            share = ion.per_mole * ion.molar_mass / self.molar_mass
            rows.append((f"{ion.symbol} per mass of {self.name}", f"{share:.4f}"))
        if self.hydrate:
            rows.append(("water of crystallisation (mol/mol)", f"{self.hydrate}"))
        rows.append(("source", self.source))
        claims = [
            *((c.scheme, c.value, c.source, c.verified) for c in self.identifiers),
            *((c.kind, c.name, c.source, c.verified) for c in self.names),
        ]
        blocks: list[Block] = [Table(self.name, ("property", "value"), tuple(rows))]
        if claims:
            blocks.append(
                Table(
                    f"What {self.name} is called",
                    ("kind", "claim", "source", "verified"),
                    tuple(claims),
                )
            )
        if self.note:
            blocks.append(Note(self.note))
        return tuple(blocks)

    def to_dict(self) -> dict[str, Any]:
        """Return the substance as it stands in JSON; masses in g/mol."""
        cas = self.cas
        return {
            "name": self.name,
            "cas": None if isinstance(cas, Missing) else cas,
            "cas_reason": cas.reason if isinstance(cas, Missing) else None,
            "formula": self.formula,
            "molar_mass": self.molar_mass,
            "moiety": self.moiety,
            "moles_of_moiety": self.moles_of_moiety,
            "free_form": self.free_form,
            "free_form_kind": self.free_form_kind,
            "free_form_molar_mass": self.free_form_molar_mass,
            "free_form_per_mass": self.free_form_per_mass,
            "hydrate": self.hydrate,
            "ions": [
                {
                    "name": ion.name,
                    "symbol": ion.symbol,
                    "molar_mass": ion.molar_mass,
                    "per_mole": ion.per_mole,
                }
                for ion in self.ions
            ],
            "identifiers": [
                {
                    "scheme": claim.scheme,
                    "value": claim.value,
                    "source": claim.source,
                    "verified": claim.verified,
                }
                for claim in self.identifiers
            ],
            "names": [
                {
                    "name": claim.name,
                    "kind": claim.kind,
                    "source": claim.source,
                    "verified": claim.verified,
                }
                for claim in self.names
            ],
            "source": self.source,
            "note": self.note,
        }
