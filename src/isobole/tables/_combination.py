"""Tables of drug combinations, one dose column per drug, to CombinationData."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from isobole.combination import CombinationData, Design
from isobole.results import (
    DataError,
    DoseUnit,
    OptionError,
    Problem,
    ProblemList,
    check_choice,
)
from isobole.tables._combination_arms import arm_problems
from isobole.tables._combination_columns import find_combination_columns
from isobole.tables._combination_doses import read_drug_doses, stated_unit
from isobole.tables._combination_ratio import RATIO_BY, RatioBy, parse_ratio
from isobole.tables._combination_rows import CombinationRows
from isobole.tables._problems import condensed, fatal, raise_collected
from isobole.tables._source import read_table, source_name
from isobole.tables._table import FloatArray, Progress, RawTable


def read_combination(
    source: Any,
    *,
    drugs: Sequence[str] | None = None,
    unit: DoseUnit | str | None = None,
    endpoint: str = "affected",
    ratio: str | Sequence[float] | None = None,
    ratio_by: RatioBy | None = None,
    design: Design | None = None,
    sheet: str | None = None,
    progress: Progress | None = None,
) -> CombinationData:
    r"""Read a combination study: a dose column per drug, n and affected.

    One row per dose group, or one per animal with affected as 0 or 1. Columns named
    species, strain, sex, challenge, endpoint, day, and route, pretreatment, schedule,
    plasma or brain concentration of a drug (``route Mg``) are kept as conditions.

    Main parameters
    ---------------
    source : path, "-", open text file or data frame
        As in `read_quantal`.
    drugs : sequence of str, optional
        Which columns are doses; every other column of numbers by default. Where only
        the total dose is recorded, the names of the single-drug arms.
    unit : DoseUnit or str, optional
        The unit of all doses, where the headers do not say it.
    endpoint : str
        What was counted.
    ratio : str or sequence of float, optional
        The composition of the mixture in the order of the drugs, ``"1:4"``, where the
        columns are arm (or curve), dose, n and affected with the total dose.
    ratio_by : {"mass", "ed50"}, optional
        Whether that ratio is one of mass or of ED50s. By ED50, the shares follow from
        the single-drug curves in the table.

    Other Parameters
    ----------------
    design : {"fixed-ratio", "type-ii", "factorial", "free"}, optional
        Override what is recognised.
    sheet : str, optional
        The sheet of a workbook; the first by default.
    progress : callable, optional
        Called with the rows read so far and their total (None where not known).

    Returns
    -------
    CombinationData
        What was noticed about the file stands in its `notes`.

    Raises
    ------
    DataError
        With every problem found, each with its row as the file counts it.

    Examples
    --------
    >>> from io import StringIO
    >>> text = "VPA (mg/kg),Mg (mg/kg),n,protected\n0,0,8,0\n100,0,8,1\n0,40,8,0\n"
    >>> read_combination(StringIO(text + "100,40,8,6"))
    CombinationData(2 x 2 factorial of VPA and Mg, 32 animals)

    >>> total = "arm,dose,n,affected\nA,1,8,1\nA,2,8,7\nB,4,8,1\nB,8,8,6\n"
    >>> data = read_combination(
    ...     StringIO(total + "A+B,1,8,1\nA+B,2,8,3\nA+B,4,8,8"),
    ...     ratio="1:4",
    ...     ratio_by="mass",
    ... )
    >>> data.arms[-1].name, data.arms[-1].shares
    ('A + B 1:4', (0.2, 0.8))
    """
    if ratio_by is not None:
        check_choice("ratio_by", ratio_by, RATIO_BY)
    found = ProblemList(source_name(source))
    wanted = DoseUnit.parse(unit) if isinstance(unit, str) else unit
    names = None if drugs is None else tuple(name.strip() for name in drugs)
    table = read_table(source, found, sheet=sheet, progress=progress)
    if table.rows.size == 0:
        fatal(
            found,
            Problem(
                "no-rows",
                "There is a header but no row below it",
                expected="one row per dose group or per animal",
                remedy="Give the groups of each drug alone and of the mixture",
            ),
        )
    columns = find_combination_columns(table, found, drugs=names, endpoint=endpoint)
    if columns is None:
        raise DataError(condensed(found.errors))
    reader = CombinationRows(table, columns, found)
    wanted = stated_unit(table, columns.unit, wanted, found)
    counts = reader.counts()
    if columns.drugs:
        doses, stated = read_drug_doses(table, columns.drugs, found, unit=wanted)
        used = tuple(columns.drugs)
    else:
        used, doses, stated = reader.total(names, ratio, ratio_by, wanted, counts)
    raise_collected(found)
    rows = reader.rows(doses, counts)
    if columns.drugs and ratio is not None:
        _check_ratio(doses, used, ratio, ratio_by, table, found)
    data = reader.build(used, doses, counts, rows, stated, design)
    raise_collected(found)
    if data is None:
        raise DataError(condensed(found.errors))
    labels = reader.labels(rows)
    for problem in arm_problems(data, table.rows[rows].tolist(), labels):
        found.add(problem)
    raise_collected(found)
    again = reader.build(used, doses, counts, rows, stated, design)
    return data if again is None else again


def _check_ratio(
    doses: FloatArray,
    drugs: Sequence[str],
    ratio: str | Sequence[float],
    ratio_by: RatioBy | None,
    table: RawTable,
    found: ProblemList,
) -> None:
    """Hold a stated ratio against doses that stand in columns of their own."""
    if ratio_by == "ed50":
        msg = (
            "ratio_by='ed50' is for tables with the total dose only; here every drug "
            "has a dose column, which says the ratio by itself"
        )
        raise OptionError(msg)
    try:
        shares = parse_ratio(ratio)
    except DataError as error:
        fatal(found, error.problems[0])
    mixed = np.flatnonzero((doses > 0).all(axis=1))
    if len(shares) != doses.shape[1] or mixed.size == 0:
        return
    seen = doses[mixed] / doses[mixed].sum(axis=1, keepdims=True)
    off = np.abs(seen - shares) > 0.02 * np.minimum(shares, 1 - np.array(shares))
    for row in mixed[off.any(axis=1)][:1]:
        given = ":".join(f"{x:g}" for x in doses[row])
        found.add(
            Problem(
                "unequal-ratios",
                f"The doses {given} ({':'.join(drugs)}) are not at the stated ratio",
                row=int(table.rows[row]),
                given=given,
                expected=":".join(f"{x / min(shares):g}" for x in shares),
                remedy="Correct the doses or the ratio; with a dose column per drug "
                "the ratio need not be stated",
            )
        )
