"""What a page is and lacks, and whose it is: coverage, provenance, limits of use."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from itertools import repeat
from operator import attrgetter, contains
from typing import Any

from isobole.monograph._checks import data, finding, joined
from isobole.monograph._contradictions_view import View, lines
from isobole.monograph._contradictions_words import concepts_in
from isobole.monograph._finding import Finding
from isobole.monograph._statement import Statement

_MACHINE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+")
_DECLARED = re.compile(
    r"\b(?:ai|machine|computer|automatically|llm)[- ](?:generated|written)|"
    r"\bgenerated (?:by|using|with) (?:an? )?(?:ai|artificial|language model|llm)|"
    r"\bwritten by (?:an? )?(?:ai|language model)|\bcrowd-?sourced",
    re.IGNORECASE,
)
# A page that only warns of alcohol names no drug.
_NO_DRUG = (
    "unspecified",
    "alcohol",
    "food",
    "grapefruit juice",
    "caffeine",
    "other drugs",
)
_TOGETHER = 10
_MINUTES = 10


def coverage_findings(view: View) -> Iterator[Finding]:
    """Yield one finding that names everything a reader asks for and the page lacks."""
    if not view.patients or view.page.kind in ("guide", "unknown"):
        return
    absent = [row["title"] for row in _asked_for() if not _stated(view, row)]
    if absent:
        yield finding(
            "not-stated",
            f"The page does not state: {joined(absent, 20)}",
            (),
            file=view.file,
        )


@cache
def _asked_for() -> tuple[dict[str, Any], ...]:
    place = files("isobole.monograph") / "coverage" / "kinds.toml"
    return tuple(tomllib.loads(place.read_text("utf-8"))["row"])


def _stated(view: View, row: dict[str, Any]) -> bool:
    numeric, valued, concept = map(row.get, ("numeric", "valued", "concept"))
    for said in view.of(*row["kinds"]):
        value = said.value
        if numeric and (
            isinstance(value, bool) or not isinstance(value, int | float | tuple)
        ):
            continue
        if valued and (value is None or value in _NO_DRUG):
            continue
        if concept:
            words = f"{said.scope.population} / {said.scope.condition} / {value}"
            if said.kind != concept and concept not in concepts_in(words):
                continue
        return True
    return False


def provenance_findings(view: View) -> Iterator[Finding]:
    """Yield what a page says, or does not say, of where it comes from."""
    page = view.page
    if page.kind not in ("guide", "unknown"):
        details = map(attrgetter("details"), page.statements)
        cited = view.of("reference") or any(map(contains, details, repeat("cites")))
        if not cited and not page.extra.get("references"):
            yield finding(
                "no-references",
                f"None of the page's {len(page.statements)} statements has a reference",
                (),
                file=view.file,
            )
    declared = []
    if any(word in page.text for word in ("generated", "written", "rowd")):
        declared = [
            said
            for said in view.of("provenance", "disclaimer", "text")
            if said.value == "ai_or_crowd" or _DECLARED.search(said.span.quote)
        ]
    if declared:
        yield finding(
            "self-declared-generated",
            f"The page says of itself that it is machine-written or crowd-sourced "
            f"({lines(declared)})",
            declared,
        )
    for said in view.of("page_metadata"):
        given = str(said.value or "")
        if said.details.get("key") == "lastModified" and _MACHINE_TIME.match(given):
            yield finding(
                "modified-by-machine",
                f"lastModified is {given}, to a fraction of a second: the time a "
                f"program "
                "wrote the file, not of a review",
                [said],
            )


def import_findings(views: Sequence[View]) -> Iterator[Finding]:
    """Yield one finding where many pages were modified within minutes of each other."""
    dated: list[tuple[datetime, Statement]] = []
    for view in views:
        for said in view.of("page_metadata"):
            if said.details.get("key") == "lastModified":
                try:
                    when = datetime.fromisoformat(str(said.value))
                except ValueError:
                    continue
                dated.append((when.replace(tzinfo=None), said))
    dated.sort(key=lambda pair: pair[0])
    first = 0
    best: tuple[int, int] = (0, 0)
    for last, (when, _) in enumerate(dated):
        while (when - dated[first][0]).total_seconds() > _MINUTES * 60:
            first += 1
        if last + 1 - first > best[1] - best[0]:
            best = (first, last + 1)
    group = [said for _, said in dated[best[0] : best[1]]]
    if len(group) >= _TOGETHER and len(group) > 0.2 * len(dated):
        yield finding(
            "modified-together",
            f"{len(group)} of {len(dated)} pages were modified within {_MINUTES} "
            f"minutes: "
            "the time of an import, not of a review",
            group,
        )


def use_limit_findings(view: View) -> Iterator[Finding]:
    """Yield that a page is for research use only."""
    if view.patients:
        return
    said = [s for s in view.of("disclaimer") if re.search(
        r"research use only|\bRUO\b|not (?:intended )?for (?:diagnos|therap"
        r"|clinical|human)",
        s.span.quote, re.IGNORECASE)]  # fmt: skip
    if said:
        yield finding(
            "research-use-only",
            f"For research use only ({lines(said)}): its statements feed no patient "
            "finding",
            said,
        )


@lru_cache(maxsize=4096)
def _among_effects(section: tuple[str, ...]) -> bool:
    return any(
        "side effect" in title or "side-effect" in title or "adverse" in title
        for title in map(str.lower, section)
    )


def place_findings(view: View) -> Iterator[Finding]:
    """Yield risks of pregnancy that stand among the side effects."""
    if not view.patients:
        return
    wrong = [
        said
        for said in view.of("pregnancy", "contraception", "adverse_effect")
        if _among_effects(said.section)
        and not said.details.get("question")
        and (
            said.kind != "adverse_effect"
            or concepts_in(str(said.value or "")) & {"fetus", "pregnancy"}
        )
    ]
    if wrong:
        yield finding(
            "population-risk-as-side-effect",
            f"A risk of pregnancy is filed among the side effects ({lines(wrong)}): a "
            "reader who looks under pregnancy does not see it",
            wrong,
        )


def scale_findings(view: View) -> Iterator[Finding]:
    """Yield a model scored with the scale of another model."""
    levels = view.of("scale_level")
    if not levels:
        return
    words = " / ".join(
        str(said.details.get("manifestation") or said.span.quote).lower()
        for said in levels
    )
    scores = {
        row["name"]: sum(bool(re.search(pattern, words)) for pattern in row["words"])
        for row in data("scales.toml")["scale"]
    }
    name, hits = max(scores.items(), key=lambda item: item[1])
    if hits < 2 or list(scores.values()).count(hits) > 1:
        return
    given = next(r for r in data("scales.toml")["scale"] if r["name"] == name)
    for row in data("scales.toml")["scale"]:
        if row["name"] == name:
            continue
        scored = [
            said
            for said in view.of("protocol_step")
            if _is_model(said.subject, row["models"])
            and not _is_model(said.subject, given["models"])
            and re.search(
                r"\bscale\b|\bstages?\b|\bscor", said.span.quote, re.IGNORECASE
            )
        ]
        if scored:
            yield finding(
                "scale-of-another-model",
                f"'{scored[0].subject}' is scored ({lines(scored)}) with the "
                f"page's only "
                f"scale ({lines(levels)}), whose levels are those of a {name}",
                [*scored, *levels],
            )


def _is_model(subject: str, models: Sequence[str]) -> bool:
    return any(re.search(model, subject, re.IGNORECASE) for model in models)
