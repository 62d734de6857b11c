"""Drug monographs in the lab: whose they are, the site's files, search, a case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from lab_pages import page

SAYS_NOTHING_OF_DANGER = re.compile(r"\bsafe\b", re.IGNORECASE)


@pytest.fixture
def own_site(lab: Any) -> Iterator[Path]:
    """Build the lab's own collection of one page, and take it away again."""
    import shutil

    from isobole.monograph import build

    pages, folder = lab.config.data / "own-pages", lab.config.data / "monographs"
    pages.mkdir()
    (pages / "testazine.md").write_text(
        "---\ntitle: Testazine\n---\n## Dosage\n- Start with 5 mg daily.\n", "utf-8"
    )
    build(pages, folder, jobs=1)
    yield folder
    shutil.rmtree(folder)
    shutil.rmtree(pages)


def site_page(client: Any, name: str, status: int = 200) -> str:
    response = client.get(f"/monographs/{name}")
    text: str = response.content.decode()
    assert response.status_code == status, text[:2000]
    if status == 200:
        assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)\s*=[^>]*>|<style", text)
        assert '<a href="/">isobole lab</a>' in text
        assert "Research and education only" in unescape(text) or "research" in text
    return text


def test_the_bundled_pages_are_called_what_they_are(lab: Any) -> None:
    from isobole.monograph import demo_pages

    text = page(lab.client("ana"), "/monographs/")
    assert "For demonstration" in text
    count = text.count('href="/monographs/pages/')
    assert count == len([one for one in demo_pages().iterdir() if one.is_file()])


def test_every_link_of_the_site_leads_somewhere(lab: Any) -> None:
    client = lab.client("ana")
    page(client, "/monographs/")
    seen: set[str] = set()
    waiting = ["/monographs/index.html", "/monographs/ask", "/monographs/search?q=dose"]
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code == 200, address
        if not response["Content-Type"].startswith("text/html"):
            continue
        text = response.content.decode()
        for link in re.findall(r'(?:href|src|action)="([^"#]+)', text):
            if re.match(r"[a-z]+:", link):
                continue
            base = address.partition("?")[0].rpartition("/")[0]
            full = link if link.startswith("/") else f"{base}/{unescape(link)}"
            parts: list[str] = []
            for part in full.partition("?")[0].split("/"):
                if part == "..":
                    parts.pop()
                elif part != ".":
                    parts.append(part)
            path = "/".join(parts)
            if path.startswith("/monographs/") and path not in seen:
                seen.add(path)
                waiting.append(path)
    assert sum("/pages/" in one for one in seen) >= 6
    assert any("/interactions/" in one for one in seen)


def test_pages_and_their_sources_are_those_of_the_site(lab: Any) -> None:
    from isobole.monograph import open_collection

    client = lab.client("ana")
    page(client, "/monographs/")
    from isobole.lab.tools._site import site

    found = site()
    assert found is not None
    for one in open_collection(found.folder).listed():
        text = site_page(client, f"pages/{one.slug}.html")
        built = (found.folder / "pages" / f"{one.slug}.html").read_text("utf-8")
        links = '<a href="/">isobole lab</a>\n<a href="/monographs/">Monographs</a>\n'
        assert text.replace(links, "", 1).replace("\n\n", "\n") == built.replace(
            "\n\n", "\n"
        )
        assert one.file in site_page(client, f"source/{one.slug}.html")


def test_the_collection_of_the_lab_comes_first(lab: Any, own_site: Path) -> None:
    client = lab.client("ana")
    text = page(client, "/monographs/")
    assert "The collection of this lab" in text
    assert "For demonstration" not in text
    assert 'href="/monographs/pages/testazine.html"' in text
    assert "Start with 5 mg daily" in site_page(client, "pages/testazine.html")
    assert "Testazine" in site_page(client, "search?q=dosage")


@pytest.mark.parametrize(
    "name",
    [
        "pages/../../secret-key",
        "pages/..%2f..%2fsecret-key",
        "../secret-key",
        "%2e%2e/secret-key",
        "index.db",
        "pages/nothing-here.html",
        "pages/.html",
        "source/testazine.html%00",
        "assets/../index.db",
        "pages//index.html",
        "C:\\secret-key",
    ],
)
def test_nothing_else_is_served(lab: Any, name: str) -> None:
    response = lab.client("ana").get(f"/monographs/{name}")
    assert response.status_code == 404
    assert lab.config.secret_key not in response.content.decode()


def test_a_link_out_of_the_folder_is_not_followed(lab: Any, own_site: Path) -> None:
    (own_site / "pages" / "out.html").symlink_to(lab.config.data / "secret-key")
    assert lab.client("ana").get("/monographs/pages/out.html").status_code == 404


def test_a_folder_that_is_no_site_is_said(lab: Any) -> None:
    folder = lab.config.data / "monographs"
    folder.mkdir()
    try:
        text = page(lab.client("ana"), "/monographs/", 422)
    finally:
        folder.rmdir()
    assert "no index of a collection" in text
    assert "isobole monograph build" in text


def test_search_finds_sections_and_says_what_it_cannot_read(lab: Any) -> None:
    client = lab.client("ana")
    text = site_page(client, "search?q=missed+dose")
    assert re.search(r'href="/monographs/source/[a-z-]+\.html#L\d+"', text)
    assert "<script>alert" not in site_page(
        client, "search?q=<script>alert(1)</script>"
    )
    assert "holds no word" in site_page(client, "search?q=%2B%2B", 422)
    assert "longer than" in site_page(client, f"search?q={'a' * 600}", 422)
    assert site_page(client, "search")


def test_a_case_is_asked(lab: Any) -> None:
    from isobole.lab.tools._site import site
    from isobole.monograph import ask, case_of, open_collection

    client = lab.client("ana")
    sent = {
        "about": "magnesium valproate",
        "sex": "female",
        "pregnancy": "planning",
        "conditions": "liver disease",
    }
    response = client.get("/monographs/ask", {**sent, "weight_kg": ""})
    text = unescape(response.content.decode())
    assert response.status_code == 200
    found = site()
    assert found is not None
    direct = ask(open_collection(found.folder), case_of(sent))
    assert direct.findings
    for finding in direct.findings:
        assert finding.title in text
    assert not SAYS_NOTHING_OF_DANGER.search(text)
    assert 'value="liver disease"' in text
    for bad, said in (
        ({"age": "old"}, "give a number"),
        ({"colour": "red"}, "colour"),
        ({"about": "a" * 600}, "longer than"),
    ):
        response = client.get("/monographs/ask", bad)
        assert response.status_code == 422
        assert said in unescape(response.content.decode())
