"""Dose units that carry their basis: mg/kg of what."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from isobole.results._errors import DataError
from isobole.results._problem import Problem

_AMOUNTS = {
    "kg": "kg", "g": "g", "mg": "mg", "ug": "ug", "mcg": "ug", "ng": "ng",
    "mol": "mol", "mmol": "mmol", "umol": "umol", "nmol": "nmol",
    "mm": "mmol/L", "um": "umol/L", "nm": "nmol/L",
    "a": "A", "ma": "mA", "ua": "uA", "v": "V", "mv": "mV", "j": "J", "mj": "mJ",
    "iu": "IU", "u": "U", "meq": "mEq", "ml": "mL", "ul": "uL", "l": "L",
    "mc": "mC", "uc": "uC", "%": "%", "ppm": "ppm", "gy": "Gy",
}  # fmt: skip
_PER = {
    "kg": "kg", "g": "g", "l": "L", "ml": "mL", "dl": "dL", "m2": "m2",
    "m^2": "m2", "animal": "animal", "mouse": "animal", "rat": "animal",
    "day": "day", "d": "day", "h": "h", "min": "min",
}  # fmt: skip
_UNIT = re.compile(
    r"([^\s/]+)\s*(?:/\s*([^\s/]+)(?:\s*/\s*([^\s/]+))?)?"
    r"(?:\s+(?:of\s+)?(?:\(([^()]+)\)|(?!of$)(\S.*)))?"
)
_INVERSE = re.compile(
    rf"[\s·⋅.*]\s*({'|'.join(map(re.escape, _PER))})\s*\^?\s*[-−]\s*1(?!\w)",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?<=/kg)[\s_-]*(?:b\.?\s?w\.?|body\s?weight|body\s?mass)(?![A-Za-z])",
    re.IGNORECASE,
)


def _one_spelling(text: str) -> str:
    """Write ``mg kg⁻¹``, ``mg per kg`` and ``mg/kg b.w.`` as ``mg/kg``."""
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    text = _INVERSE.sub(r"/\1", text)
    text = re.sub(r"\s+per\s+", "/", text, flags=re.IGNORECASE)
    return _BODY.sub("", re.sub(r"\s*/\s*", "/", text))


@dataclass(frozen=True, slots=True)
class DoseUnit:
    """The unit of a dose with its basis: amount, per what, and of what.

    mg/kg of a salt and mg/kg of its acid are different units: no arithmetic is
    done between them without a conversion through molar masses.

    Parameters
    ----------
    amount : str
        ``"mg"``, ``"umol"``, ``"mA"``, ...
    per : str, optional
        What the amount is divided by: ``"kg"`` (body mass), ``"L"``, ``"kg/day"``.
    of : str, optional
        The basis: ``"salt"``, ``"valproate"``, ``"magnesium valproate"``.

    Examples
    --------
    >>> DoseUnit.parse("µmol/kg valproate")
    DoseUnit('umol/kg valproate')
    >>> DoseUnit.parse("mg kg⁻¹ b.w.")
    DoseUnit('mg/kg')
    >>> DoseUnit.parse("mg/kg") == DoseUnit.parse("mg/kg salt")
    False
    >>> str(DoseUnit.parse("mA"))
    'mA'
    """

    amount: str
    per: str | None = None
    of: str | None = None

    @classmethod
    def parse(cls, text: str) -> DoseUnit:
        """Read a unit such as ``mg/kg``, ``mg/kg salt``, ``umol/kg valproate``, ``mA``.

        Raises
        ------
        DataError
            If the text is not a unit known here.
        """
        match = _UNIT.fullmatch(_one_spelling(text))
        if match:
            written = match[1].replace("μ", "u")
            amount = _AMOUNTS.get(written.lower())
            if written == "M":
                amount = "mol/L"
            divisors = [part for part in (match[2], match[3]) if part]
            per = [_PER.get(part.lower()) for part in divisors]
            if amount is not None and None not in per:
                if "/" in amount:
                    amount, _, implied = amount.partition("/")
                    per.insert(0, implied)
                joined = "/".join(part for part in per if part) or None
                of = match[4] or match[5]
                return cls(amount, joined, of)
        raise DataError(
            [
                Problem(
                    "unknown-unit",
                    f"'{text}' is not a dose unit known here",
                    given=text,
                    expected="an amount, optionally per body mass and with its basis",
                    remedy="Write it like mg/kg, mg/kg salt, umol/kg valproate or mA",
                )
            ]
        )

    def __str__(self) -> str:
        text = self.amount + (f"/{self.per}" if self.per else "")
        return f"{text} {self.of}" if self.of else text

    def __repr__(self) -> str:
        return f"DoseUnit({str(self)!r})"

    def check_same(self, other: DoseUnit, *, where: str) -> None:
        """Raise `DataError` unless `other` is the same unit on the same basis."""
        if self != other:
            raise DataError(
                [
                    Problem(
                        "mixed-units",
                        f"{where} has doses in {self} and in {other}",
                        given=str(other),
                        expected=str(self),
                        remedy="Convert them to one unit and one basis first; "
                        "mg of a salt and mg of its acid are not the same dose",
                    )
                ]
            )
