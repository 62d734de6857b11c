"""Published interactions recomputed: the Luszczki table, the laws, the wording."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from isobole.combination._audit import Audit, AuditedClaim, audit_claims
from isobole.combination._checks import Check
from isobole.combination._claim import Claim
from isobole.combination._rounding import Printed, span
from isobole.combination._significance import Significance
from isobole.combination._summary_test import (
    VARIANCE_RULES,
    additive_summary,
    index_summary,
    student,
    welch,
)
from isobole.results import DataError, Methods, Missing, Note, OptionError, encode

FILE = Path(__file__).parents[1] / "reference" / "synergy.json"
CASE: dict[str, Any] = next(
    case
    for case in json.loads(FILE.read_text("utf-8"))["cases"]
    if case["id"] == "luszczki_2020_6hz_type1_parallel"
)
ROWS: list[dict[str, Any]] = CASE["rows"]
NAMES = ["+".join(row["drugs"]) for row in ROWS]
LAST_DIGIT = {"welch_t": 1e-4, "welch_df": 1e-3, "gamma": 1e-4, "p": 1e-4}
"""Tolerance: t, df and index to the file's last digit, p relative."""


def luszczki(row: dict[str, Any], *, singles: bool = True, **changes: Any) -> Claim:
    known = [CASE["implied_single_drug"][drug] for drug in row["drugs"]]
    given: dict[str, Any] = {
        "drugs": row["drugs"],
        "ed50_mix": f"{row['ED50exp']:.2f}",
        "sem_mix": f"{row['SEM_exp']:.2f}",
        "n_mix": row["n_exp"],
        "ed50_add": f"{row['ED50add']:.2f}",
        "sem_add": f"{row['SEM_add']:.2f}",
        "n_add": row["n_add"],
        "index": f"{row['gamma_published']:.2f}",
        "significance": row["significance_published"],
        "ratio": "1:1",
        "ratio_by": "ed50",
        "test": "welch",
        "unit": "mg/kg",
        "source": CASE["source"],
    }
    if singles:
        given["ed50s"] = [f"{single['ED50']:.2f}" for single in known]
        given["sems"] = [f"{single['SEM']:.2f}" for single in known]
        given["ns"] = [single["n"] for single in known]
        given["singles"] = "derived"
    return Claim(**{**given, **changes})


def only(claim: Claim, **options: Any) -> AuditedClaim:
    return audit_claims([claim], **options).claims[0]


def checks(found: AuditedClaim, figure: str) -> Iterator[Check]:
    return (check for check in found.checks if check.figure == figure)


def check(found: AuditedClaim, figure: str, rule: str | None) -> Check:
    return next(c for c in checks(found, figure) if c.rule == rule)


# The published table


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_printed_table_follows_from_the_lublin_rule(row: dict[str, Any]) -> None:
    known = [CASE["implied_single_drug"][drug] for drug in row["drugs"]]
    z = additive_summary(
        [single["ED50"] for single in known],
        [single["SEM"] for single in known],
        [single["n"] for single in known],
        fractions=[1, 1],
        rule="lublin",
    )
    assert z.ed50 == pytest.approx(row["ED50add"], abs=0.0050001)
    assert z.sem == pytest.approx(row["SEM_add"], abs=0.0050001)
    assert z.n == row["n_add"]


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_welch_and_index_to_the_last_digit(row: dict[str, Any]) -> None:
    m = (row["ED50exp"], row["SEM_exp"], row["n_exp"])
    z = (row["ED50add"], row["SEM_add"], row["n_add"])
    test = welch(*m, *z)
    assert test.t == pytest.approx(row["welch_t"], abs=LAST_DIGIT["welch_t"])
    assert test.df == pytest.approx(row["welch_df"], abs=LAST_DIGIT["welch_df"])
    assert test.p == pytest.approx(row["p_two_sided"], rel=LAST_DIGIT["p"])
    index = index_summary(*m[:2], *z[:2]).estimate.value
    assert index == pytest.approx(row["gamma_recomputed"], abs=LAST_DIGIT["gamma"])


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_audit_says_the_same(row: dict[str, Any]) -> None:
    found = only(luszczki(row))
    for figure in ("ed50_add", "n_add", "index"):
        assert check(found, figure, None).reproduced is True
    assert check(found, "sem_add", "lublin").reproduced is True
    assert check(found, "sem_add", "tallarida").reproduced is False
    p = check(found, "welch_p", "printed")
    assert p.recomputed == pytest.approx(row["p_two_sided"], rel=LAST_DIGIT["p"])
    for rule in ("printed", "lublin"):
        t, df = (check(found, f"welch_{name}", rule) for name in ("t", "df"))
        assert t.low <= row["welch_t"] + 1e-4
        assert t.high >= row["welch_t"] - 1e-4
        assert df.low - 1e-3 <= row["welch_df"] <= df.high + 1e-3
    flagged = ["significance"] if row["drugs"] == ["PGB", "LCM"] else []
    assert [flag.figure for flag in found.flags] == flagged


