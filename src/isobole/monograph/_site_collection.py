"""The pages about a whole collection: its list, its interactions, its findings."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from isobole.monograph._collection_files import slug_of
from isobole.monograph._finding import Finding
from isobole.monograph._interactions import Gap, Interactions, Naming, Title
from isobole.monograph._site_page import environment
from isobole.monograph._site_rows import Words
from isobole.monograph._site_text import letter_of
from isobole.results import Problem

_MOST = 500
_FIRST = 5


class _Row(NamedTuple):
    page: Title
    naming: Naming
    back: str


class _Partner(NamedTuple):
    slug: str
    name: str
    pages: list[Title]
    rows: list[_Row]


class _Gap(NamedTuple):
    page: Title
    naming: Naming
    silent: list[Title]


class Listing(NamedTuple):
    """What the list of all pages is made of: rows of pages, and what was not read."""

    pages: list[tuple[str, str, str, str, str]]
    problems: Sequence[Problem]


def listing(db: sqlite3.Connection, problems: Sequence[Problem]) -> Listing:
    """Return what `index_page` needs, to be asked for in another process."""
    rows = db.execute("SELECT title, file, slug, policy, shown FROM page").fetchall()
    return Listing(rows, problems)


def index_page(listed: Listing) -> str:
    """Return the list of all pages, with the search."""
    pages = [
        {
            "title": title, "file": file, "slug": slug, "policy": policy,
            "shown": json.loads(shown),
        }
        for title, file, slug, policy, shown in listed.pages
    ]  # fmt: skip
    pages.sort(key=lambda page: (slug_of(page["title"]), page["file"]))
    letters: dict[str, list[dict[str, object]]] = {}
    for page in pages:
        letters.setdefault(letter_of(page["title"]), []).append(page)
    return (
        environment()
        .get_template("index.html.jinja")
        .render(
            root="",
            title="Drug monographs as checked data",
            pages=pages,
            statements=f"{sum(page['shown']['statements'] for page in pages):,}",
            conflicts=sum(page["shown"]["conflicts"] > 0 for page in pages),
            letters=sorted(letters.items()),
            problems=listed.problems,
        )
    )


def interaction_pages(found: Interactions) -> dict[str, str]:
    """Return the pages of interactions: one for each letter, and one of the gaps."""
    return dict(_interaction_pages(found))


def _interaction_pages(found: Interactions) -> Iterator[tuple[str, str]]:
    partners: dict[str, _Partner] = {}
    for key, namings in sorted(found.by_partner.items()):
        slug = slug_of(namings[0].partner)
        partner = partners.setdefault(
            slug, _Partner(slug, namings[0].partner, found.pages_on(key), [])
        )
        partner.rows.extend(_rows(found, namings, partner.pages))
    letters: dict[str, list[_Partner]] = {}
    for slug, partner in sorted(partners.items()):
        letters.setdefault(letter_of(slug), []).append(partner)
    counts = [(letter, len(group)) for letter, group in sorted(letters.items())]
    template = environment().get_template("interactions.html.jinja")
    words = Words()
    for letter, group in sorted(letters.items()):
        shown = letter.upper() if letter != "0" else "0–9"
        yield (
            f"{letter}.html",
            template.render(
                root="../",
                title=f"Interactions: {shown}",
                letters=counts,
                partners=group,
                words=words,
            ),
        )
    yield (
        "index.html",
        environment()
        .get_template("interactions-index.html.jinja")
        .render(
            root="../",
            title="Interactions",
            letters=counts,
            count=f"{sum(map(len, found.by_partner.values())):,}",
            gaps=[_gap(found, gap) for gap in found.gaps],
            most=_MOST,
        ),
    )


def _gap(found: Interactions, gap: Gap) -> _Gap:
    silent = [found.titles[number] for number in gap.silent]
    return _Gap(found.titles[gap.naming.page], gap.naming, silent)


def _rows(
    found: Interactions, namings: Sequence[Naming], own: Sequence[Title]
) -> list[_Row]:
    """Return who names a drug, and whether the drug's `own` pages name it back."""
    back = {
        key: _back(found, key, own) for key in {found.keys[n.page] for n in namings}
    }
    return [_Row(found.titles[n.page], n, back[found.keys[n.page]]) for n in namings]


def _back(found: Interactions, naming_key: str, own: Sequence[Title]) -> str:
    if not own:
        return "no page here"
    named = any(naming_key in found.names.get(found.keys[p.id], ()) for p in own)
    return "yes" if named else "no"


def findings_page(
    db: sqlite3.Connection, between: Sequence[Finding], slugs: Mapping[str, str]
) -> str:
    """Return what is wrong with the pages, by kind."""
    rows: dict[str, dict[str, object]] = {}
    firsts: dict[str, list[tuple[str, str]]] = {}
    wanted = 0
    for code, severity, pages, times, message in db.execute(
        "SELECT code, severity, count(DISTINCT page), count(*), min(message) "
        "FROM finding GROUP BY code, severity ORDER BY code, severity"
    ):
        rows[f"{code} {severity}"] = {
            "code": code, "severity": severity, "pages": pages, "times": times,
            "message": message,
        }  # fmt: skip
        wanted += min(pages, _FIRST)
    for slug, file, codes in db.execute(
        "SELECT p.slug, p.file, "
        "(SELECT group_concat(DISTINCT code || ' ' || severity) FROM finding "
        "WHERE id BETWEEN p.id << 20 AND (p.id << 20) + 1048575) "
        "FROM page p ORDER BY p.file"
    ):
        for key in codes.split(",") if codes else ():
            first = firsts.setdefault(key, [])
            if len(first) < _FIRST:
                first.append((slug, file))
                wanted -= 1
        if not wanted:
            break
    for key, row in rows.items():
        row["first"] = firsts[key]
    weight = {"error": 0, "warning": 1, "notice": 2}
    listed = sorted(
        rows.values(),
        key=lambda row: (weight[str(row["severity"])], str(row["code"])),
    )
    return (
        environment()
        .get_template("findings.html.jinja")
        .render(
            root="",
            title="Findings",
            rows=listed,
            between=between,
            slugs=slugs,
            most=_MOST,
        )
    )


def parts_of_pages(
    found: Interactions, between: Sequence[Finding], slugs: Mapping[str, str]
) -> dict[int, tuple[str, str]]:
    """Return, for each page that other pages speak of, what they say against it.

    A line for the first screen of the page, and a section below.
    """
    numbers = {title.file: number for number, title in found.titles.items()}
    about: dict[int, list[Finding]] = {}
    for finding in between:
        for file in dict.fromkeys(
            [finding.file, *(span.file for span in finding.spans)]
        ):
            if file in numbers:
                about.setdefault(numbers[file], []).append(finding)
    template = environment().get_template("collection.html.jinja")
    first = environment().get_template("collection-first.html.jinja")
    parts = {}
    words = Words()
    for number in sorted({*about, *found.naming_page}):
        own = [found.titles[number]]
        rows = _rows(found, found.naming_page.get(number, ()), own)
        silent = sum(row.back == "no" for row in rows)
        told = about.get(number, ())
        parts[number] = (
            first.render(findings=told, rows=rows, silent=silent),
            template.render(findings=told, rows=rows, slugs=slugs, words=words),
        )
    return parts
