"""Clusters: which rows are not independent, and how that is to be modelled.

Animals of one litter, cage or day, and repeated tests of one animal, are more alike
than strangers. Binomial standard errors then claim more than the data hold, so the
dependence is looked for before anything is fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._cluster_words import (
    FEW_CLUSTERS,
    blank_problem,
    confounding_problem,
    crossed_problem,
    few_clusters_problem,
    found_sentence,
    partial_problem,
)
from isobole.doseresponse._data import CLUSTER_COLUMNS, QuantalData
from isobole.results import Problem

FloatArray = NDArray[np.float64]
ClusterModel = Literal["beta-binomial", "random-intercept"]

_BLANK = frozenset({"", "None", "nan", "NaN", "NA", "<NA>"})


@dataclass(frozen=True, slots=True, eq=False)
class ClusterTable:
    """Counts by cluster and dose; the order of rows and labels leaves no trace.

    Parameters
    ----------
    log_dose : array, shape (doses,)
        log10 of the doses above 0, rising.
    affected, spared : array, shape (clusters, doses)
        Animals (or tests) with and without the endpoint, as floats.
    """

    log_dose: FloatArray
    affected: FloatArray
    spared: FloatArray

    @classmethod
    def of(
        cls,
        dose: FloatArray,
        n: NDArray[np.int64],
        affected: NDArray[np.int64],
        cluster: NDArray[np.intp],
    ) -> ClusterTable:
        """Sum rows (all with a dose above 0) by cluster number and dose."""
        levels, column = np.unique(dose, return_inverse=True)
        shape = (int(cluster.max()) + 1, levels.size)
        hit, total = np.zeros(shape), np.zeros(shape)
        np.add.at(hit, (cluster, column), affected)
        np.add.at(total, (cluster, column), n)
        spared = total - hit
        # Sorting by content makes seeded resampling independent of row order.
        order = np.lexsort(np.hstack([hit, spared]).T)
        return cls(np.log10(levels), hit[order], spared[order])

    @property
    def size(self) -> FloatArray:
        """Animals (or tests) in each cluster."""
        return np.asarray((self.affected + self.spared).sum(axis=1))

    @property
    def present(self) -> NDArray[np.bool_]:
        """Whether a cluster was tested at a dose; shape (clusters, doses)."""
        return np.asarray((self.affected + self.spared) > 0)

    @property
    def spans_doses(self) -> bool:
        """Whether some cluster was tested at more than one dose."""
        return bool((self.present.sum(axis=1) > 1).any())


@dataclass(frozen=True, slots=True, eq=False)
class ClusterStructure:
    """What makes the rows dependent, in numbers and in a sentence.

    Parameters
    ----------
    column : str
        The column that is modelled: animal, day, litter or cage.
    columns : tuple of str
        Every column that makes rows dependent, the modelled one included.
    table : ClusterTable
        Counts by cluster and dose.
    model : {"beta-binomial", "random-intercept"}
        What ``cluster="auto"`` fits: beta-binomial if no cluster spans doses.
    confounded : bool
        Each dose is one cluster and each cluster one dose: see `problems`.
    sentence : str
        What was found, for the report.
    problems : tuple of Problem
        Warnings, each with its remedy.
    """

    column: str
    columns: tuple[str, ...]
    table: ClusterTable = field(repr=False)
    model: ClusterModel
    confounded: bool
    sentence: str
    problems: tuple[Problem, ...]

    @property
    def n_clusters(self) -> int:
        """Number of clusters at doses above 0."""
        return int(self.table.affected.shape[0])

    def __str__(self) -> str:
        return self.sentence


def find_clusters(data: QuantalData) -> ClusterStructure | None:
    """Return which column makes the rows dependent, or None if none does.

    Only rows with a dose above 0 are looked at, for only they carry the curve.

    - `animal` counts if an id stands in more than one row: the same animal again.
    - `day`, `litter` and `cage` count if they have at least two labels and one of
      them is shared by at least two animals. One label everywhere is a constant.
    - Of several nested columns (litters within cages) the coarsest is modelled: it
      covers the finer ones. Of crossed columns the repeated animal is modelled, else
      the one with the fewest labels, and a warning names what is left out.
    - A column that is confounded with dose is modelled only if there is no other.

    Examples
    --------
    >>> data = QuantalData([5, 5, 9, 9], [4, 5, 4, 4], [0, 3, 4, 1], litter="abcd")
    >>> print(find_clusters(data).sentence)
    The 17 animals come from 4 litters of 4 to 5; each litter had one dose.
    """
    treated = np.flatnonzero(data.dose > 0)
    if treated.size == 0:
        return None
    codes: dict[str, NDArray[np.intp]] = {}
    blanks: dict[str, int] = {}
    for name in CLUSTER_COLUMNS:
        labels: tuple[str, ...] | None = getattr(data, name)
        if labels is not None:
            codes[name], blanks[name] = _number([labels[i] for i in treated])
    dose, n = data.dose[treated], data.n[treated]
    found = [name for name in codes if _is_dependent(name, codes, n)]
    if not found:
        return None
    tables = {
        name: ClusterTable.of(dose, n, data.affected[treated], codes[name])
        for name in found
    }
    usable = [name for name in found if not _confounded(tables[name])]
    chosen, left_out = _choose(usable or found, codes)
    table = tables[chosen]
    problems = [confounding_problem(c) for c in found if _confounded(tables[c])]
    if left_out:
        problems.append(crossed_problem(chosen, left_out))
    if chosen in usable and (table.present.sum(axis=0) == 1).all():
        problems.append(partial_problem(chosen))
    if blanks[chosen]:
        problems.append(blank_problem(chosen, blanks[chosen]))
    if table.affected.shape[0] < FEW_CLUSTERS:
        problems.append(few_clusters_problem(chosen, table.affected.shape[0]))
    model: ClusterModel = "random-intercept" if table.spans_doses else "beta-binomial"
    return ClusterStructure(
        column=chosen,
        columns=tuple(found),
        table=table,
        model=model,
        confounded=chosen not in usable,
        sentence=found_sentence(
            chosen, table.size, table.spans_doses, [c for c in found if c != chosen]
        ),
        problems=tuple(problems),
    )


def _number(labels: Sequence[str]) -> tuple[NDArray[np.intp], int]:
    """Give each label a number; a row without a label is a cluster of its own."""
    own = [
        (1, str(row)) if label.strip() in _BLANK else (0, label.strip())
        for row, label in enumerate(labels)
    ]
    order = {key: code for code, key in enumerate(sorted(set(own)))}
    codes = np.array([order[key] for key in own], dtype=np.intp)
    return codes, sum(blank for blank, _ in own)


def _is_dependent(
    name: str, codes: dict[str, NDArray[np.intp]], n: NDArray[np.int64]
) -> bool:
    code = codes[name]
    labels = int(code.max()) + 1
    if name == "animal":
        return labels < code.size
    if labels < 2:
        return False
    if "animal" in codes:
        # Distinct animals in each label; a row of n animals under one id counts n.
        pairs, first = np.unique(
            np.stack([code, codes["animal"]]), axis=1, return_index=True
        )
        held = np.bincount(pairs[0], weights=n[first])
    else:
        held = np.bincount(code, weights=n)
    return bool((held >= 2).any())


def _is_nested(fine: NDArray[np.intp], coarse: NDArray[np.intp]) -> bool:
    """Return whether every label of `fine` lies within one label of `coarse`."""
    pairs = np.unique(np.stack([fine, coarse]), axis=1)
    return bool(pairs.shape[1] == int(fine.max()) + 1)


def _choose(
    names: list[str], codes: dict[str, NDArray[np.intp]]
) -> tuple[str, list[str]]:
    """Return the column to model and those it does not cover."""
    by_size = sorted(names, key=lambda name: int(codes[name].max()))
    for coarse in by_size:
        if all(_is_nested(codes[name], codes[coarse]) for name in names):
            return coarse, []
    chosen = "animal" if "animal" in names else by_size[0]
    return chosen, [
        name for name in names if not _is_nested(codes[name], codes[chosen])
    ]


def _confounded(table: ClusterTable) -> bool:
    present = table.present
    return bool((present.sum(axis=0) == 1).all() and (present.sum(axis=1) == 1).all())
