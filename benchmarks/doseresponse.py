"""Fits and enumerations against statsmodels' binomial GLM."""

from __future__ import annotations

import itertools

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray

from benchmarks._timing import Figure, interleaved
from isobole.doseresponse import QuantalData, fit_many, fit_quantal

DOSES = 10.0 * 2.0 ** np.arange(5)
EXOG = sm.add_constant(np.log10(DOSES))
FAMILY = sm.families.Binomial(sm.families.links.Probit())


def all_tables() -> NDArray[np.int64]:
    """Return the 59,049 tables of 5 doses x 8 animals."""
    return np.array(list(itertools.product(range(9), repeat=5)))


def ordinary_tables() -> NDArray[np.int64]:
    """Return tables with a finite rising curve, shuffled: a peer can fit them too."""
    tables = all_tables()
    fits = fit_many(DOSES, 8, tables)
    good = tables[fits.statuses == "ok"]
    return np.random.default_rng(1).permutation(good)


def peer_fit(table: NDArray[np.int64]) -> float:
    """Fit one table with statsmodels from arrays."""
    endog = np.column_stack([table, 8 - table])
    return float(sm.GLM(endog, EXOG, family=FAMILY).fit().params[1])


def figures() -> list[Figure]:
    """Measure everything of this room."""
    tables = ordinary_tables()

    def one(index: int) -> object:
        fit = fit_quantal(QuantalData(DOSES, [8] * 5, tables[index]))
        return [e.high for e in fit.intervals(50).estimates]

    single, glm = interleaved(one, lambda i: peer_fit(tables[i]), rounds=400)
    found = [
        Figure(
            "one fit with likelihood, Fieller and delta limits / one GLM fit",
            single,
            glm,
            1.0,
            "stretch 0.5",
        )
    ]

    rng = np.random.default_rng(2)

    def ten_thousand(_: int) -> object:
        batch = tables[rng.integers(0, len(tables), 10_000)]
        fits = fit_many(DOSES, 8, batch, interval="delta")
        return (fits.ed.sum(), fits.low.sum(), fits.high.sum())

    def hundred_glm(index: int) -> object:
        return sum(peer_fit(tables[100 * index + k]) for k in range(100))

    many, hundred = interleaved(ten_thousand, hundred_glm, rounds=7)
    found.append(
        Figure(
            "10,000 tables with ED50 and delta limits / 10,000 GLM fits",
            many,
            hundred * 100,
            1 / 1000,
            "loop of 100 GLM fits, extrapolated x100; GLM without any limits",
        )
    )

    everything = all_tables()

    def enumerate_all(_: int) -> object:
        fits = fit_many(DOSES, 8, everything)
        return (fits.statuses[-1], fits.ed.sum(), fits.low.sum(), fits.high.count())

    full, hundred = interleaved(enumerate_all, hundred_glm, rounds=5)
    found.append(
        Figure(
            "all 59,049 tables of 5 x 8: status, ED50, likelihood limits / 1,500 GLM",
            full,
            hundred * 15,
            1.0,
            "loop of 100 GLM fits, extrapolated x15",
        )
    )
    return found
