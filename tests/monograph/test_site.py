"""The site: what a reader sees, and that nothing of a page can act in it."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from chromium import FLAGS, chromium
from isobole.monograph import build, glance, read, with_findings
from isobole.results import RESEARCH_ONLY
from monograph_pages import seed, text_of

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
HOSTILE = """---
title: 'Evil </title><script>alert(1)</script> & "drug"'
faqs:
  - q: "Is it </script><script>alert(2)</script>?"
    a: "**A:** No <img src=x onerror=alert(3)> [a](javascript:alert(4)) and
      [b](https://example.org/x) and <javascript:alert(5)>"
---
## Usage
- For <script>alert(6)</script> seizures "quoted" & 'single'.
<!--collection--><!--/collection--><!--first--><!--/first-->

## Drug Interactions
- <b onmouseover=alert(7)>Warfarin</b>, "x' onclick='alert(8)" and ../../etc/passwd.

## Contraindications
- Liver disease</q></td><script src=//evil.example></script>.

## Alternate Names
- [click](javascript:alert(9))
"""


class Tags(HTMLParser):
    """Collects tags with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags(path: Path) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(path.read_text("utf-8"))
    return parser.tags


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site of our own pages, two pages on one drug, and a hostile one."""
    folder = tmp_path_factory.mktemp("pages")
    for name in ("a_clean.md", "b0_clean.md", "b1_clean.md", "guide.txt"):
        (folder / name).write_text(text_of(name), "utf-8")
    (folder / "evil.md").write_text(HOSTILE, "utf-8")
    (folder / "warfarin.md").write_text(
        "---\ntitle: Warfarin\n---\n## Usage\n- Thrombosis.\n"
        "## Drug Interactions\n- Phenytoin raises the effect of warfarin.\n", "utf-8"
    )  # fmt: skip
    # Nobody is named here, so that there is nothing to link to.
    (folder / "vague.md").write_text(
        "---\ntitle: Vague\n---\n## Drug Interactions\n"
        "- It may interact with other medications.\n", "utf-8"
    )  # fmt: skip
    out = folder / "site"
    build(folder, out)
    return out


def pages(site: Path) -> Iterator[Path]:
    found = sorted(site.rglob("*.html"))
    assert len(found) > 12
    yield from found


def test_every_page_is_accessible_and_says_what_it_is(site: Path) -> None:
    for path in pages(site):
        found = tags(path)
        names = [tag for tag, _ in found]
        assert names.count("h1") == 1, path
        assert {"header", "main", "footer", "nav"} <= set(names), path
        assert ("html", {"lang": "en"}) in found
        skip = next(about for tag, about in found if tag == "a")
        assert skip == {"class": "skip", "href": "#content"}
        assert RESEARCH_ONLY in path.read_text("utf-8")
        assert names.count("table") == names.count("thead")
        for tag, about in found:
            if tag == "th":
                assert about.get("scope") == "col", path
            if tag == "input":
                assert ("label", {"for": about["id"]}) in found
        ids = [about["id"] for _, about in found if "id" in about]
        assert len(ids) == len(set(ids)), path
        levels = [int(tag[1]) for tag in names if re.fullmatch("h[1-6]", tag)]
        steps = itertools.pairwise(levels)
        assert all(after <= before + 1 for before, after in steps), path


def test_every_link_leads_somewhere(site: Path) -> None:
    anchors = {
        path.resolve(): {about["id"] for _, about in tags(path) if "id" in about}
        for path in pages(site)
    }
    for path in anchors:
        for tag, about in tags(path):
            target = about.get("href") or about.get("src")
            if tag not in ("a", "link", "script") or not target:
                continue
            parts = urlsplit(target)
            if parts.scheme:
                assert parts.scheme == "https", target
                continue
            place = (
                (path.parent / unquote(parts.path)).resolve() if parts.path else path
            )
            assert place.is_file(), (path, target)
            if parts.fragment:
                assert unquote(parts.fragment) in anchors[place], (path, target)


def test_nothing_of_a_page_acts(site: Path) -> None:
    for path in pages(site):
        for tag, about in tags(path):
            assert not any(name.startswith("on") for name in about), path
            assert not (about.get("href") or "").lower().startswith("javascript")
            assert tag not in ("img", "iframe", "object", "embed", "style", "b on")
            if tag == "script":
                assert about in (
                    {"type": "application/ld+json"},
                    {"src": "assets/search.js", "defer": None},
                )
        head = path.read_text("utf-8").partition("</head>")[0]
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', head)
        assert policy is not None
        assert "default-src 'none'" in policy[1]
        assert "unsafe" not in policy[1]
        assert " on" not in policy[1]


def test_the_hostile_page_is_shown_in_its_own_words(site: Path) -> None:
    page = (site / "pages" / "evil.html").read_text("utf-8")
    assert "<h1>Evil &lt;/title&gt;&lt;script&gt;" in page
    source = (site / "source" / "evil.html").read_text("utf-8")
    assert "&lt;script&gt;alert(6)&lt;/script&gt;" in source
    links = [about for tag, about in tags(site / "pages" / "evil.html") if tag == "a"]
    outside = [about for about in links if "://" in (about["href"] or "")]
    assert outside == [
        {"href": "https://example.org/x", "rel": "noopener noreferrer nofollow"}
    ]
    # Marks for what other pages say, written in the page, are not taken for ours.
    assert page.count("<!--collection-->") == 1
    assert page.count("<!--first-->") == 1


def test_json_ld_is_valid_and_cannot_end_its_element(site: Path) -> None:
    text = (site / "pages" / "evil.html").read_text("utf-8")
    drug, questions = (json.loads(found) for found in SCRIPT.findall(text))
    assert drug["@type"] == "Drug"
    assert drug["name"].startswith("Evil </title><script>")
    assert questions["@type"] == "FAQPage"
    (entry,) = questions["mainEntity"]
    assert entry["name"] == "Is it </script><script>alert(2)</script>?"
    assert entry["acceptedAnswer"]["text"].startswith("No <img")
    guide = (site / "pages" / "guide.html").read_text("utf-8")
    assert SCRIPT.findall(guide) == []
    assert "Research use only" in guide


def test_statements_link_to_the_lines_that_say_them(site: Path) -> None:
    page = with_findings(read(text_of("a_clean.md"), name="a_clean.md"))
    html = (site / "pages" / "a-clean.html").read_text("utf-8")
    lines = page.text.split("\n")
    for statement in page.statements:
        assert f"a-clean.html#L{statement.span.line}" in html
    source = (site / "source" / "a-clean.html").read_text("utf-8")
    shown = re.findall(r'<li id="L(\d+)">(.*)</li>', source)
    assert [int(number) for number, _ in shown] == list(range(1, len(shown) + 1))
    assert len(shown) == len(lines) - (not lines[-1])


def test_braces_and_signs_of_a_page_stand_in_its_source(tmp_path: Path) -> None:
    source, site = tmp_path / "pages", tmp_path / "site"
    source.mkdir()
    words = (
        "---\ntitle: '{title} %s {{0}} & <b>'\n---\n## Usage\n- {lines} \x02file\x03.\n"
    )
    # So few control characters that it still is a text.
    words += "- Relief of pain.\n" * 20
    (source / "{slug}.md").write_text(words, "utf-8")
    build(source, site)
    shown = (site / "source" / "slug.html").read_text("utf-8")
    named = "{title} %s {{0}} &amp; &lt;b&gt;"
    assert f"<title>{named}: source ·" in shown
    assert f'<a href="../pages/slug.html">{named}</a>' in shown
    assert "<h1>{slug}.md</h1>" in shown
    assert '<li id="L5">- {lines} \x02file\x03.</li>' in shown


def test_repaired_questions_are_published(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text(
        "---\ntitle: Examplamide\nfaqs:\n  - q: |-\n      Is it new?\n"
        "      **A:** No, it is old.\n    a: 'A:** No, it is old.'\n---\n"
        "## Usage\n- Seizures.\n\n## FAQs\n\n### Q1: Is it new?\n"
        "**A:** No, it is old.\n"
    )  # fmt: skip
    build(tmp_path / "in", tmp_path / "out")
    html = (tmp_path / "out" / "pages" / "a.html").read_text("utf-8")
    questions = json.loads(SCRIPT.findall(html)[1])
    assert [
        (entry["name"], entry["acceptedAnswer"]["text"])
        for entry in questions["mainEntity"]
    ] == [("Is it new?", "No, it is old.")]


def test_salts_are_no_names_and_silence_is_said(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text(
        "---\ntitle: Magnesium Valproate\n---\n## Usage\n- Seizures.\n\n"
        "## Alternate Names\n- Sodium valproate\n- Valproate magnesium\n\n"
        "## Contraindications\n- Liver disease.\n\n## Precautions\n"
        "- **Patients with hepatic impairment:** Use with caution.\n"
    )  # fmt: skip
    build(tmp_path / "in", tmp_path / "out")
    html = (tmp_path / "out" / "pages" / "a.html").read_text("utf-8")
    drug = json.loads(SCRIPT.findall(html)[0])
    assert drug["alternateName"] == ["valproate magnesium"]
    assert drug["rxcui"] == "134422"
    top = html.partition('id="glance"')[0]
    assert "not magnesium valproate" in top
    assert "sodium valproate" in top
    cells = {cell.topic: cell for cell in glance(read(tmp_path / "in" / "a.md"))}
    assert cells["Liver"].conflict
    assert [said.level for said in cells["Liver"].said] == [
        "contraindicated",
        "caution",
    ]
    assert cells["Kidney"].said == ()
    assert html.count("<dd>Not stated</dd>") == 11


def test_interactions_are_indexed_from_both_sides(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, partner in (
        ("Phenytoin", "Warfarin, carbamazepine"),
        ("Carbamazepine", "Phenytoin"),
        ("Warfarin", "Aspirin"),
    ):
        (tmp_path / "in" / f"{name}.md").write_text(
            f"---\ntitle: {name}\n---\n## Usage\n- Use.\n\n"
            f"## Drug Interactions\n- {partner}.\n"
        )
    report = build(tmp_path / "in", tmp_path / "out")
    assert (report.interactions, report.gaps) == (4, 1)
    index = (tmp_path / "out" / "interactions" / "index.html").read_text("utf-8")
    rows = re.findall(r"<tr><td>.*?</tr>", index)
    assert len(rows) == 1
    assert "Phenytoin" in rows[0]
    assert "Warfarin" in rows[0]
    w = (tmp_path / "out" / "interactions" / "w.html").read_text("utf-8")
    assert re.search(r"Phenytoin</a>.*<td>no</td>", w)
    p = (tmp_path / "out" / "interactions" / "p.html").read_text("utf-8")
    assert re.search(r"Carbamazepine</a>.*<td>yes</td>", p)
    warfarin = (tmp_path / "out" / "pages" / "warfarin.html").read_text("utf-8")
    assert "named as interacting 1 time by other pages, 1 of these not" in warfarin


def dom(address: str, profile: Path) -> str:
    """Return a page as a browser has made it, opened from the disk."""
    words = [
        chromium(), "--headless", *FLAGS, f"--user-data-dir={profile}",
        "--window-size=1280,800", "--virtual-time-budget=5000",
        "--enable-logging=stderr", "--dump-dom", address,
    ]  # fmt: skip
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=90)
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert console == []
    return done.stdout


def test_search_works_from_the_disk(site: Path, tmp_path: Path) -> None:
    address = (site / "index.html").as_uri()
    html = dom(f"{address}?q=phenytoin+warf", tmp_path / "profile")
    assert '<section id="search" aria-labelledby="search-title">' in html
    results = html.partition('id="search-results">')[2].partition("</ol>")[0]
    assert 'href="pages/warfarin.html"' in results
    assert "source/warfarin.html#L" in results
    nothing = dom(f"{address}?q=zzzzz", tmp_path / "profile")
    assert "No page has all of these words." in nothing


def test_the_policy_stops_no_part_of_a_page(site: Path, tmp_path: Path) -> None:
    html = dom((site / "pages" / "evil.html").as_uri(), tmp_path / "profile")
    assert "application/ld+json" in html


def test_first_screen_of_the_seed(tmp_path: Path) -> None:
    folder = seed("000").parent
    build(folder, tmp_path / "site")
    page = next((tmp_path / "site" / "pages").glob("000-*.html"))
    top = page.read_text("utf-8").partition('id="glance"')[0]
    assert re.search(r"valproic acid.*sodium valproate", top, re.DOTALL)
    for brand in ("Depakote", "Epival", "Valparin"):
        assert brand in top
    assert "divalproex regimen" in top
    assert "valproic acid" in top
    assert re.search(r"liver disease.*line", top, re.DOTALL)
    assert "Breastfeeding" in top
    assert "Between pages" in top