def test_the_star_that_is_not_reproduced() -> None:
    found = only(luszczki(ROWS[0], significance="*"))
    p = check(found, "welch_p", "printed")
    assert p.reproduced is False
    assert 0.0529 < p.low < p.recomputed < p.high < 0.0541
    assert check(found, "ln_index_p", "printed").recomputed == pytest.approx(
        0.0371, abs=5e-5
    )
    by_rule = {r: check(found, "welch_p", r).recomputed for r in VARIANCE_RULES}
    assert by_rule == pytest.approx(
        {"delta": 0.0241, "tallarida": 0.0302, "lublin": 0.0535}, abs=5e-5
    )
    (flag,) = found.flags
    assert flag.message == (
        "* is not reproduced by the stated test (Welch's t, two-sided, SEM as "
        "printed): p = 0.053 (0.053 to 0.054 over the rounding). Other answers: "
        "Student's t with printed SEM 0.090; ln index with printed SEM 0.037; "
        "Welch's t with SEM by delta 0.024; Welch's t with SEM by tallarida 0.030; "
        "Welch's t with SEM by lublin 0.053; one-sided Welch's t 0.027."
    )
    assert found.unstated == (
        "how the SEM of the additive ED50 was formed (the printed one follows lublin)",
        "one- or two-sided test (two-sided is taken)",
        "* read as p < 0.05",
    )


def test_nothing_is_called_false() -> None:
    audit = audit_claims([luszczki(row, verdict="synergy") for row in ROWS])
    said = f"{audit} {json.dumps(encode(audit.to_dict()))}"
    words = re.sub(r'": (false|true)', "", said).lower()
    for word in ("false", "wrong", "incorrect", "error", "mistake"):
        assert word not in words
    assert "not reproduced by the stated test" in words


def test_without_single_drugs_the_rest_is_audited_and_the_gaps_are_named() -> None:
    found = only(luszczki(ROWS[0], singles=False))
    assert [flag.figure for flag in found.flags] == ["significance"]
    assert dict(found.unchecked) == {
        "ed50_add": "The ED50 of LCM and PGB alone is not given.",
        "sem_add": "The ED50 of LCM and PGB alone is not given.",
        "n_add": "The n of LCM and PGB alone is not given.",
    }
    assert check(found, "index", None).reproduced is True
    assert "Not checked: additive ED50 (The ED50 of LCM and PGB" in found.message


# What is flagged, and what is not


def test_a_star_that_only_the_rounding_allows_is_not_flagged() -> None:
    """M 10.0 may be 9.95: p is 0.0503 as printed, and 0.049 within the rounding."""
    given: dict[str, Any] = {
        "drugs": ["A", "B"], "sem_mix": "2.00", "n_mix": 30, "ed50_add": "15.62",
        "sem_add": "2.00", "n_add": 30, "significance": "P<0.05", "test": "welch",
    }  # fmt: skip
    assert welch(10.0, 2.0, 30, 15.62, 2.0, 30).p > 0.05
    found = only(Claim(ed50_mix="10.0", **given))
    p = check(found, "welch_p", "printed")
    assert p.low < 0.05 < p.recomputed
    assert p.reproduced is True
    assert found.flags == ()
    flagged = only(Claim(ed50_mix="10.000", **{**given, "ed50_add": "15.600"}))
    assert [flag.figure for flag in flagged.flags] == ["significance"]


def test_figures_that_no_rounding_gives_are_flagged_with_the_other_answers() -> None:
    found = only(luszczki(ROWS[1], ed50_add="43.41", sem_add="5.20", n_add=46,
                          index="0.45", singles="printed"))  # fmt: skip
    said = {flag.figure: flag.message for flag in found.flags}
    assert set(said) == {"ed50_add", "sem_add", "n_add", "index"}
    assert said["sem_add"].startswith(
        "The SEM of the additive ED50 5.20 is not reproduced by any variance rule: the "
        "printed values give by delta"
    )
    assert said["n_add"].endswith("46 is not reproduced: the printed values give 44.")


