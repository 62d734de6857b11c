"""What is wrong with a page, or between pages: shown, never silently mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from isobole.monograph._span import Span
from isobole.results import Problem, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect, contradiction or gap, with what stood there and what is proposed.

    Parameters
    ----------
    code : str
        Stable kebab-case name, for example ``"faq-answer-in-question"``.
    severity : {"error", "warning", "notice"}
    message : str
        One sentence.
    spans : tuple of Span
        Every place it concerns; the first one leads. Empty only for what a page or
        collection lacks.
    file : str
        The page (of the first span).
    before, after : str or None
        The text as it stands and as the repair writes it; both None for findings
        without a repair.
    statements : tuple of str
        Ids of the statements concerned.
    remedy : str
        What to do.
    confidence : {"finding", "hint"}
        A check whose measured precision is below 0.8 gives hints.
    """

    code: str
    severity: Severity
    message: str
    spans: tuple[Span, ...]
    file: str
    remedy: str
    before: str | None = None
    after: str | None = None
    statements: tuple[str, ...] = ()
    confidence: Literal["finding", "hint"] = "finding"

    @property
    def line(self) -> int | None:
        """Where to look first."""
        return self.spans[0].line if self.spans else None

    def problem(self) -> Problem:
        """Return the finding as the one problem type of isobole."""
        label = "Hint: " if self.confidence == "hint" else ""
        return Problem(
            self.code,
            label + self.message,
            self.severity,
            file=self.file,
            row=self.line,
            given=self.before,
            expected=self.after,
            remedy=self.remedy,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as it stands in JSON."""
        return {
            "code": self.code,
            "severity": self.severity,
            "confidence": self.confidence,
            "message": self.message,
            "remedy": self.remedy,
            "file": self.file,
            "line": self.line,
            "before": self.before,
            "after": self.after,
            "statements": list(self.statements),
            "spans": [span.to_dict() for span in self.spans],
        }


class _Unfrozen:
    """A finding while it is filled, as in `make_span`."""

    __slots__ = tuple(Finding.__dataclass_fields__)


def make_finding(
    code: str,
    severity: Severity,
    message: str,
    spans: tuple[Span, ...],
    file: str,
    remedy: str,
    before: str | None,
    after: str | None,
    statements: tuple[str, ...],
    confidence: Literal["finding", "hint"],
) -> Finding:
    """Return what `Finding` returns, in a third of the time.

    Examples
    --------
    >>> make_finding(
    ...     "a", "error", "b", (), "c", "d", None, None, (), "finding"
    ... ) == Finding("a", "error", "b", (), "c", "d")
    True
    """
    made: Any = _Unfrozen()
    made.code = code
    made.severity = severity
    made.message = message
    made.spans = spans
    made.file = file
    made.remedy = remedy
    made.before = before
    made.after = after
    made.statements = statements
    made.confidence = confidence
    made.__class__ = Finding
    finished: Finding = made
    return finished
