"""The pages of one drug in the site: its monograph, and its source line by line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from isobole._version import __version__
from isobole.monograph._collection_files import slug_of
from isobole.monograph._finding import Finding
from isobole.monograph._glance import (
    CONFLICTS,
    IDENTITY,
    GlanceCell,
    glance,
    is_contradiction,
)
from isobole.monograph._page import Monograph, changed
from isobole.monograph._site_jsonld import distinct_faqs, drug, faq_page
from isobole.monograph._site_parts import (
    contents,
    glance_cells,
    questions_asked,
    statement_tables,
)
from isobole.monograph._site_rows import (
    Words,
    clashes,
    finding_rows,
    naming_rows,
    source_lines,
    span_lines,
    statement_lines,
    with_lines,
)
from isobole.monograph._site_text import (
    brief,
    html,
    json_for_script,
    letter_of,
    prose,
    said,
)
from isobole.monograph._statement import KINDS, POLICY_WORDS, Policy, Statement
from isobole.results import NOTE_LABELS, RESEARCH_ONLY

if TYPE_CHECKING:
    from jinja2 import Environment

BEGIN, END = "<!--collection-->", "<!--/collection-->"
FIRST_BEGIN, FIRST_END = "<!--first-->", "<!--/first-->"
"""Between these the findings against other pages are put in, when all are read."""

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Names and class", ("alternate_name", "brand_name", "identity", "classification",
                         "availability")),
    ("Uses", ("indication", "combination")),
    ("Doses", ("dose_initial", "dose_titration", "dose_maintenance", "dose_max",
               "dose_division", "dose_adjustment", "formulation_alternative",
               "therapeutic_range", "missed_dose", "discontinuation")),
    ("Contraindications and precautions", ("contraindication", "precaution",
                                           "lifestyle")),
    ("Pregnancy and breastfeeding", ("pregnancy", "breastfeeding", "contraception")),
    ("Interactions", ("interaction",)),
    ("Adverse effects", ("adverse_effect", "adverse_effect_sign", "dependence")),
    ("Monitoring", ("monitoring",)),
    ("How it works", ("mechanism", "pharmacodynamics", "pharmacokinetics",
                      "metabolism")),
    ("Advice to patients", ("counselling", "action")),
    ("Evidence", ("claim", "clinical_result", "clinical_population",
                  "preclinical_result", "ed50", "protocol", "protocol_step",
                  "scale_level", "definition", "figure", "reference")),
    ("About the page", ("page_metadata", "provenance", "disclaimer", "advertising",
                        "faq_front_matter", "text")),
)  # fmt: skip


_FIRST = 4
"""Contradictions on the first screen."""


class Shown(NamedTuple):
    """The pages of one drug, and what the pages about the collection say of it."""

    page: str
    source: str
    conflicts: int


@cache
def environment() -> Environment:
    """Return the templates of the site; every value is escaped."""
    from jinja2 import Environment, PackageLoader

    made = Environment(
        loader=PackageLoader("isobole.monograph", "site"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        prose=prose,
        said=said,
        script=json_for_script,
        slug=slug_of,
        letter=letter_of,
        naming_rows=naming_rows,
        with_lines=with_lines,
        brief=brief,
    )
    made.globals.update(
        kinds=KINDS,
        span_lines=span_lines,
        statement_lines=statement_lines,
        labels=NOTE_LABELS,
        policies=POLICY_WORDS,
        research_only=RESEARCH_ONLY,
        version=__version__,
        begin=BEGIN,
        end=END,
        first_begin=FIRST_BEGIN,
        first_end=FIRST_END,
    )
    return made


def show_page(page: Monograph, slug: str) -> Shown:
    """Return the pages of one drug."""
    # A file may hold the page of another substance behind its own.
    others: dict[str, int] = {}
    for s in page.statements:
        if "page_subject" in s.details:
            others.setdefault(str(s.details["page_subject"]), s.span.line)
    own = page
    if others:
        kept = (s for s in page.statements if "page_subject" not in s.details)
        own = changed(page, statements=tuple(kept))
    cells = glance(page)
    identity = [f for f in page.findings if f.code in IDENTITY]
    disagree = sorted(
        _ordered([f for f in page.findings if is_contradiction(f)]), key=_urgency
    )
    first = [f for f in disagree if f.severity != "notice"][:_FIRST]
    opposed = _not_yet_told(cells, disagree)
    words = Words()
    faqs = distinct_faqs(page)
    groups = groups_of(page.statements)
    questions = faq_page(faqs) if page.policy != "research-only" else None
    shown = (
        environment()
        .get_template("page.html.jinja")
        .render(
            page=page,
            slug=slug,
            root="../",
            title=page.title,
            cells=cells,
            identity=identity,
            others=others,
            disagree=disagree,
            clashes=clashes(disagree, slug, words),
            first=first,
            opposed=opposed,
            glanced=glance_cells(cells, slug),
            contents=contents(groups),
            stated=statement_tables(groups, slug, words),
            faqs=faqs,
            asked=questions_asked(faqs, slug),
            findings=finding_rows(_ordered(page.findings), slug, words),
            drug=drug(own) if page.policy != "research-only" else None,
            questions=questions,
        )
    )
    source = _source_shell(page.policy).format(
        slug=slug,
        title=html(page.title),
        file=html(page.file),
        sha256=page.sha256,
        lines=source_lines(page.text),
    )
    return Shown(shown, source, len(disagree) + len(opposed))


@cache
def _source_shell(policy: Policy) -> str:
    """Return the page of a source as a format that its words are put in.

    The template has no choices, so that it is rendered once and not for each page.
    """
    # Braces of the template would be fields: they are told apart by these signs.
    page = {name: f"\x02{name}\x03" for name in ("title", "file", "sha256")}
    shell = (
        environment()
        .get_template("source.html.jinja")
        .render(
            page={**page, "policy": policy},
            slug="\x02slug\x03",
            root="../",
            title="\x02title\x03: source",
            lines="\x02lines\x03",
        )
    )
    shell = shell.replace("{", "{{").replace("}", "}}")
    return shell.replace("\x02", "{").replace("\x03", "}")


def groups_of(
    statements: Sequence[Statement],
) -> list[tuple[str, list[Statement]]]:
    """Return statements by subject, in the order in which they are shown."""
    by_kind: dict[str, list[Statement]] = {}
    for statement in statements:
        by_kind.setdefault(statement.kind, []).append(statement)
    groups = []
    for title, kinds in GROUPS:
        found = [s for kind in kinds for s in by_kind.pop(kind, ())]
        if found:
            groups.append((title, found))
    if by_kind:
        rest = [s for found in by_kind.values() for s in found]
        groups.append(("Other statements", rest))
    return groups


def _not_yet_told(
    cells: Sequence[GlanceCell], disagree: Sequence[Finding]
) -> list[GlanceCell]:
    """Return the topics whose statements disagree and no finding says so."""
    told = [set(finding.statements) for finding in disagree]
    return [
        cell
        for cell in cells
        if cell.conflict
        and not any(len({s.id for s in cell.statements} & ids) > 1 for ids in told)
    ]


def _urgency(finding: Finding) -> int:
    """Return what is to be seen first: statements that cannot both hold."""
    known = finding.code in CONFLICTS
    return CONFLICTS.index(finding.code) if known else len(CONFLICTS)


def _ordered(findings: Sequence[Finding]) -> list[Finding]:
    weight = {"error": 0, "warning": 1, "notice": 2}
    return sorted(findings, key=lambda f: (weight[f.severity], f.line or 0, f.code))


def with_collection(html: str, first: str, part: str) -> str:
    """Return a drug's page with what other pages say against it put in.

    Words of a page are escaped, so that the marks stand only where the template put
    them.
    """
    return _between(_between(html, FIRST_BEGIN, FIRST_END, first), BEGIN, END, part)


def _between(html: str, begin: str, end: str, part: str) -> str:
    head, _, rest = html.partition(begin)
    _, mark, tail = rest.partition(end)
    return f"{head}{begin}{part}{end}{tail}" if mark else html
