"""Names and identifiers resolve to the substance they are, exactly or not at all."""

from __future__ import annotations

import pytest

from isobole.monograph import resolve_name
from isobole.monograph._identity import other_salt, salt_name
from isobole.results import OptionError
from isobole.substances import substances


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Depakote", "divalproex sodium"),
        ("62959-43-7", "magnesium valproate"),
        ("q400352cm2", "magnesium valproate"),
        ("NIJJYAXOARWZEE-UHFFFAOYSA-N", "valproic acid"),
        ("134422", "magnesium valproate"),
        ("  Sodium   VALPROATE ", "sodium valproate"),
    ],
)
def test_a_name_or_identifier_is_its_substance(given: str, name: str):
    resolved = resolve_name(given)
    assert resolved.answer == "is"
    assert resolved.substance is not None
    assert resolved.substance.name == name
    assert resolved.question == ""


def test_a_claim_carries_its_source_and_whether_it_was_read_there():
    resolved = resolve_name("Depakote")
    assert resolved.claim is not None
    assert resolved.claim.source in str(resolved)
    assert "verified" in str(resolved)


def test_a_shared_name_is_asked_back_with_every_substance():
    resolved = resolve_name("valproate")
    assert resolved.answer == "may be"
    assert resolved.substance is None
    assert len(resolved.substances) == 5
    assert "Say which" in resolved.question


def test_a_code_of_the_moiety_belongs_to_all_its_salts():
    resolved = resolve_name("N03AG01")
    assert resolved.answer == "may be"
    assert {item.moiety for item in resolved.substances} == {"valproate"}


def test_a_similar_name_is_suggested_and_never_taken():
    resolved = resolve_name("depakott")
    assert resolved.answer == "unknown"
    assert resolved.substances == ()
    assert "Did you mean" in resolved.question
    assert resolved.to_dict()["answer"] == "unknown"


@pytest.mark.parametrize("bad", ["", "   ", "62959-43-8"])
def test_an_empty_name_or_a_wrong_check_digit_is_an_error(bad: str):
    with pytest.raises(OptionError):
        resolve_name(bad)


def test_every_substance_resolves_to_itself_by_each_identifier_of_its_own():
    for item in substances():
        assert resolve_name(item.name).substance == item
        for claim in item.identifiers:
            resolved = resolve_name(claim.value)
            assert item in resolved.substances, (item.name, claim)


@pytest.mark.parametrize(
    ("name", "title", "other"),
    [
        ("morphine hydrochloride", "Morphine Sulfate", True),
        ("morphine sulphate", "Morphine Sulfate", False),
        ("morphine HCl", "Morphine Hydrochloride", False),
        ("codeine sulfate", "Morphine Sulfate", False),
        ("morphine", "Morphine Sulfate", False),
        ("diclofenac potassium", "Diclofenac Sodium", True),
        ("sodium diclofenac", "Diclofenac Sodium", False),
    ],
)
def test_another_salt_of_the_same_base(name: str, title: str, other: bool):
    assert other_salt(name, title) is other


def test_a_name_that_is_no_salt_has_no_salt_name():
    assert salt_name("carbamazepine") is None
