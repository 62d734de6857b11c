"""The case a question is about: what is known of it, and what is not."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, get_args

from isobole.monograph._concepts import concept_of
from isobole.results import OptionError, check_choice

Sex = Literal["female", "male"]
Pregnancy = Literal["none", "planning", "pregnant", "lactating"]
CurrentUse = Literal["new", "current"]

_HEAVIEST = 650.0
_OLDEST = 125.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known of the person a question is about; None is not known.

    Parameters
    ----------
    sex : {"female", "male"}, optional
    age : float, optional
        In years.
    pregnancy : {"none", "planning", "pregnant", "lactating"}, optional
        Planning a pregnancy is not being pregnant.
    weight_kg : float, optional
        Body weight in kg; without it no mg are computed.
    drugs : tuple of str, optional
        The other drugs taken; an empty tuple says that there are none.
    conditions : tuple of str
        Conditions that are present.
    without : tuple of str
        Conditions known to be absent. A condition in neither list is not known.
    indication : str, optional
        What the drug is for: epilepsy, bipolar disorder, migraine prophylaxis, ...
    jurisdiction : str, optional
        Country whose rules apply, such as ``"UK"``, ``"US"``, ``"FR"``, ``"MX"``.
    current_use : {"new", "current"}, optional
        Whether the drug is taken already.
    about : str, optional
        The drug asked about; by default the one the pages are about.

    Raises
    ------
    OptionError
        For a value that cannot be, each with what to give instead.

    Examples
    --------
    >>> Case(sex="female", age=24, pregnancy="planning").unknown[:3]
    ('weight', 'other drugs', 'indication')
    >>> Case(weight_kg=62000)
    Traceback (most recent call last):
    ...
    isobole.results._errors.OptionError: weight_kg is 62000; give kilograms above 0 \
and up to 650.
    """

    sex: Sex | None = None
    age: float | None = None
    pregnancy: Pregnancy | None = None
    weight_kg: float | None = None
    drugs: tuple[str, ...] | None = None
    conditions: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    indication: str | None = None
    jurisdiction: str | None = None
    current_use: CurrentUse | None = None
    about: str | None = None

    def __post_init__(self) -> None:
        for name, kind in (
            ("sex", Sex),
            ("pregnancy", Pregnancy),
            ("current_use", CurrentUse),
        ):
            value = getattr(self, name)
            if value is not None:
                check_choice(name, value, get_args(kind))
        _in_range("age", self.age, 0, _OLDEST, "years from 0 to 125")
        if self.weight_kg is not None and self.weight_kg == 0:
            raise OptionError("weight_kg is 0; give kilograms above 0 and up to 650.")
        _in_range(
            "weight_kg", self.weight_kg, 0, _HEAVIEST, "kilograms above 0 and up to 650"
        )
        if self.sex == "male" and self.pregnancy not in (None, "none"):
            msg = (
                f"sex is 'male' and pregnancy is '{self.pregnancy}'; the pregnancy "
                "state is that of the person who takes the drug. Leave it out."
            )
            raise OptionError(msg)
        for name in ("drugs", "conditions", "without"):
            _words(name, getattr(self, name) or ())
        for name in ("indication", "jurisdiction", "about"):
            value = getattr(self, name)
            if value is not None:
                _words(name, (value,))
        present = {_condition(word) for word in self.conditions}
        if both := [word for word in self.without if _condition(word) in present]:
            msg = f"'{both[0]}' is given both as present and as absent; say which."
            raise OptionError(msg)

    @property
    def country(self) -> str | None:
        """The jurisdiction in capital letters; GB is UK."""
        if self.jurisdiction is None:
            return None
        code = self.jurisdiction.strip().upper()
        return {"GB": "UK", "USA": "US"}.get(code, code)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What was not given."""
        values = {
            "sex": self.sex,
            "age": self.age,
            "pregnancy state": "none" if self.sex == "male" else self.pregnancy,
            "weight": self.weight_kg,
            "other drugs": self.drugs,
            "indication": self.indication,
            "jurisdiction": self.jurisdiction,
            "current use": self.current_use,
        }
        return tuple(name for name, value in values.items() if value is None)

    def to_dict(self) -> dict[str, Any]:
        """Return the case as it stands in JSON; null is not given."""
        return {
            "sex": self.sex,
            "age": self.age,
            "pregnancy": self.pregnancy,
            "weight_kg": self.weight_kg,
            "drugs": None if self.drugs is None else list(self.drugs),
            "conditions": list(self.conditions),
            "without": list(self.without),
            "indication": self.indication,
            "jurisdiction": self.country,
            "current_use": self.current_use,
            "about": self.about,
        }


def _condition(word: str) -> str:
    return concept_of(word, "conditions") or word.casefold().strip()


def _in_range(
    name: str, value: float | bool | str | None, low: float, high: float, wanted: str
) -> None:
    if value is None:
        return
    if isinstance(value, bool | str) or not isfinite(value) or not low <= value <= high:
        raise OptionError(f"{name} is {value!r}; give {wanted}.")


def _words(name: str, words: object) -> None:
    if isinstance(words, str) or not isinstance(words, tuple | list):
        raise OptionError(f"{name} is {words!r}; give a tuple of words.")
    for word in words:
        if not isinstance(word, str) or not word.strip() or not word.isprintable():
            raise OptionError(f"{name} holds {word!r}; give words, or leave it out.")
