"""Tables of a plan of a group size: power by size, and formulas beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from isobole.planning._power_search import PowerPoint, treated_size
from isobole.results import Missing, Table, format_number

if TYPE_CHECKING:
    from isobole.planning._power_plan import PowerPlan

_SHOWN: Final = 16


def _rows(plan: PowerPlan) -> list[int]:
    """Return the sizes of the table: all, or those around the answers."""
    sizes = [point.n for point in plan.series[0].points]
    if len(sizes) <= _SHOWN:
        return sizes
    wanted = {sizes[0], sizes[-1]}
    if plan.planned is not None:
        wanted.add(plan.planned.n)
    for answer in (plan.smallest.first, plan.smallest.holds):
        if not isinstance(answer, Missing):
            at = sizes.index(answer)
            wanted.update(sizes[max(0, at - 3) : at + 4])
    spare = [n for n in sizes if n not in wanted]
    room = max(2, _SHOWN - len(wanted))
    wanted.update(spare[:: max(1, -(-len(spare) // room))])
    return sorted(wanted)


def power_table(plan: PowerPlan) -> Table:
    """Return power by size."""
    rows = []
    for n in _rows(plan):
        first = plan.series[0].at(n)
        assert first is not None
        size: tuple[int, ...] = (n,)
        if not plan.paired:
            if plan.ratio != 1:
                size = (n, treated_size(n, plan.ratio))
            size = (*size, first.animals(plan.comparisons))
        powers = [series.at(n) for series in plan.series]
        shown = (None if p is None else _percent(p.power) for p in powers)
        rows.append((*size, *shown, _mark(plan, first)))
    marked = any(row[-1] for row in rows)
    head: tuple[str, ...] = ("animals",)
    if not plan.paired:
        head = ("n per group",) if plan.ratio == 1 else ("controls", "treated")
        head = (*head, "animals in all")
    names = tuple(f"{series.label} (%)" for series in plan.series)
    return Table(
        f"Power by {plan.size_words}",
        (*head, *names, *(("remark",) if marked else ())),
        tuple(row if marked else row[:-1] for row in rows),
        _notes(plan),
    )


def _percent(share: float) -> float:
    """Return per cent with one decimal; 100 only where nothing is missed."""
    return 99.9 if 0.9995 <= share < 1 - 1e-9 else round(100 * share, 1)


def _mark(plan: PowerPlan, point: PowerPoint) -> str:
    said = []
    if plan.planned is not None and point.n == plan.planned.n:
        said.append("planned")
    if point.n == plan.smallest.holds:
        said.append("holds from here")
    elif point.n == plan.smallest.first:
        said.append("first reaches it")
    return ", ".join(said)


def _notes(plan: PowerPlan) -> tuple[str, ...]:
    alpha = format_number(100 * plan.each, 3)
    notes = [f"Two-sided at {alpha} %; power counts rejections either way."]
    if plan.comparisons > 1:
        notes.append(
            f"{plan.comparisons} comparisons with one control: each is planned at "
            f"{format_number(100 * plan.alpha, 3)} / {plan.comparisons} %, the "
            "first step of Holm's test, so that its power is at least what stands "
            "here, whatever the other comparisons show."
        )
    points = plan.series[0].points
    exact = [point.n for point in points if point.samples is None]
    drawn = [point for point in points if point.samples is not None]
    if not drawn:
        notes.append("Computed exactly, nothing simulated.")
    else:
        worst = max((p.standard_error or 0.0) for p in drawn)
        if exact:
            notes.append(f"Up to n = {max(exact)} computed exactly.")
        notes.append(
            f"{'Above, s' if exact else 'S'}imulated: {plan.samples:,} studies at "
            f"each size, seed {plan.seed}; Monte Carlo standard error at most "
            f"{format_number(100 * worst, 2)} percentage points."
        )
    return tuple(notes)


def approximation_table(plan: PowerPlan) -> Table:
    """Return what large-sample formulas say, beside the answer."""
    return Table(
        "What large-sample formulas ask for (approximate)",
        ("formula", "counts", "value", plan.size_words),
        tuple(
            (
                a.name,
                a.quantity,
                a.value if isinstance(a.value, Missing) else round(a.value, 2),
                a.n,
            )
            for a in plan.approximations
        ),
        ("Not for small groups: the size to take is the one of the table above.",),
    )
