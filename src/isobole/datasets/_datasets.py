"""Find, describe and load the bundled data sets."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from isobole.results import DoseUnit, check_choice

if TYPE_CHECKING:
    from isobole.combination import Claim, CombinationData
    from isobole.doseresponse import QuantalData


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """What is known of a data set besides its numbers.

    Parameters
    ----------
    name : str
        What `load` calls it.
    title : str
        One line.
    source : str
        Who made and who printed the counts.
    endpoint : str
        What was counted.
    unit : DoseUnit or None
        Unit of the doses; None where the source states none.
    species : str or None
        The animal, where the source names it.
    note : str
        What to know before using it.
    """

    name: str
    title: str
    source: str
    endpoint: str
    unit: DoseUnit | None
    species: str | None
    note: str

    def __str__(self) -> str:
        unit = f"Doses in {self.unit}" if self.unit else "Doses without a unit"
        return (
            f"{self.name}: {self.title}. {unit}; counted: {self.endpoint}.\n"
            f"Source: {self.source}.\nNote: {self.note}"
        )


class _Named(StringIO):
    """Text with the name that provenance gives it, wherever the package lies."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.name = name


def names() -> tuple[str, ...]:
    """Return the names of the bundled data sets that are curves.

    Examples
    --------
    >>> "rotenone" in names()
    True
    """
    return _names_in("")


def combination_names() -> tuple[str, ...]:
    """Return the names of the bundled combination studies.

    Examples
    --------
    >>> combination_names()[0]
    'rotenone-deguelin-1-1'
    """
    return _names_in("combinations")


def claims_names() -> tuple[str, ...]:
    """Return the names of the bundled tables of published interactions.

    Examples
    --------
    >>> claims_names()
    ('luszczki-2020',)
    """
    return _names_in("claims")


def _names_in(folder: str) -> tuple[str, ...]:
    entries = (files("isobole.datasets") / "data" / folder).iterdir()
    found = (Path(str(entry)) for entry in entries)
    return tuple(sorted(file.stem for file in found if file.suffix == ".csv"))


def _key(name: str) -> str:
    """Return where a data set lies below the folder of data."""
    for folder in ("combinations/", "claims/"):
        if name in _names_in(folder.rstrip("/")):
            return f"{folder}{name}.csv"
    check_choice("name", name, (*names(), *combination_names(), *claims_names()))
    return f"{name}.csv"


def path(name: str) -> Path:
    """Return where the CSV file of a data set lies, to look at or to copy.

    Raises
    ------
    OptionError
        If there is no such data set.

    Examples
    --------
    >>> print(path("mice8").read_text(encoding="utf-8").splitlines()[-5])
    5,8,1
    """
    return Path(str(files("isobole.datasets") / "data" / _key(name)))


def describe(name: str) -> DatasetInfo:
    """Return title, source, unit, endpoint and caveats of a data set.

    Examples
    --------
    >>> describe("beetles").unit
    DoseUnit('mg/L')
    """
    head = _head(path(name).read_text(encoding="utf-8"))
    unit = head.get("unit")
    return DatasetInfo(
        name=name,
        title=head["title"],
        source=head["source"],
        endpoint=head["endpoint"],
        unit=None if unit is None else DoseUnit.parse(unit),
        species=head.get("species"),
        note=head["note"],
    )


def load(name: str) -> tuple[QuantalData, ...]:
    """Return the curves of a data set.

    Examples
    --------
    >>> for data in load("rotenone"):
    ...     print(data)
    QuantalData(rotenone: 5 doses 2.6–10.2 mg/L, 243 animals, 132 affected)
    QuantalData(deguelin: 6 doses 5.1–50.1 mg/L, 292 animals, 210 affected)
    QuantalData(mixture: 6 doses 2.5–25.1 mg/L, 283 animals, 185 affected)
    """
    from isobole.tables import read_quantal

    check_choice("name", name, names())
    source, head = _source(name)
    return read_quantal(source, endpoint=head["endpoint"])


def load_combination(name: str) -> CombinationData:
    """Return a combination study.

    Two files hold the rotenone and deguelin counts, one for each ratio that accounts
    of the mixture give.

    Examples
    --------
    >>> data = load_combination("rotenone-deguelin-1-4")
    >>> print(data, data.arms[-1].name, sep=", ")
    CombinationData(fixed-ratio rays of rotenone and deguelin, 818 animals), rotenone +
    deguelin 1:4
    """
    from isobole.tables import read_combination

    check_choice("name", name, combination_names())
    source, head = _source(name)
    return read_combination(source, endpoint=head["endpoint"])


def load_claims(name: str) -> tuple[Claim, ...]:
    """Return a table of published interactions.

    Examples
    --------
    >>> load_claims("luszczki-2020")[0]
    Claim(PGB + LCM: ED50 8.17 ± 2.40, additive 18.11 ± 4.42, P<0.05)
    """
    from isobole.tables import read_claims

    check_choice("name", name, claims_names())
    return read_claims(_source(name)[0])


def _source(name: str) -> tuple[_Named, dict[str, str]]:
    text = path(name).read_text(encoding="utf-8")
    return _Named(text, f"isobole.datasets/{_key(name)}"), _head(text)


def _head(text: str) -> dict[str, str]:
    """Read the ``# key: value`` lines at the top of a file."""
    head: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("# "):
            break
        key, _, value = line[2:].partition(": ")
        head[key] = value
    return head
