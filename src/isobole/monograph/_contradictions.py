"""What the statements of a page, and of pages of one substance, contradict or omit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isobole.monograph._contradictions_citations import citation_findings
from isobole.monograph._contradictions_coverage import (
    coverage_findings,
    import_findings,
    place_findings,
    provenance_findings,
    scale_findings,
    use_limit_findings,
)
from isobole.monograph._contradictions_doses import (
    dose_findings,
    indication_findings,
)
from isobole.monograph._contradictions_effects import (
    broader_findings,
    direction_findings,
    term_findings,
)
from isobole.monograph._contradictions_interactions import (
    effect_findings,
    interaction_findings,
    reciprocity_findings,
)
from isobole.monograph._contradictions_layout import layout_findings
from isobole.monograph._contradictions_lists import list_findings
from isobole.monograph._contradictions_percent import (
    arithmetic_findings,
    percent_findings,
)
from isobole.monograph._contradictions_pharmacology import (
    certainty_findings,
    mechanism_findings,
    use_findings,
)
from isobole.monograph._contradictions_regimens import age_findings, regimen_findings
from isobole.monograph._contradictions_reproduction import (
    breastfeeding_findings,
    category_findings,
    pregnancy_findings,
)
from isobole.monograph._contradictions_results import (
    claim_findings,
    comparison_findings,
    potency_findings,
)
from isobole.monograph._contradictions_strength import (
    modality_findings,
    scope_findings,
    strength_findings,
)
from isobole.monograph._contradictions_studies import study_findings, synergy_findings
from isobole.monograph._contradictions_view import View
from isobole.monograph._finding import Finding
from isobole.monograph._identity import findings_by_kind
from isobole.monograph._page import Monograph


def check_page(page: Monograph) -> tuple[Finding, ...]:
    """Return what the statements of one page contradict, omit or lose.

    Scoped statements are compared, never sentences: for each finding see `explain`,
    which says what is compared, what is not, and the measured precision and recall.

    Parameters
    ----------
    page : Monograph
        As it was read, with its statements.

    Returns
    -------
    tuple of Finding
        In the order of the page; those about the whole page first.
    """
    if not page.statements:
        return ()
    return tuple(sorted(_of_page(View(page)), key=_place))


def _of_page(view: View) -> Iterator[Finding]:
    yield from strength_findings(view)
    yield from pregnancy_findings((view,))
    yield from breastfeeding_findings(view)
    yield from scope_findings(view)
    yield from modality_findings((view,))
    yield from dose_findings((view,))
    yield from indication_findings(view)
    yield from regimen_findings(view)
    yield from age_findings(view)
    yield from list_findings(view)
    yield from interaction_findings(view)
    yield from certainty_findings(view)
    yield from term_findings(view)
    yield from coverage_findings(view)
    yield from place_findings(view)
    yield from provenance_findings(view)
    yield from use_limit_findings(view)
    yield from scale_findings(view)
    yield from claim_findings(view)
    yield from comparison_findings(view)
    yield from potency_findings(view)
    yield from synergy_findings(view)
    yield from study_findings(view)
    yield from arithmetic_findings(view)
    yield from percent_findings(view)
    yield from citation_findings(view)
    yield from layout_findings(view)
    yield from findings_by_kind(view.page, view.own, view.by_kind)


def check_pages(pages: Iterable[Monograph]) -> tuple[Finding, ...]:
    """Return what pages contradict between each other; not what each says by itself.

    Pages of one substance are compared, and interactions both ways over all pages.

    Parameters
    ----------
    pages : iterable of Monograph
        As they were read, with their statements.

    Returns
    -------
    tuple of Finding
        By file and line. See `check_page` for the findings of each page.
    """
    views = [View(page) for page in pages if page.statements]
    return tuple(sorted(_of_pages(views), key=lambda f: (f.file, *_place(f))))


def _of_pages(views: list[View]) -> Iterator[Finding]:
    groups: dict[str, list[View]] = {}
    for view in views:
        groups.setdefault(view.key, []).append(view)
    for group in groups.values():
        if len(group) > 1:
            yield from _of_group(group)
    yield from reciprocity_findings(views)
    yield from import_findings(views)


def _of_group(group: list[View]) -> Iterator[Finding]:
    yield from pregnancy_findings(group)
    yield from category_findings(group)
    yield from modality_findings(group)
    yield from dose_findings(group)
    yield from use_findings(group)
    yield from direction_findings(group)
    yield from broader_findings(group)
    yield from effect_findings(group)
    yield from mechanism_findings(group)


def _place(finding: Finding) -> tuple[int, int, str]:
    if not finding.spans:
        return (0, 0, finding.code)
    return (finding.spans[0].start, -finding.spans[0].end, finding.code)
