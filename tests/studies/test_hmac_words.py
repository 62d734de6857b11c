"""Random words: the reference list, no favoured number, streams that do not meet."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from itertools import permutations

from hypothesis import given, strategies as st

from isobole.studies import Words
from isobole.studies._hmac_words import new_seed
from isobole.studies._permuted_blocks import permuted_blocks
from reference_cases import Case


def test_reference_list(studies_case: Callable[[str], Case]) -> None:
    with studies_case("allocation_hmac_fisher_yates") as case:
        case.given("seed", "label", "arms")
        seed, label = case.data("seed"), case.data("label")
        words = Words(seed, label)
        for index in range(len(case.data("first_words"))):
            assert words.word() == case.data("first_words")[index]
        case.expect("first_words")
        arms = dict.fromkeys(case.data("arms"), 1)
        blocks = permuted_blocks(Words(seed, label), arms, len(case.data("blocks")))
        for index, block in enumerate(blocks):
            assert list(block) == case.expect(f"blocks.{index}")


def test_words_are_hmac_by_its_definition() -> None:
    """RFC 2104 written out with SHA-256 alone."""
    key = b"seed".ljust(64, b"\0")
    inner = bytes(b ^ 0x36 for b in key)
    outer = bytes(b ^ 0x5C for b in key)
    digests = []
    for counter in range(2):
        first = hashlib.sha256(inner + f"label:{counter}".encode()).digest()
        digests.append(hashlib.sha256(outer + first).digest())
    due = [
        int.from_bytes(digest[i : i + 8], "big") for digest in digests
        for i in (0, 8, 16, 24)
    ]  # fmt: skip
    words = Words("seed", "label")
    assert [words.word() for _ in range(8)] == due


def test_words_of_the_last_cycle_are_rejected() -> None:
    words = Words("seed", "rejection")
    start = Words("seed", "rejection")
    bound = 2**63 + 1  # nearly half of all words have to be rejected
    drawn = [words.below(bound) for _ in range(50)]
    every = [start.word() for _ in range(400)]
    assert drawn == [word for word in every if word < bound][:50]
    assert any(word >= bound for word in every[:60])


def test_every_order_is_equally_likely() -> None:
    words = Words("seed", "orders")
    counts = Counter(words.shuffled("ABCD") for _ in range(4800))
    assert set(counts) == set(permutations("ABCD"))
    # Chi-square with 23 degrees of freedom: 49.7 has probability 0.001.
    assert sum((n - 200) ** 2 / 200 for n in counts.values()) < 49.7


@given(st.lists(st.integers(), max_size=30), st.text(max_size=5))
def test_shuffling_keeps_all_items(items: list[int], label: str) -> None:
    assert sorted(Words("s", label).shuffled(items)) == sorted(items)


def test_seeds_are_fresh_and_long() -> None:
    seeds = {new_seed() for _ in range(20)}
    assert len(seeds) == 20
    assert all(len(bytes.fromhex(seed)) == 32 for seed in seeds)
