"""Bias reduction where the adjusted scores have several roots."""

from __future__ import annotations

import numpy as np
import pytest

from isobole.doseresponse import QuantalData, fit_quantal
from isobole.doseresponse._firth import _penalised


def test_firth_takes_the_higher_of_two_roots():
    # Two doses close together, two far above: the adjusted scores have three roots.
    dose = [0.7345899561473087, 1.0412279282783627, 4.135146332442132, 13.792943646]
    n, r = np.array([11, 7, 3, 7]), np.array([1, 4, 3, 7])
    fit = fit_quantal(QuantalData(dose, n, r), link="logit", method="firth")
    x = np.log10(dose)
    a, b = np.meshgrid(np.linspace(-10, 10, 401), np.linspace(-5, 40, 451))
    s = (n - r).astype(float)
    surface = _penalised(
        "logit", x, r.astype(float), s, a[..., None] + b[..., None] * x
    )
    at = _penalised(
        "logit",
        x,
        r.astype(float),
        s,
        fit.intercept.estimate + fit.slope.estimate * x,
    )
    assert surface.max() - 1e-9 <= at <= surface.max() + 1e-2
    assert fit.ed(50).value == pytest.approx(1.002, abs=1e-3)
    assert fit.ed(50).low < fit.ed(50).value < fit.ed(50).high