def test_a_stated_rule_is_the_one_that_must_hold() -> None:
    found = only(luszczki(ROWS[0], rule="tallarida"))
    message = next(f.message for f in found.flags if f.figure == "sem_add")
    assert "by the stated rule (tallarida)" in message
    assert "by lublin 4.42" in message
    assert "and gives the printed value" in message
    assert not any("SEM of the additive" in choice for choice in found.unstated)


def test_an_unstated_test_is_flagged_only_if_none_gives_the_star() -> None:
    found = only(luszczki(ROWS[0], test=None))
    assert found.flags == ()
    assert (
        "the test (all are tried; P<0.05 is reproduced by ln index)" in found.unstated
    )
    none = only(luszczki(ROWS[5], test=None, significance="P<0.001"))
    assert none.flags[0].message.startswith("P<0.001 is not reproduced by any test")


def test_an_unstated_ratio_is_read_both_ways() -> None:
    mass = additive_summary([10, 40], [1, 4], shares=[1, 1])
    claim = Claim(
        ["A", "B"],
        "9.0",
        ed50_add=f"{mass.ed50:.1f}",
        sem_add=f"{mass.sem:.3f}",
        ed50s=["10.00", "40.00"],
        sems=["1.00", "4.00"],
        ratio="1:1",
    )
    found = only(claim)
    assert found.flags == ()
    assert check(found, "ed50_add", "ratio by ed50").recomputed == pytest.approx(25)
    assert check(found, "ed50_add", "ratio by ed50").reproduced is False
    assert check(found, "ed50_add", "ratio by mass").reproduced is True
    assert check(found, "sem_add", "delta, ratio by mass").reproduced is True


def test_a_one_sided_test_is_recomputed_one_sided() -> None:
    found = only(luszczki(ROWS[0], sides=1))
    assert found.flags == ()
    p = check(found, "welch_p", "printed").recomputed
    assert p == pytest.approx(ROWS[0]["p_two_sided"] / 2, rel=1e-4)


@pytest.mark.parametrize(
    ("verdict", "flagged"), [("synergy", False), ("additive", True),
                             ("antagonism", True)]
)  # fmt: skip
def test_a_verdict_needs_its_p_and_its_side_of_1(verdict: str, flagged: bool) -> None:
    found = only(luszczki(ROWS[4], verdict=verdict))
    assert ("verdict" in [flag.figure for flag in found.flags]) is flagged


def test_additivity_is_not_shown_by_a_test_that_is_not_significant() -> None:
    found = only(luszczki(ROWS[5]))
    assert found.flags == ()
    assert "Additivity is not shown" in found.message
    assert "90 % interval" in found.message
    assert "Additivity" not in only(luszczki(ROWS[5]), margin=None).message
    wide = only(luszczki(ROWS[5]), margin=(0.3, 3))
    assert "Additivity is shown by equivalence" in wide.message


# Laws

ED50 = st.floats(2, 200)
RELATIVE = st.floats(0.08, 0.4)
GROUP = st.integers(8, 40)


