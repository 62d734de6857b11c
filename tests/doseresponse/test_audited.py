"""Faults an independent audit found: what it computed by brute force, kept."""

from __future__ import annotations

from isobole.doseresponse import QuantalData, fit_quantal


def test_natural_limits_end_open_at_a_dose_where_the_likelihood_jumps():
    data = QuantalData([0, 2, 2.6, 5.4], [15, 17, 7, 6], [4, 3, 2, 6])
    fit = fit_quantal(data, link="cloglog", natural_response="estimate")
    limits = fit.ed(50).limits
    assert (limits.high, limits.bounds) == (5.4, "high-open")
    assert not limits.contains(5.4)
