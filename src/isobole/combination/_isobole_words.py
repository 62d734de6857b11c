"""The words of an isobologram: keys below it, alternative text, its table."""

from __future__ import annotations

from typing import Any

from isobole.combination._figure_ink import Look
from isobole.combination._figure_page import (
    HATCH,
    Glyph,
    Key,
    area_glyph,
    line_glyph,
)
from isobole.combination._interaction import Interaction
from isobole.combination._isobole_ink import (
    BAND,
    BAND_EDGE,
    DOTTED,
    SINGLE,
    ray_look,
)
from isobole.combination._isobole_sheet import Ray, Sheet
from isobole.doseresponse._interval_bar import estimate_words, limit_words
from isobole.results import (
    INK,
    Cell,
    Estimate,
    Limits,
    Missing,
    Table,
    equals_p,
    format_number,
)

NULL_WORDS = {
    "both": "Loewe additivity and dose equivalence",
    "loewe": "Loewe additivity",
    "dose-equivalence": "dose equivalence",
}


def keys_of(sheet: Sheet) -> list[Key]:
    """Return the keys and the caption below an isobologram."""
    keys = [
        Key(f"{drug} alone: {estimate_words(estimate)}", _bar(SINGLE[axis], estimate))
        for axis, (drug, estimate) in enumerate(
            zip(sheet.drugs, sheet.singles, strict=True)
        )
    ]
    for index, ray in enumerate(sheet.rays):
        look = ray_look(index)
        keys.append(
            Key(
                f"mixture {ray.ratio}, total dose: "
                f"{estimate_words(ray.found.observed)}",
                _bar(look, ray.found.observed, 1.6),
            )
        )
        additive = ray.found.additive
        if not isinstance(additive.dose, Missing):
            keys.append(
                Key(
                    f"mixture {ray.ratio} by Loewe additivity, total dose: "
                    f"{_additive_words(ray.found, sheet.unit)}",
                    line_glyph(
                        color=look.color,
                        linewidth=1.1,
                        linestyle=DOTTED,
                        **_hollow(look),
                    ),
                )
            )
    keys += _expected_keys(sheet)
    if any(ray.found.observed.set_kind == "interval" for ray in sheet.rays):
        keys.append(
            Key(
                f"Ellipse: the {limit_words(sheet.first.observed)} limits of the total "
                "dose. They lie along the ray, the ratio being fixed by design; the "
                "width of the ellipse has no meaning."
            )
        )
    keys += [Key(verdict_words(ray)) for ray in sheet.rays]
    return keys


def _bar(look: Look, estimate: Estimate, width: float = 3.0) -> Glyph:
    """Return the glyph of limits, with a point where there is an estimate."""
    marked = {} if isinstance(estimate.value, Missing) else _filled(look)
    return line_glyph(color=look.color, linewidth=width, **marked)


def _filled(look: Look) -> dict[str, Any]:
    return {
        "marker": look.marker,
        "markersize": look.size,
        "markeredgecolor": "white",
        "markeredgewidth": 0.7,
    }


def _hollow(look: Look) -> dict[str, Any]:
    return {
        "marker": look.marker,
        "markersize": look.size,
        "markerfacecolor": "white",
        "markeredgecolor": look.color,
        "markeredgewidth": 1.4,
    }


def _expected_keys(sheet: Sheet) -> list[Key]:
    keys = []
    additive = sheet.first.additive
    if sheet.line is not None:
        text = "Loewe additivity"
        if sheet.band is not None:
            percent = format_number(100 * additive.limits.level)
            text += (
                f", with its {percent} % limits on every ray "
                f"({additive.limits.kind}, variance rule {additive.rule})"
            )
        keys.append(
            Key(
                text,
                line_glyph(color=INK, linewidth=1.4)
                if sheet.band is None
                else area_glyph(
                    line=INK, facecolor=BAND, edgecolor=BAND_EDGE, linewidth=0.6
                ),
            )
        )
    elif sheet.between is not None:
        keys.append(
            Key(
                "between the Loewe lines through the lower and through the upper "
                "limits of the single drugs; there is no line without both estimates",
                area_glyph(facecolor=BAND, edgecolor=BAND_EDGE, linewidth=0.6),
            )
        )
    else:
        keys.append(Key("No line of additivity: a single drug has no estimate."))
    if sheet.edges is not None:
        a, b = sheet.drugs
        keys.append(
            Key(
                f"dose equivalence: from {a} as {b} (dashed) to {b} as {a} "
                f"(dash-dotted); {_area_words(sheet)}",
                area_glyph(
                    hatched=True, facecolor="none", edgecolor=HATCH, linewidth=0.8
                ),
            )
        )
    return keys