@st.composite
def studies(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw true values, and what an honest paper prints of them."""
    k = draw(st.integers(2, 3))
    a = [draw(ED50) for _ in range(k)]
    s = [x * draw(RELATIVE) for x in a]
    n = [draw(GROUP) for _ in range(k)]
    parts = [draw(st.integers(1, 4)) for _ in range(k)]
    by = draw(st.sampled_from(["ed50", "mass"]))
    rule = draw(st.sampled_from(VARIANCE_RULES))
    keyword: dict[str, Any] = {"fractions" if by == "ed50" else "shares": parts}
    z = additive_summary(a, s, n, rule=rule, **keyword)
    m = z.ed50 * draw(st.floats(0.2, 1.6))
    sem, n_mix = m * draw(RELATIVE), draw(GROUP)
    assert z.n is not None
    name = draw(st.sampled_from(["welch", "student"]))
    test = {"welch": welch, "student": student}[name]
    p = test(m, sem, n_mix, z.ed50, z.sem, z.n).p
    decimals = draw(st.integers(1 if sem > 0.1 else 2, 3))

    def show(value: float) -> str:
        return f"{value:.{decimals}f}"

    printed = {
        "drugs": list("ABC")[:k], "ed50s": [*map(show, a)], "sems": [*map(show, s)],
        "ns": n, "ratio": ":".join(map(str, parts)), "ratio_by": by, "rule": rule,
        "ed50_mix": show(m), "sem_mix": show(sem), "n_mix": n_mix,
        "ed50_add": show(z.ed50), "sem_add": show(z.sem), "n_add": z.n,
        "index": f"{m / z.ed50:.2f}", "test": name,
        "significance": "P<0.05" if p < 0.05 else "ns",
    }  # fmt: skip
    return printed, {"p": p, "sem": z.sem}


@settings(max_examples=40, deadline=None)
@given(studies())
def test_an_honest_table_is_never_flagged(study: tuple[Any, Any]) -> None:
    printed, true = study
    found = only(Claim(**printed))
    assert found.flags == ()
    rule = printed["rule"]
    sem = check(found, "sem_add", rule)
    assert sem.low <= true["sem"] * (1 + 1e-9)
    assert sem.high >= true["sem"] * (1 - 1e-9)
    p = check(found, f"{printed['test']}_p", rule)
    assert p.low <= true["p"] * (1 + 1e-6) + 1e-12
    assert p.high >= true["p"] * (1 - 1e-6) - 1e-12


@settings(max_examples=25, deadline=None)
@given(studies())
def test_the_order_of_the_drugs_changes_nothing(study: tuple[Any, Any]) -> None:
    printed, _ = study
    turned = {**printed, "ratio": ":".join(reversed(printed["ratio"].split(":")))}
    for name in ("drugs", "ed50s", "sems", "ns"):
        turned[name] = printed[name][::-1]
    one, two = only(Claim(**printed)), only(Claim(**turned))
    assert len(one.checks) == len(two.checks)
    for a, b in zip(one.checks, two.checks, strict=True):
        assert (a.figure, a.rule, a.printed, a.reproduced) == (
            b.figure, b.rule, b.printed, b.reproduced
        )  # fmt: skip
        for name in ("recomputed", "low", "high"):
            assert getattr(a, name) == pytest.approx(getattr(b, name), rel=1e-5)
    assert [f.figure for f in one.flags] == [f.figure for f in two.flags]


def test_both_ways_to_write_a_ratio_are_one_mixture() -> None:
    a, s = [10.0, 40.0], [2.0, 5.0]
    for rule in VARIANCE_RULES:
        by_dose = additive_summary(a, s, shares=[1, 4], rule=rule)
        by_ed50 = additive_summary(a, s, fractions=[1, 1], rule=rule)
        assert by_dose.ed50 == pytest.approx(25)
        assert by_dose.sem == pytest.approx(by_ed50.sem)
        assert by_dose.fractions == pytest.approx((0.5, 0.5))


def test_a_drug_with_itself_is_additive_by_every_rule() -> None:
    for rule in VARIANCE_RULES:
        assert additive_summary([5, 5], [1, 1], shares=[1, 3], rule=rule).ed50 == 5


def test_n_add_for_three_drugs() -> None:
    found = additive_summary([1, 2, 3], [1, 1, 1], [10, 10, 10], fractions=[1, 1, 1])
    assert found.n == 24


def test_the_summary_needs_one_kind_of_ratio() -> None:
    for keyword in ({}, {"fractions": [1, 1], "shares": [1, 1]}, {"shares": [1, 0]}):
        with pytest.raises(OptionError, match="give"):
            additive_summary([1, 2], [1, 1], **keyword)


# Rounding and significance


def test_a_range_is_found_inside_the_box_too() -> None:
    number = Printed.parse("0")
    found = span(lambda x: (x[:, 0] - 0.1) ** 2, [number])
    assert found.low == pytest.approx(0, abs=1e-9)
    assert found.high == pytest.approx(0.36)


def test_many_inputs_are_searched_without_their_corners() -> None:
    numbers = [Printed.parse("1.0")] * 20
    found = span(lambda x: x.sum(axis=1), numbers)
    assert found.low == pytest.approx(19)
    assert found.high == pytest.approx(21)


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("P<0.05", 0.049, 0.051), ("p ≤ .01", 0.009, 0.011), ("***", 0.0009, 0.002),
        ("NS", 0.06, 0.04), ("n.s.", 0.06, 0.04), ("not significant", 0.06, 0.04),
        ("P>0.05", 0.06, 0.04), ("P=0.03", 0.0349, 0.036), ("(<0.01)", 0.001, 0.02),
    ],
)  # fmt: skip
def test_printed_significance(text: str, yes: float, no: float) -> None:
    found = Significance.parse(text)
    assert found is not None
    assert found.admits(yes, yes)
    assert not found.admits(no, no)


# The result


def test_the_result_says_itself() -> None:
    audit = audit_claims([luszczki(row) for row in ROWS])
    assert repr(audit) == "Audit(7 claims, 1 with figures that are not reproduced)"
    assert repr(audit.flagged[0]) == (
        "AuditedClaim(PGB + LCM: not reproduced: significance)"
    )
    blocks = audit.blocks()
    assert any(
        isinstance(b, Note) and "only the authors' data" in b.text for b in blocks
    )
    methods = [block for block in blocks if isinstance(block, Methods)]
    assert len(methods) == 1
    assert any("Welch BL (1947)" in reference for reference in methods[0].references)
    assert "Welch's t, p (stated)" in str(audit)
    assert "<table>" in audit._repr_html_()


def test_json_has_a_reason_for_every_null() -> None:
    claims = [luszczki(ROWS[0]), luszczki(ROWS[0], singles=False, sem_mix=None)]
    body = json.loads(json.dumps(encode(audit_claims(claims).to_dict())))
    assert body["margin"] == [0.8, 1.25]
    for claim in body["claims"]:
        assert claim["message"].startswith("PGB + LCM: ")
        for row in claim["checks"]:
            assert set(row) == {"figure", "printed", "rule", "recomputed", "low",
                                "high", "reproduced", "reason"}  # fmt: skip
            missing = row["recomputed"] is None or row["reproduced"] is None
            assert bool(row["reason"]) is missing
        if claim["recomputed_index"] is None:
            assert claim["recomputed_index_reason"]
    assert body["claims"][0]["recomputed_index"]["p"] == pytest.approx(0.0371, abs=1e-4)


def test_an_index_without_printed_additive_values_comes_from_the_single_drugs() -> None:
    found = only(luszczki(ROWS[0], ed50_add=None, sem_add=None, n_add=None))
    assert check(found, "index", None).reproduced is True
    assert found.index_rule == "delta"
    assert not isinstance(found.index, Missing)
    assert found.flags == ()  # the rule is not stated, and delta gives the star


def test_no_claims() -> None:
    assert repr(audit_claims([])) == (
        "Audit(0 claims, 0 with figures that are not reproduced)"
    )


@pytest.mark.parametrize("options", [{"margin": (1.1, 1.25)}, {"level": 0.4}])
def test_options_that_cannot_be(options: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="give"):
        audit_claims([], **options)


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"ed50_mix": None}, "empty-cell", "ed50_mix"),
        ({"ed50_mix": "eight"}, "not-a-number", "ed50_mix"),
        ({"ed50_mix": "NaN"}, "not-a-number", "ed50_mix"),
        ({"sem_mix": "-1"}, "not-positive", "sem_mix"),
        ({"n_mix": "7.5"}, "n-not-whole", "n_mix"),
        ({"n_mix": 1}, "n-not-whole", "n_mix"),
        ({"ratio": "1:2:3"}, "bad-ratio", "ratio"),
        ({"ratio": "1:0"}, "bad-ratio", "ratio"),
        ({"ratio": "0.3:0.6"}, "ratio-does-not-sum", "ratio"),
        ({"ratio_by": "volume"}, "unknown-word", "ratio_by"),
        ({"rule": "tallarda"}, "unknown-word", "rule"),
        ({"test": "wilcoxon"}, "unknown-word", "test"),
        ({"verdict": "good"}, "unknown-word", "verdict"),
        ({"sides": 3}, "unknown-word", "sides"),
        ({"significance": "perhaps"}, "unknown-significance", "significance"),
        ({"unit": "spoons"}, "unknown-unit", "unit"),
        ({"drugs": ["A"], "singles": None}, "one-drug", "drug_b"),
        ({"drugs": ["A", " "]}, "no-drug-name", "drug_b"),
        ({"ed50s": ["1"]}, "unequal-lengths", "ed50s"),
    ],
)
def test_nonsense_is_a_problem_with_its_remedy(
    changes: dict[str, Any], code: str, column: str
) -> None:
    with pytest.raises(DataError) as error:
        luszczki(ROWS[0], **changes)
    problem = next(p for p in error.value.problems if p.code == code)
    assert problem.column == column
    assert problem.remedy
    assert problem.expected


def test_every_problem_is_said_at_once() -> None:
    with pytest.raises(DataError) as error:
        Claim(["A", "B"], "x", "y", "z", rule="?")
    assert len(error.value.problems) == 4


def test_shares_printed_with_two_decimals_may_sum_to_0_99() -> None:
    claim = Claim(["A", "B", "C"], "5", ratio="0.33:0.33:0.33")
    assert claim.ratio == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_an_audit_is_a_result_of_claims() -> None:
    assert isinstance(audit_claims([luszczki(ROWS[0])]), Audit)
