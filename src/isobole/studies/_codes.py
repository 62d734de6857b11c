"""Codes that say nothing: two letters for a group, five signs for a syringe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from isobole.results import OptionError
from isobole.studies._hmac_words import Words

LETTERS = "ACDEFHJKMNPRTWXY"
"""No letter that is read as a figure or another letter: B G I L O Q S U V Z."""
SIGNS = LETTERS + "3479"
_SYRINGE = 5


def group_codes(words: Words, groups: Sequence[str]) -> dict[str, str]:
    """Return a code of two different letters for each group, at random.

    Raises
    ------
    OptionError
        If there are more groups than codes.

    Examples
    --------
    >>> codes = group_codes(Words("seed", "group codes"), ["vehicle", "drug"])
    >>> sorted(codes) == ["drug", "vehicle"], len(set(codes.values()))
    (True, 2)
    """
    every = [one + other for one in LETTERS for other in LETTERS if one != other]
    if len(groups) > len(every):
        msg = (
            f"{len(groups)} codes of two letters are needed, there are {len(every)}; "
            "split the study"
        )
        raise OptionError(msg)
    drawn = words.shuffled(every)
    return dict(zip(groups, drawn, strict=False))


def syringe_codes(
    words: Words, animals: Iterable[str], doses: int
) -> dict[str, tuple[str, ...]]:
    """Return `doses` codes for each animal, every one of them drawn once only.

    Examples
    --------
    >>> codes = syringe_codes(Words("seed", "syringes"), ["M1", "M2"], 2)
    >>> len({code for pair in codes.values() for code in pair})
    4
    """
    drawn: set[str] = set()

    def fresh() -> str:
        while True:
            code = "".join(SIGNS[words.below(len(SIGNS))] for _ in range(_SYRINGE))
            # All figures would look like a number, and lose zeros in a spreadsheet.
            if code not in drawn and not code.isdigit() and not _like_power(code):
                drawn.add(code)
                return code

    return {animal: tuple(fresh() for _ in range(doses)) for animal in animals}


def _like_power(code: str) -> bool:
    """Return whether a spreadsheet would read the code as a number: 34E79."""
    head, _, tail = code.partition("E")
    return head.isdigit() and tail.isdigit()
