"""Random numbers that any language draws again, for ever, from one secret seed.

No generator of a library promises its sequence over the years; a keyed hash does.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
_WORDS = 1 << 64
_WORD_BYTES = 8


class Words:
    """Whole numbers drawn from HMAC-SHA256, one stream for every label.

    The message is ``label:0``, ``label:1``, … under the seed as key; each digest is
    four 64-bit words, big end first.

    Parameters
    ----------
    seed : str
        The secret; it belongs into the key file and nowhere else.
    label : str
        What is drawn: two purposes never share a stream.

    Examples
    --------
    >>> Words("isobole-demo-seed", "PTZ-01/stratum=M").word()
    2719710694931044042
    >>> "".join(Words("isobole-demo-seed", "PTZ-01/stratum=M").shuffled("ABCD"))
    'ABDC'
    """

    def __init__(self, seed: str, label: str) -> None:
        self._words = _stream(seed.encode(), label)

    def word(self) -> int:
        """Return the next number below 2**64."""
        return next(self._words)

    def below(self, bound: int) -> int:
        """Return a number from 0 to `bound` - 1, each equally likely.

        Words of the last, incomplete cycle are rejected, so that no number is favoured.
        """
        usable = _WORDS - _WORDS % bound
        while (word := self.word()) >= usable:
            pass
        return word % bound

    def shuffled(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """Return the items in random order (Fisher and Yates, from the end)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            chosen = self.below(last + 1)
            order[last], order[chosen] = order[chosen], order[last]
        return tuple(order)


def new_seed() -> str:
    """Return a fresh seed of 256 bits from the operating system."""
    return secrets.token_hex(32)


def _stream(seed: bytes, label: str) -> Iterator[int]:
    counter = 0
    while True:
        digest = hmac.digest(seed, f"{label}:{counter}".encode(), "sha256")
        for start in range(0, len(digest), _WORD_BYTES):
            yield int.from_bytes(digest[start : start + _WORD_BYTES], "big")
        counter += 1