def _area_words(sheet: Sheet) -> str:
    parts = []
    for ray in sheet.rays:
        low, high = ray.found.band.lower, ray.found.band.upper
        if not isinstance(low, Missing) and not isinstance(high, Missing):
            unit = f" {sheet.unit}" if sheet.unit else ""
            parts.append(
                f"{format_number(low)} to {format_number(high)}{unit} on {ray.ratio}"
            )
    return ", ".join(parts)


def _additive_words(found: Interaction, unit: str) -> str:
    additive = found.additive
    assert not isinstance(additive.dose, Missing)
    said = f"{format_number(additive.dose)} {additive.limits}"
    return f"{said} {unit}" if unit else said


def verdict_words(ray: Ray) -> str:
    """Say index, p, verdict and null models of one mixture."""
    found = ray.found
    index = estimate_words(found.index)
    p = "" if isinstance(found.p, Missing) else f", p {equals_p(found.p)}"
    nulls = NULL_WORDS.get(found.null_model, found.null_model)
    first = found.verdict.message.partition(". ")[0].rstrip(".")
    return (
        f"Mixture {ray.ratio}: {index}{p}. Verdict: {found.verdict.word}; null models: "
        f"{nulls}. {first}."
    )


def alt_text(sheet: Sheet) -> str:
    """Say in words what an isobologram shows."""
    a, b = sheet.drugs
    said = [
        f"Isobologram at {format_number(sheet.effect)} % effect: dose of {a} across, "
        f"dose of {b} upward."
    ]
    for drug, estimate in zip(sheet.drugs, sheet.singles, strict=True):
        said.append(f"{drug} alone: {estimate_words(estimate)}.")
    if sheet.line is None:
        said.append("No line of additivity.")
    for ray in sheet.rays:
        found = ray.found
        said.append(f"Mixture {ray.ratio}: {estimate_words(found.observed)}.")
        if not isinstance(found.additive.dose, Missing):
            words = _additive_words(found, sheet.unit)
            said.append(f"Loewe additivity expects {words}.")
    if sheet.edges is not None:
        said.append(f"Dose equivalence expects {_area_words(sheet)}.")
    said += [verdict_words(ray) for ray in sheet.rays]
    return " ".join(said)


def points_table(sheet: Sheet, title: str) -> Table:
    """Return the points of an isobologram with their limits."""
    unit = f" ({sheet.unit})" if sheet.unit else ""
    rows: list[tuple[Cell, ...]] = []
    for axis, (drug, estimate) in enumerate(
        zip(sheet.drugs, sheet.singles, strict=True)
    ):
        shares = (1.0 - axis, float(axis))
        rows.append(_row(f"{drug} alone", estimate.value, shares, estimate.limits))
    for ray in sheet.rays:
        found = ray.found
        for name, dose, limits in (
            ("observed", found.observed.value, found.observed.limits),
            ("Loewe additive", found.additive.dose, found.additive.limits),
        ):
            rows.append(
                _row(f"mixture {ray.ratio}, {name}", dose, found.shares, limits)
            )
        if sheet.edges is not None:
            for name, edge in (
                ("lower", found.band.lower),
                ("upper", found.band.upper),
            ):
                label = f"mixture {ray.ratio}, dose equivalence, {name} edge"
                rows.append(_row(label, edge, found.shares, None))
    return Table(
        title,
        (
            "point",
            *(f"{drug}{unit}" for drug in sheet.drugs),
            f"total{unit}",
            f"total, low{unit}",
            f"total, high{unit}",
            "limits",
        ),
        tuple(rows),
    )


def _row(
    name: str,
    dose: float | Missing,
    shares: tuple[float, ...],
    limits: Limits | None,
) -> tuple[Cell, ...]:
    parts: list[Cell] = [
        dose if isinstance(dose, Missing) else share * dose for share in shares
    ]
    if limits is None:
        gone = Missing("The limits of an edge are those of the ratio to the observed.")
        return (name, *parts, dose, gone, gone, "")
    reason = limits.reason or "not bounded"
    if limits.set_kind is None and isinstance(dose, Missing):
        reason = dose.reason
    ends = [Missing(reason) if e is None else e for e in (limits.low, limits.high)]
    kind = "" if limits.set_kind is None else limits.kind
    return (name, *parts, dose, *ends, kind)
