"""Litchfield and Wilcoxon (1949): ED50, S and N' with their factors, from a line."""

from __future__ import annotations

from typing import Any, Literal

from isobole.doseresponse._data import QuantalData
from isobole.doseresponse._estimator_result import QuantalEstimate, dependence_notes
from isobole.doseresponse._lw_line import Line, draw_line
from isobole.doseresponse._lw_summary import (
    LitchfieldWilcoxonDetails,
    summarise_line,
    without_line,
)
from isobole.results import Missing, Note, OptionError, check_choice

Heterogeneity = Literal["test", "never", "always"]

REFERENCES = (
    "Litchfield JT, Wilcoxon F. A simplified method of evaluating dose-effect "
    "experiments. J Pharmacol Exp Ther 1949;96:99-113.",
    "Miller LC, Tainter ML. Estimation of the ED50 and its error by means of "
    "logarithmic-probit graph paper. Proc Soc Exp Biol Med 1944;57:261-264.",
)


def litchfield_wilcoxon(
    data: QuantalData,
    *,
    line: Line = "likelihood",
    window: tuple[float, float] = (16.0, 84.0),
    heterogeneity: Heterogeneity = "test",
) -> QuantalEstimate[LitchfieldWilcoxonDetails]:
    """Give ED16, ED50, ED84, S, N', f of both, and the SEM, from a log-probit line.

    S = (ED84/ED50 + ED50/ED16)/2; f_ED50 = S^(2.77/sqrt N'), or with heterogeneous
    counts S^(1.4 t sqrt(chi2/((K-2) N'))); limits ED50/f and ED50 f. With R the ratio
    of the doses and A = 10^(1.1 (log S)^2/log R), f_S = A^(10 (K-1)/(K sqrt N')), or
    A^(5.1 t (K-1)/K sqrt(chi2/((K-2) N'))). SE(log10 ED50) = log10 f/1.96 (log10 f/t
    if heterogeneous), SEM = ln 10 ED50 SE; the first is sqrt2 log10 S/sqrt N', as in
    Miller and Tainter (1944). All of it is for 95 %.

    Main arguments
    --------------
    data : QuantalData
        Counts; controls take no part.
    line : {"likelihood", "minimum-chi2"} or (intercept, slope)
        The line the paper draws by eye: the maximum likelihood probit line, the line
        of least L-W chi-square (0 and 100 % points replaced by working probits in
        place of the paper's Table 1), or your own: probit without 5 on log10 dose.

    Other arguments
    ---------------
    window : (float, float)
        Expected effects, in percent, between which a dose counts for N'; LW1949 uses
        (15.5, 84.5).
    heterogeneity : {"test", "never", "always"}
        When the heterogeneous form is used; "test" when the chi-square has p < 0.05.

    Returns
    -------
    QuantalEstimate
        ED16, ED50 and ED84; `details` has the rest. Limits for the ED50 only.

    Raises
    ------
    OptionError
        If an option does not exist, a given line does not rise, or a window is not
        within 0 to 100 %.

    Examples
    --------
    >>> data = QuantalData([0.0625, 0.125, 0.25, 0.5, 1], [8] * 5, [1, 4, 4, 7, 8])
    >>> result = litchfield_wilcoxon(data, line=(1.873983, 2.444145))
    >>> print(result.ed(50))
    ED50 0.1711 [0.08944, 0.3274] (95 % Litchfield-Wilcoxon)
    >>> result.details.n_prime
    16
    """
    check_choice("heterogeneity", heterogeneity, ("test", "never", "always"))
    low, high = window
    if not 0 <= low < 50 < high <= 100:
        msg = f"window is {window!r}; give two percents around 50, as (16, 84)"
        raise OptionError(msg)
    options: dict[str, Any] = {
        "line": line, "window": window, "heterogeneity": heterogeneity
    }  # fmt: skip
    drawn = draw_line(data, line)
    details = (
        without_line(drawn.reason)
        if isinstance(drawn, Missing)
        else summarise_line(data, drawn, window, heterogeneity)
    )
    ed50 = details.effect(50, data)
    notes, flags = list(dependence_notes(data)), []
    if data.control[1]:
        notes.append(
            Note(
                f"{data.control[1]} of {data.control[0]} controls were affected; they "
                "take no part here. For a natural response use fit_quantal with "
                'natural_response="estimate".',
                "warning",
            )
        )
    doses = data.groups[0]
    if not (isinstance(ed50.value, Missing) or doses[0] <= ed50.value <= doses[-1]):
        flags.append("beyond-range")
        notes.append(
            Note("The ED50 lies outside the tested doses; test beyond.", "warning")
        )
    if details.heterogeneous:
        flags.append("heterogeneous")
    return QuantalEstimate(
        "Litchfield-Wilcoxon",
        (details.effect(16, data), ed50, details.effect(84, data)),
        details,
        data,
        options,
        tuple(flags),
        tuple(notes),
        REFERENCES,
    )
