"""Slopes of sequential designs are flagged, and no test of slopes uses them."""

from __future__ import annotations

import re

import pytest

from isobole.doseresponse import (
    QuantalData,
    compare_curves,
    fit_quantal,
    litchfield_wilcoxon,
    potency_ratio_lw,
    up_and_down,
)
from isobole.results import Missing, OptionError

DOSE, N = [5, 10, 20, 40], [8, 8, 8, 8]
FIXED = QuantalData(DOSE, N, [1, 3, 5, 7], curve="F")
OTHER = QuantalData(DOSE, N, [0, 2, 5, 8], curve="G")
CHOSEN = QuantalData(DOSE, N, [0, 2, 5, 8], curve="S", design="sequential")


def test_a_fit_carries_the_flag_and_the_same_numbers():
    plain, flagged = fit_quantal(OTHER), fit_quantal(CHOSEN)
    assert flagged.ed(50) == plain.ed(50)
    (problem,) = flagged.problems
    assert (problem.code, problem.severity) == ("sequential-design", "notice")
    assert "too steep" in str(problem)
    assert "too steep" in str(flagged)
    assert plain.problems == ()
    assert CHOSEN.renamed("T").design == "sequential"


def test_the_hash_tells_designs_apart_and_keeps_the_old_ones():
    assert CHOSEN.renamed("G").sha256 != OTHER.sha256
    fixed = QuantalData(DOSE, N, [0, 2, 5, 8], curve="G", design="fixed")
    assert fixed.sha256 == OTHER.sha256


def test_parallelism_is_not_tested():
    found = compare_curves([FIXED, CHOSEN])
    assert isinstance(found.parallelism.p, Missing)
    assert (
        "S: the doses were chosen from earlier outcomes" in found.parallelism.p.reason
    )
    (pair,) = found.pairs
    assert isinstance(pair.parallelism.chi2, Missing)
    assert any("ED50 ratios with separate slopes" in m for m in found.messages)
    assert "chosen from earlier outcomes" in str(found)
    assert found.to_dict()["parallelism"]["reason"]
    # Everything that is no test of slopes stays as it was.
    plain = compare_curves([FIXED, OTHER.renamed("S")])
    assert pair.equal_separate == plain.pairs[0].equal_separate
    assert not isinstance(plain.parallelism.p, Missing)


def test_pairs_of_fixed_designs_are_still_tested():
    found = compare_curves([FIXED, OTHER, CHOSEN])
    tested = [not isinstance(pair.parallelism.p, Missing) for pair in found.pairs]
    assert tested == [True, False, False]
    assert isinstance(found.parallelism.p, Missing)


def test_litchfield_wilcoxon_leaves_the_slope_ratio_out():
    first, second = litchfield_wilcoxon(FIXED), litchfield_wilcoxon(CHOSEN)
    found = potency_ratio_lw(first, second)
    plain = potency_ratio_lw(first, litchfield_wilcoxon(OTHER))
    assert isinstance(found.parallel, Missing)
    assert isinstance(found.slope_ratio, Missing)
    assert found.potency_ratio == plain.potency_ratio
    assert "The slopes are not compared (S: the doses were chosen" in found.text
    assert "the ED50s do not differ" in found.text


def test_a_staircase_is_sequential():
    run = up_and_down([10, 12, 10, 12, 14], [0, 1, 0, 0, 1], unit="mg/kg")
    assert run.data.design == "sequential"


def test_designs_are_two():
    with pytest.raises(OptionError, match=re.escape("'fixed', 'sequential'")):
        QuantalData([1, 2], [3, 3], [0, 3], design="adaptive")
