"""Report blocks of an audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from isobole.combination._audit_judge import FIGURE_NAMES, TEST_NAMES
from isobole.combination._checks import TESTS, Check
from isobole.results import (
    Block,
    Cell,
    Heading,
    Methods,
    Missing,
    Note,
    Table,
    Text,
    format_number,
    format_p,
)

if TYPE_CHECKING:
    from isobole.combination._audit import Audit, AuditedClaim

REFERENCES: Final = (
    "Welch BL (1947) The generalization of 'Student's' problem when several different "
    "population variances are involved. Biometrika 34:28-35.",
    "Luszczki JJ, Panasiuk A, Zagaja M, et al. (2020) Polygonogram and isobolographic "
    "analysis of interactions between various novel antiepileptic drugs in the 6-Hz "
    "corneal stimulation-induced seizure model in mice. PLoS ONE 15(6):e0234070.",
)
METHODS: Final = (
    "Figures of published interactions were recomputed from the printed summaries. "
    "For a mixture with fractions f of the single-drug ED50s A the additive ED50 is "
    "Z = sum f A (for shares p of the total dose, Z = 1 / sum(p / A) and f = p Z / "
    "A), with n = sum n - 2 k for k drugs. Its error was formed by three rules: "
    "delta, Var(ln Z) = sum f^2 (SEM / A)^2; tallarida, Var(Z) = sum f^2 SEM^2; "
    "lublin, SEM(Z) = sum f SEM, the rule that the table of Luszczki et al. (2020) "
    "follows. The mixture's ED50 M was compared with Z by Welch's t (1947) with n - "
    "1 degrees of freedom each, by Student's pooled t, and by the normal test of "
    "ln(M / Z) with SE^2 = (SEM_M / M)^2 + (SEM_Z / Z)^2, which also gives the "
    "interval of the index M / Z. Every printed value was varied over the values "
    "that round to it, and a figure was flagged only where none of them reproduces "
    "it."
)
CAVEATS: Final = (
    "Not reproduced means that the printed summaries and the stated test do not give "
    "the printed figure. It may be a slip, another test, or a choice that is not "
    "stated; only the authors' data can tell.",
    "An audit reads summaries only: curves, counts and pharmacokinetics stand behind "
    "them, and a pharmacokinetic contribution is not excluded.",
)
_DERIVED: Final = (
    "Values of single drugs marked derived were solved from the additive figures "
    "themselves, by the rule those follow; that these come out again shows only that "
    "the table agrees with itself."
)


def audit_blocks(audit: Audit) -> tuple[Block, ...]:
    """Return the findings, a table per claim, caveats and the method."""
    parts: list[Block] = [Heading("Audit of published interactions"), _overview(audit)]
    for found in audit.claims:
        title = found.claim.name
        parts += [Heading(title, 3), _finding(found), _figures(found), _tests(found)]
        if found.claim.source:
            parts.append(Text(f"Source: {found.claim.source}."))
    parts += [Note(text) for text in CAVEATS]
    if any(found.claim.singles_are == "derived" for found in audit.claims):
        parts.append(Note(_DERIVED))
    parts += [Note(str(p), p.severity) for p in audit.notes]
    parts.append(Methods(METHODS, REFERENCES))
    return tuple(parts)


def _overview(audit: Audit) -> Table:
    percent = format_number(100 * audit.level)
    rows: list[tuple[Cell, ...]] = [
        (
            found.claim.name,
            found.index if isinstance(found.index, Missing) else found.index.estimate,
            found.index
            if isinstance(found.index, Missing)
            else format_p(found.index.p),
            _text(found.claim.significance) or "",
            ", ".join(FIGURE_NAMES[flag.figure] for flag in found.flags)
            or ("nothing" if found.checked else "nothing could be checked"),
        )
        for found in audit.claims
    ]
    return Table(
        "What is not reproduced",
        (
            "mixture",
            f"index, {percent} % log-delta limits",
            "p (ln index)",
            "printed",
            "not reproduced",
        ),
        tuple(rows),
    )


def _finding(found: AuditedClaim) -> Block:
    text = found.message.partition(": ")[2]
    return Note(text, "warning") if found.flags else Text(text)


def _figures(found: AuditedClaim) -> Table:
    """Return every figure that is not of a test: printed, recomputed, reproduced."""
    rows: list[tuple[Cell, ...]] = []
    for check in found.checks:
        if check.test is not None or check.figure == "verdict":
            continue
        rows.append(
            (
                FIGURE_NAMES[check.figure],
                check.printed or "",
                check.rule or "",
                _number(check),
                check.range_text(),
                _answer(check),
            )
        )
    unit = f" ({found.claim.unit})" if found.claim.unit else ""
    return Table(
        f"{found.claim.name}: figures recomputed{unit}",
        ("figure", "printed", "rule", "recomputed", "over the rounding", "reproduced"),
        tuple(rows),
    )


def _tests(found: AuditedClaim) -> Table:
    """Return the p of every test by every SEM of the additive ED50."""
    rules = tuple(dict.fromkeys(c.rule or "" for c in found.checks if c.test))
    at = {(c.test, c.rule, c.figure.rpartition("_")[2]): c for c in found.checks}
    rows: list[tuple[Cell, ...]] = []
    for test in TESTS:
        for name in ("t", "z", "df", "p"):
            checks = [at.get((test, rule, name)) for rule in rules]
            if all(check is None for check in checks):
                continue
            stated = " (stated)" if test == found.claim.test and name == "p" else ""
            cells = [_cell(check, name) for check in checks]
            rows.append((f"{TEST_NAMES[test]}, {name}{stated}", *cells))
    printed = _text(found.claim.significance)
    title = f"{found.claim.name}: tests by the SEM of the additive ED50"
    return Table(
        title,
        ("test", *("SEM " + ("as printed" if r == "printed" else r) for r in rules)),
        tuple(rows),
        (f"Printed: {printed}.",) if printed else (),
    )


def _cell(check: Check | None, name: str) -> Cell:
    if check is None:
        return ""
    if check.recomputed is None:
        return Missing(check.reason or "")
    return format_p(check.recomputed) if name == "p" else check.recomputed


def _number(check: Check) -> Cell:
    if check.recomputed is None:
        return Missing(check.reason or "")
    return check.recomputed


def _answer(check: Check) -> str:
    if check.reproduced is None:
        return "cannot tell" if check.printed else "not printed"
    return "yes" if check.reproduced else "no"


def _text(value: object | None) -> str:
    return "" if value is None else str(value)
