"""The bundled substances agree with their formulas, and with what was published."""

from __future__ import annotations

from collections import Counter

import pytest

from isobole.results import DataError, Missing
from isobole.substances import Substance, elements, is_cas, substance, substances
from isobole.substances._load import read

# Molar masses as handbooks print them, g/mol: an opinion other than our weights.
PRINTED = {
    "valproic acid": 144.214, "sodium valproate": 166.196,
    "magnesium valproate": 310.717, "divalproex sodium": 310.41,
    "magnesium sulfate heptahydrate": 246.47, "magnesium chloride hexahydrate": 203.30,
    "magnesium oxide": 40.30, "trimagnesium dicitrate": 451.11,
    "magnesium L-threonate": 294.50, "pentylenetetrazole": 138.17,
    "phenytoin": 252.27, "phenytoin sodium": 274.25, "carbamazepine": 236.27,
    "phenobarbital": 232.24, "ethosuximide": 141.17, "diazepam": 284.74,
    "clonazepam": 315.71, "lamotrigine": 256.09, "topiramate": 339.36,
    "levetiracetam": 170.21, "gabapentin": 171.24, "pregabalin": 159.23,
    "felbamate": 238.24, "lacosamide": 250.29, "zonisamide": 212.23,
    "cannabidiol": 314.46, "retigabine": 303.33, "tiagabine hydrochloride": 412.0,
    "dizocilpine maleate": 337.37, "ketamine hydrochloride": 274.19,
    "pilocarpine hydrochloride": 244.72, "kainic acid": 213.23, "cenobamate": 267.67,
}  # fmt: skip

# What turns moles of the free form into the salt, atom by atom.
EXCHANGED = {
    "sodium valproate": {"Na": 1, "H": -1},
    "magnesium valproate": {"Mg": 1, "H": -2},
    "calcium valproate": {"Ca": 1, "H": -2},
    "divalproex sodium": {"Na": 1, "H": -1},
    "phenytoin sodium": {"Na": 1, "H": -1},
    "phenobarbital sodium": {"Na": 1, "H": -1},
    "tiagabine hydrochloride": {"H": 1, "Cl": 1},
    "ketamine hydrochloride": {"H": 1, "Cl": 1},
    "pilocarpine hydrochloride": {"H": 1, "Cl": 1},
    "dizocilpine maleate": {"C": 4, "H": 4, "O": 4},
    "magnesium oxide": {"O": 1},
    "anhydrous magnesium sulfate": {"S": 1, "O": 4},
    "magnesium sulfate heptahydrate": {"S": 1, "O": 11, "H": 14},
    "anhydrous magnesium chloride": {"Cl": 2},
    "magnesium chloride hexahydrate": {"Cl": 2, "O": 6, "H": 12},
    "trimagnesium dicitrate": {"C": 12, "H": 10, "O": 14},
    "trimagnesium dicitrate nonahydrate": {"C": 12, "H": 28, "O": 23},
    "magnesium hydrogen citrate": {"C": 6, "H": 6, "O": 7},
    "magnesium L-threonate": {"C": 8, "H": 14, "O": 10},
}


@pytest.mark.parametrize(("name", "printed"), PRINTED.items())
def test_molar_masses_are_those_of_handbooks(name: str, printed: float) -> None:
    # Half a hundredth for rounding, and what newer atomic weights changed.
    assert substance(name).molar_mass == pytest.approx(printed, abs=0.012)


def test_every_salt_is_its_free_form_and_a_counterion() -> None:
    forms = {s.name: s for s in substances()}
    salts = {s.name for s in substances() if s.free_form != s.name}
    assert salts == set(EXCHANGED)
    for name in salts:
        salt = forms[name]
        built = Counter(
            {
                element: count * salt.moles_of_moiety
                for element, count in elements(forms[salt.free_form].formula).items()
            }
        )
        built.update(EXCHANGED[name])
        assert +built == Counter(elements(salt.formula)), name


def test_acid_per_mass_of_salt() -> None:
    told = {s.name: s.free_form_per_mass for s in substances()}
    assert told["magnesium valproate"] == pytest.approx(0.9283, abs=5e-5)
    assert told["sodium valproate"] == pytest.approx(0.8677, abs=5e-5)
    assert told["divalproex sodium"] == pytest.approx(0.9292, abs=5e-5)
    # The label of a solution of 200 mg/mL magnesium valproate says 186 mg/mL acid.
    assert round(200 * told["magnesium valproate"]) == 186


