"""Does a rule speak of this case? Yes, no, or cannot tell: needs something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from isobole.monograph._case import Case
from isobole.monograph._concepts import concept_of, lineage
from isobole.monograph._drugs import Drug
from isobole.monograph._rules import Condition, Trigger


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer in three values, with what would settle the third.

    Examples
    --------
    >>> both = YES & Verdict("cannot tell", ("age",))
    >>> both.value, both.needs
    ('cannot tell', ('age',))
    >>> (NO & both).value, (YES | both).value
    ('no', 'yes')
    """

    value: Literal["yes", "no", "cannot tell"]
    needs: tuple[str, ...] = ()

    def __and__(self, other: Verdict) -> Verdict:
        """Combine as "and": one "no" settles it, whatever is unknown."""
        if "no" in (self.value, other.value):
            return NO
        return self._joined(other, YES)

    def __or__(self, other: Verdict) -> Verdict:
        """Combine as "or": one "yes" settles it, whatever is unknown."""
        if "yes" in (self.value, other.value):
            return YES
        return self._joined(other, NO)

    def _joined(self, other: Verdict, known: Verdict) -> Verdict:
        needs = tuple(dict.fromkeys((*self.needs, *other.needs)))
        return Verdict("cannot tell", needs) if needs else known


YES = Verdict("yes")
NO = Verdict("no")


def _truth(answer: bool) -> Verdict:
    return YES if answer else NO


def evaluate(
    trigger: Trigger, case: Case, own: Drug, others: Sequence[Drug]
) -> Verdict:
    """Return whether a trigger holds for a case.

    Parameters
    ----------
    trigger : Trigger
    case : Case
    own : Drug
        The drug the rule is asked about.
    others : sequence of Drug
        The further drugs of the case.
    """
    found = YES
    for condition in trigger.all:
        found &= _answer(condition, case, own, others)
    if trigger.any:
        either = NO
        for condition in trigger.any:
            either |= _answer(condition, case, own, others)
        found &= either
    return found


def _answer(asked: Condition, case: Case, own: Drug, others: Sequence[Drug]) -> Verdict:
    if asked.sex is not None:
        return _sex(asked.sex, case)
    if asked.age_min is not None or asked.age_below is not None:
        return _age(asked, case)
    if asked.pregnancy is not None:
        return _pregnancy(list(asked.pregnancy), case)
    if asked.condition is not None:
        return has_condition(asked.condition, case)
    if asked.co_drug is not None:
        return _co_drug(asked.co_drug, case, own, others)
    if asked.indication is not None:
        return indication_is(asked.indication, case)
    if asked.jurisdiction is not None:
        if case.country is None:
            return Verdict("cannot tell", ("jurisdiction",))
        return _truth(case.country in asked.jurisdiction)
    return YES if case.weight_kg is not None else Verdict("cannot tell", ("weight",))


def _sex(asked: str, case: Case) -> Verdict:
    if case.sex is not None:
        return _truth(case.sex == asked)
    if case.pregnancy in ("planning", "pregnant", "lactating"):
        return _truth(asked == "female")
    return Verdict("cannot tell", ("sex",))


def _age(asked: Condition, case: Case) -> Verdict:
    if case.age is None:
        return Verdict("cannot tell", ("age",))
    low = asked.age_min is None or case.age >= asked.age_min
    high = asked.age_below is None or case.age < asked.age_below
    return _truth(low and high)


def _pregnancy(asked: list[str], case: Case) -> Verdict:
    state = "none" if case.sex == "male" else case.pregnancy
    if state is None:
        return Verdict("cannot tell", ("pregnancy state",))
    return _truth(state in asked)


def has_condition(name: str, case: Case) -> Verdict:
    """Return whether a condition is present; one that is not named is not known.

    Examples
    --------
    >>> has_condition("liver disease", Case(conditions=("cirrhosis",))).value
    'yes'
    >>> has_condition("liver disease", Case(conditions=("renal failure",))).needs
    ('whether there is liver disease',)
    """
    present = {concept_of(word, "conditions") for word in case.conditions} - {None}
    absent = {concept_of(word, "conditions") for word in case.without} - {None}
    if any(name in lineage(str(one)) for one in present):
        return YES
    if lineage(name) & absent:
        return NO
    wider = sorted(lineage(name) & present)
    if wider:
        return Verdict("cannot tell", (f"whether the {wider[0]} is a {name}",))
    return Verdict("cannot tell", (f"whether there is {_article(name)}{name}",))


def _article(name: str) -> str:
    return "a " if name.endswith("disorder") else ""


def indication_is(name: str, case: Case) -> Verdict:
    """Return whether the drug is for this; an unknown word is another indication."""
    if case.indication is None:
        return Verdict("cannot tell", ("indication",))
    return _truth(concept_of(case.indication, "indications") == name)


def _co_drug(asked: str, case: Case, own: Drug, others: Sequence[Drug]) -> Verdict:
    if asked == "each":
        return _truth(bool(others))
    if case.drugs is None and not others:
        return Verdict("cannot tell", ("other drugs",))
    if asked == "same moiety":
        return _truth(any(one.moiety == own.moiety for one in others))
    if any(asked in one.classes for one in others):
        return YES
    unknown = [f"what {one.given} is" for one in others if not one.known]
    return Verdict("cannot tell", tuple(unknown)) if unknown else NO
