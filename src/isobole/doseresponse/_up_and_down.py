"""Up-and-down runs: Dixon-Mood, Brownlee, likelihood, centred isotonic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from isobole.doseresponse._data import QuantalData
from isobole.doseresponse._estimator_result import (
    Details,
    QuantalEstimate,
    check_level,
    missing_effect,
)
from isobole.doseresponse._run import Run, read_run
from isobole.doseresponse._run_estimators import (
    OUTSIDE,
    Found,
    brownlee,
    centred_isotonic,
    dixon_mood,
    likelihood,
    to_dose_on,
)
from isobole.results import Estimate, Missing, OptionError, check_choice

Method = Literal["likelihood", "centred-isotonic", "dixon-mood", "brownlee"]
Outcome = Literal["less-frequent", "responders", "non-responders"]

METHODS: dict[str, str] = {
    "likelihood": "Up-and-down, maximum likelihood",
    "centred-isotonic": "Up-and-down, centred isotonic regression",
    "dixon-mood": "Up-and-down, Dixon-Mood",
    "brownlee": "Up-and-down, Brownlee mean",
}
REFERENCES: dict[str, str] = {
    "likelihood": "OECD. Test No. 425: Acute oral toxicity: up-and-down procedure. "
    "OECD Publishing; 2022, annex 3.",
    "centred-isotonic": "Oron AP, Flournoy N. Centered isotonic regression: point and "
    "interval estimation for dose-response studies. Stat Biopharm Res 2017;9:258-267.",
    "dixon-mood": "Dixon WJ, Mood AM. A method for obtaining and analyzing "
    "sensitivity data. J Am Stat Assoc 1948;43:109-126.",
    "brownlee": "Brownlee KA, Hodges JL, Rosenblatt M. The up-and-down method with "
    "small samples. J Am Stat Assoc 1953;48:262-277.",
}


_NO_NEXT = "The step is not known, or leads to no dose above 0."


@dataclass(frozen=True, slots=True)
class UpAndDownDetails(Details):
    """The quantities of an up-and-down analysis on its working axis.

    `location`, `sigma` and `se` are in log10 dose or in dose, as `scale` says.
    `counted`, `n_counted`, `a` and `b` are Dixon and Mood's outcome, N, A and B.
    """

    scale: str
    step: float | Missing
    n_trials: int
    n_reversals: int
    location: float | Missing
    sigma: float | Missing
    se: float | Missing
    next_dose: float | Missing
    level: float
    counted: str | None = None
    n_counted: int | None = None
    a: int | None = None
    b: int | None = None
    labels: ClassVar[dict[str, str]] = {
        "scale": "working scale",
        "step": "step",
        "n_trials": "trials",
        "n_reversals": "reversals",
        "location": "location on the working scale",
        "sigma": "sigma",
        "se": "SE of the location",
        "next_dose": "next dose by the rule",
    }

    def effect(self, percent: float, data: QuantalData) -> Estimate:
        """Return the reason why only the ED50 exists here."""
        return missing_effect(
            percent,
            data,
            "no limits",
            self.level,
            "An up-and-down run keeps its trials near the ED50 and tells little of "
            "other effects; test fixed doses and use fit_quantal.",
        )


def up_and_down(
    doses: ArrayLike,
    responses: ArrayLike,
    *,
    method: Method = "likelihood",
    scale: Literal["log10", "linear"] = "log10",
    step: float | None = None,
    outcome: Outcome = "less-frequent",
    sigma: float | None = None,
    level: float = 0.95,
    unit: str | None = None,
    endpoint: str = "affected",
    curve: str | None = None,
) -> QuantalEstimate[UpAndDownDetails]:
    """Estimate the ED50 from one animal after the other, doses stepping up and down.

    ``"likelihood"`` maximises the probit likelihood; its limits are likelihood-ratio
    limits, with sigma held if given and profiled over rising curves if not.
    ``"centred-isotonic"`` takes limits from exact ordered binomial tests, which do not
    know of the sequential design. ``"dixon-mood"`` (1948): with the less frequent
    outcome at y0 + i d, A = sum i n_i, B = sum i^2 n_i, the mean is y0 + d (A/N ∓ 1/2)
    (minus for responders), s = 1.62 d ((N B - A^2)/N^2 + 0.029), SE = (6 s + d)/(7
    sqrt N); published more for comparison than for use. ``"brownlee"``: the mean of
    the doses from the first reversal on, the dose of trial n + 1 included.

    Main arguments
    --------------
    doses, responses : array, shape (trials,)
        In the order of testing; a response (1) lowers the next dose.
    method : {"likelihood", "centred-isotonic", "dixon-mood", "brownlee"}
        The estimator.
    scale : {"log10", "linear"}
        The axis on which the steps are even.
    sigma : float, optional
        Spread of tolerances on that axis, held fixed (likelihood only); OECD 425
        takes 0.5 on log10.

    Other arguments
    ---------------
    step : float, optional
        Spacing on that axis; taken from the moves if not given.
    outcome : {"less-frequent", "responders", "non-responders"}
        Which trials Dixon-Mood counts; at a tie the responders.
    level : float
        Confidence of the limits, 0 to 1.
    unit, endpoint, curve : str, optional
        As in `QuantalData`.

    Returns
    -------
    QuantalEstimate
        With the ED50 only; a missing value says why.

    Raises
    ------
    DataError
        If doses are negative (or 0 on log10), or a response is not 0 or 1.
    OptionError
        If an option does not exist, or does not belong to the method.

    Examples
    --------
    >>> run = up_and_down(
    ...     [175, 550, 175, 550, 175, 550], [0, 1, 0, 1, 0, 1], sigma=0.5, unit="mg/kg"
    ... )
    >>> print(run.ed(50))
    ED50 310.2 mg/kg [85, 1132] (95 % likelihood ratio, sigma held)
    """
    check_choice("method", method, tuple(METHODS))
    check_choice("scale", scale, ("log10", "linear"))
    check_choice("outcome", outcome, ("less-frequent", "responders", "non-responders"))
    check_level(level)
    if sigma is not None and method != "likelihood":
        msg = f'sigma belongs to method="likelihood"; leave it out for {method!r}'
        raise OptionError(msg)
    if outcome != "less-frequent" and method != "dixon-mood":
        msg = f'outcome belongs to method="dixon-mood"; leave it out for {method!r}'
        raise OptionError(msg)
    if sigma is not None and not (np.isfinite(sigma) and sigma > 0):
        msg = f"sigma is {sigma!r}; give a spread above 0, as 0.5"
        raise OptionError(msg)
    run = read_run(
        doses, responses, scale=scale, step=step, unit=unit, endpoint=endpoint,
        curve=curve,
    )  # fmt: skip
    match method:
        case "likelihood":
            found = likelihood(run, scale, level, sigma)
        case "centred-isotonic":
            found = centred_isotonic(run, scale, level)
        case "dixon-mood":
            found = dixon_mood(run, scale, level, outcome)
        case "brownlee":
            found = brownlee(run, level)
    return _result(run, found, method, scale, level, outcome, sigma)


def _result(
    run: Run,
    found: Found,
    method: Method,
    scale: str,
    level: float,
    outcome: str,
    sigma: float | None,
) -> QuantalEstimate[UpAndDownDetails]:
    to_dose = to_dose_on(scale)
    value = found.location
    if not isinstance(value, Missing):
        dose = to_dose(value)
        value = Missing(OUTSIDE) if dose is None else dose
    se = found.se if scale == "log10" and isinstance(found.se, float) else None
    name = METHODS[method]
    ed50 = Estimate("ED50", value, found.limits, run.data.unit, se, 50, name)
    next_dose = None if run.next_x is None else to_dose(run.next_x)
    counted, n_counted, a, b = found.moments or (None, None, None, None)
    details = UpAndDownDetails(
        scale,
        Missing("The trials were at one dose.") if run.step is None else run.step,
        int(run.x.size),
        run.n_reversals,
        found.location,
        found.sigma,
        found.se,
        Missing(_NO_NEXT) if next_dose is None else next_dose,
        level,
        counted,
        n_counted,
        a,
        b,
    )
    stray = run.strays_note()
    notes = (*(() if stray is None else (stray,)), *found.notes)
    flags = [] if stray is None else ["rule-not-followed"]
    if not run.n_reversals:
        flags.append("no-reversal")
    options: dict[str, Any] = {
        "method": method,
        "scale": scale,
        "step": run.step,
        "level": level,
    }
    if method == "dixon-mood":
        options["outcome"] = outcome
    if method == "likelihood":
        options["sigma"] = "estimated" if sigma is None else sigma
    return QuantalEstimate(
        name,
        (ed50,),
        details,
        run.data,
        options,
        tuple(flags),
        notes,
        (REFERENCES[method],),
    )