def test_every_claim_has_a_source_and_memory_is_not_verified() -> None:
    for item in substances():
        for claim in (*item.identifiers, *item.names):
            assert claim.source, (item.name, claim)
            assert not (claim.verified and "memory" in claim.source)
        assert isinstance(item.cas, Missing) or is_cas(item.cas)


@pytest.mark.parametrize(
    ("name", "unii", "key"),
    [
        ("magnesium valproate", "Q400352CM2", "LKLLHOIUJVEAGU-UHFFFAOYSA-L"),
        ("valproic acid", "614OI1Z5WI", "NIJJYAXOARWZEE-UHFFFAOYSA-N"),
    ],
)
def test_identifiers_of_the_worked_case(name: str, unii: str, key: str) -> None:
    assert substance(name).identifier("UNII") == unii
    assert substance(name).identifier("InChIKey") == key


def test_missing_identifier_says_so() -> None:
    assert isinstance(substance("magnesium oxide").identifier("UNII"), Missing)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Depakote", "divalproex sodium"),
        ("EPIVAL®", "divalproex sodium"),
        ("valparin", "sodium valproate"),
        ("  Magnesium\u00a0Valproate ", "magnesium valproate"),
        ("pentetrazol", "pentylenetetrazole"),
        ("PTZ", "pentylenetetrazole"),
        ("Mg²⁺", "magnesium ion"),
        ("phenytoin", "phenytoin"),
        ("MgSO₄·7H₂O", "magnesium sulfate heptahydrate"),
    ],
)
def test_names_resolve(written: str, name: str) -> None:
    assert substance(written).name == name


@pytest.mark.parametrize(
    "shared", ["valproate", "VPA", "magnesium", "magnesium citrate", "MK-801"]
)
def test_a_shared_name_asks(shared: str) -> None:
    with pytest.raises(DataError, match="Say which") as caught:
        substance(shared)
    assert caught.value.problems[0].code == "ambiguous-substance"


@pytest.mark.parametrize(
    ("typed", "near"),
    [("magnesium valprote", "magnesium valproate"), ("Depakot", "divalproex sodium")],
)
def test_a_near_name_is_suggested_and_never_taken(typed: str, near: str) -> None:
    with pytest.raises(DataError, match="Did you mean") as caught:
        substance(typed)
    assert near in str(caught.value)


def test_nothing_near_suggests_nothing() -> None:
    with pytest.raises(DataError) as caught:
        substance("qqqq")
    assert "Did you mean" not in str(caught.value)


GOOD = """
source = "a test"
[[substance]]
name = "valproic acid"
formula = "C8H16O2"
molar_mass = 144.214
cas = "99-66-1"
"""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("144.214", "144.230", "molar-mass-differs"),
        ("99-66-1", "99-66-2", "bad-identifier"),
        ("C8H16O2", "C8H16O2)", "bad-formula"),
        ("C8H16O2", "C8H16Xx2", "bad-formula"),
        ('cas = "99-66-1"', "ions = { Na = 1 }", "ions-differ"),
        ('cas = "99-66-1"', "hydrate = 1", "hydrate-differs"),
        ('cas = "99-66-1"', 'moiety = "valproate"', "unknown-moiety"),
        ('cas = "99-66-1"', 'casn = "99-66-1"', "unknown-key"),
        ('source = "a test"', "", "no-source"),
        ("molar_mass = 144.214", "", "missing-key"),
        ('source = "a test"', 'source = "a test', "bad-toml"),
    ],
)
def test_what_contradicts_itself_is_refused(old: str, new: str, code: str) -> None:
    assert len(read({"a.toml": GOOD})) == 1
    with pytest.raises(DataError) as caught:
        read({"a.toml": GOOD.replace(old, new, 1)})
    assert code in {problem.code for problem in caught.value.problems}
    assert all(problem.remedy for problem in caught.value.problems)


def test_one_identifier_for_two_substances_is_refused() -> None:
    twin = GOOD.replace("valproic acid", "another acid")
    with pytest.raises(DataError, match="99-66-1 stands for valproic acid and"):
        read({"a.toml": GOOD, "b.toml": twin})


def test_said_as_text_dict_and_one_line() -> None:
    item = substance("magnesium valproate")
    assert isinstance(item, Substance)
    assert "\n" not in repr(item)
    assert "0.9283" in str(item)
    told = item.to_dict()
    assert told["cas"] == "62959-43-7"
    assert told["ions"][0]["per_mole"] == 1
    nothing = substance("magnesium ion").to_dict()
    assert nothing["cas_reason"] is None
