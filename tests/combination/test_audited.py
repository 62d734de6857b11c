"""Faults an independent audit found: what it computed by brute force, kept."""

from __future__ import annotations

import numpy as np
import pytest

from isobole.combination import CombinationData, analyze_combination


def test_a_climb_that_does_not_settle_is_no_proof_against_additivity():
    # The mixture's best additive curve is flat: Newton's climb never ends there, and
    # p was printed as 1e-14. Brute force over both doses: chi-square 7.06, p 0.0079.
    ladder = 1.5 ** np.arange(4)
    shares = np.array([0.4796003706768916, 0.5203996293231085])
    dose = np.concatenate(
        [
            np.outer(5.070191 * ladder, [1, 0]),
            np.outer(1.124222 * ladder, [0, 1]),
            np.outer(0.411487 * ladder, shares),
        ]
    )
    data = CombinationData(
        ["A", "B"], dose, [4] * 12, [1, 1, 4, 4, 1, 1, 4, 4, 1, 2, 3, 4],
        design="fixed-ratio",
    )  # fmt: skip
    found = analyze_combination(data, link="logit", draws=0, heterogeneity="none")
    separate = found.interactions[0].joint[0]
    assert separate.value == pytest.approx(7.06, abs=0.3)
    assert separate.p == pytest.approx(0.0079, abs=0.0015)
