"""Hostile and broken pages end in findings; nothing is run, expanded or dropped."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from isobole.monograph import read, repair
from isobole.results import DataError
from monograph_pages import broken, codes, only, text_of, uncovered


def front(*lines: str) -> bytes:
    return "\n".join(["---", "title: X", *lines, "---", "## Usage", "- a", ""]).encode()


def test_a_yaml_bomb_is_not_expanded() -> None:
    rows = [f"{name}: &{name} [{'x' if i == 0 else ','.join(['*' + chr(96 + i)] * 9)}]"
            for i, name in enumerate("abcdefghijklmnopqrst")]  # fmt: skip
    begun = time.perf_counter()
    page = read(front(*rows))
    assert time.perf_counter() - begun < 2
    assert "yaml-alias" in codes(page)
    assert len(repr(page.front_matter)) < 5_000


def test_a_list_that_holds_itself() -> None:
    assert "yaml-alias" in codes(read(front("a: &a [1, *a]")))


def test_a_scalar_alias_is_a_word() -> None:
    page = read(front("a: &a word", "b: *a"))
    assert page.front_matter["b"] == "word"
    assert "yaml-alias" not in codes(page)


@pytest.mark.parametrize(
    "line",
    [
        "x: !!python/object/apply:os.system ['touch hacked']",
        "x: !!python/name:os.system ''",
        "x: !shell 'rm'",
        "x: !!binary aGk=",
    ],
)
def test_tags_are_named_and_not_executed(
    line: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    page = read(front(line))
    assert "yaml-tag" in codes(page)
    assert page.front_matter["x"] in ("", "rm", "aGk=", ["touch hacked"])
    assert not list(__import__("pathlib").Path().iterdir())


def test_duplicate_keys() -> None:
    page = read(front("title: Y"))
    assert only(page, "yaml-duplicate-key").line == 3
    assert page.title == "Y"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["a: b: c"], "front-matter-unreadable"),
        (["a: [1"], "front-matter-unreadable"),
        (["? [a, b]", ": c"], "front-matter-key"),
        (["a: " + "[" * 200 + "]" * 200], "yaml-too-deep"),
        (["a: " + "[" * 5000], "front-matter-unreadable"),
        (["a: " + "x" * 1_000_001], "front-matter-too-long"),
    ],
)
def test_broken_front_matter_is_a_finding(lines: list[str], code: str) -> None:
    page = read(front(*lines))
    assert code in codes(page)
    assert [s.name for s in page.sections] == ["Usage"]


def test_unreadable_front_matter_keeps_its_plain_fields() -> None:
    page = read(front("a: b: c"))
    assert page.title == "X"


def test_front_matter_that_is_a_list() -> None:
    page = read("---\n- a\n---\n## Usage\n- b\n## Dosage\n- 1 mg\n")
    assert "front-matter-not-keys" in codes(page)


def test_front_matter_that_never_ends() -> None:
    page = read("---\ntitle: X\n## Usage\n- b\n## Dosage\n- 1 mg\n")
    assert "front-matter-unclosed" in codes(page)
    assert uncovered(page) == []
    assert any("title: X" in b.text for s in page.sections for b in s.blocks)


def test_missing_front_matter() -> None:
    page = read("## Usage\n- b\n## Dosage\n- 1 mg\n")
    assert page.kind == "A"
    assert "front-matter-missing" in codes(page)


def test_values_are_never_nan() -> None:
    page = read(front("a: .nan", "b: .inf", "c: 1_0", "d: 2024-01-02", "e: ~"))
    assert dict(page.front_matter) == {
        "title": "X", "a": ".nan", "b": ".inf", "c": 10, "d": "2024-01-02", "e": None,
    }  # fmt: skip


def test_a_page_of_ten_megabytes() -> None:
    text = text_of("a_clean.md")
    body = "- A line of words about a drug, **bold** and [a link](https://e.org).\n"
    page_text = text + body * (10_000_000 // len(body))
    begun = time.perf_counter()
    page = read(page_text)
    assert time.perf_counter() - begun < 60
    assert "page-too-long" in codes(page)
    assert page.title == "Examplamide"
    assert sum(len(s.blocks) for s in page.sections) > 10_000_000 // len(body)


@pytest.mark.parametrize(
    "body",
    ["- " * 300_000 + "x", ">" * 500_000, "[" * 200_000, "**" * 200_000,
     "`" * 200_000, "![](" * 100_000, "<" * 200_000, "|" * 200_000, "\t" * 9 + "x",
     "**Q1:" * 50_000, "A: " * 50_000, "? " * 100_000, "<a " * 100_000,
     "category " * 50_000, "(" * 100_000, "banned in the " * 30_000,
     "### **" * 30_000, "x" * 900_000, "as of " * 60_000, "I cannot " * 50_000],
    ids=lambda body: body[:8].strip(),
)  # fmt: skip
def test_no_page_takes_for_ever(body: str) -> None:
    begun = time.perf_counter()
    page = broken("- Porphyria.", f"- Porphyria.\n\n{body}\n")
    assert time.perf_counter() - begun < 12
    assert uncovered(page) == []


def test_lists_a_hundred_deep() -> None:
    items = "\n".join("  " * depth + f"- level {depth}" for depth in range(100))
    page = broken("- Porphyria.", items)
    section = next(s for s in page.sections if s.name == "Contraindications")
    assert [block.depth for block in section.blocks] == list(range(100))


def test_lists_ten_thousand_deep() -> None:
    items = "\n".join(" " * (depth % 300) * 2 + f"- l{depth}" for depth in range(3000))
    page = broken("- Porphyria.", items)
    assert uncovered(page) == []


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n\0\0\0", b"%PDF-1.7\n", "text".encode("utf-16"),
     bytes(range(256)) * 20, b"\xff" * 100],
    ids=["png", "pdf", "utf-16", "bytes", "not utf-8"],
)  # fmt: skip
def test_a_binary_file_is_an_unknown_page(data: bytes) -> None:
    page = read(data, name="x.md")
    assert page.kind == "unknown"
    assert codes(page) == {"page-binary"}
    assert page.text == ""


def test_an_empty_file() -> None:
    assert codes(read(b"", name="x.md")) == {"page-empty"}
    assert codes(read(b" \n\n", name="x.md")) == {"page-empty"}


def test_invalid_utf8_stays_as_it_was() -> None:
    text = text_of("a_clean.md")
    data = text.replace("EXA-1", "EXA-é").encode().replace("é".encode(), b"\xe9")
    data = data.replace(b"## Usage", b"## Usage: f\xfcr ")
    page = read(data, name="x.md")
    assert only(page, "invalid-utf8").severity == "error"
    assert "\ufffd" in page.text
    page.text.encode("utf-8")
    done = repair(page)
    assert done.patches
    fixed = done.to_bytes()
    assert b"EXA-\xe9" in fixed
    assert b"## Usage\n\nf\xfcr" in fixed


def test_control_characters() -> None:
    page = broken("EXA-1", "EXA\x07-1")
    assert only(page, "control-characters").line == 18


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("[click](javascript:alert(1))", "click"),
        ("[click](JaVaScRiPt:alert(1))", "click"),
        ("[click](java&#x73;cript:alert(1))", "click"),
        ("[click](<java\tscript:alert(1)>)", "click"),
        ("[click](vbscript:x)", "click"),
        ("[click](data:text/html;base64,xx)", "click"),
        ("![click](file:///etc/passwd)", "click"),
    ],
)
def test_links_that_run_something(link: str, words: str) -> None:
    page = broken("- Porphyria.", f"- Porphyria {link}.")
    finding = only(page, "link-unsafe")
    assert (finding.before, finding.after) == (link, words)
    assert "link-unsafe" not in codes(read(repair(page).text))


@pytest.mark.parametrize("link", ["<javascript:alert(1)>", "\n\n[a]: javascript:x"])
def test_other_links_that_run_something(link: str) -> None:
    page = broken("- Porphyria.", f"- Porphyria {link}\n")
    assert only(page, "link-unsafe").severity == "error"


def test_plain_links_are_no_finding() -> None:
    for link in ("[a](https://e.org/x_(y))", "[a](#top)", "[a](page.md)", "a < b > c"):
        page = broken("- Porphyria.", f"- Porphyria {link}.")
        assert page.findings == (), link


def test_active_html_is_disarmed() -> None:
    page = broken("- Porphyria.", '- <script>alert(1)</script> <b onclick="x()">P</b>')
    assert [f.before for f in page.findings if f.code == "script-in-text"] == [
        "<script>", "</script>", '<b onclick="x()">',
    ]  # fmt: skip
    fixed = repair(page).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in fixed
    assert "script-in-text" not in codes(read(fixed))


def test_plain_html_is_noted() -> None:
    page = broken("- Porphyria.", "- H<sub>2</sub>O<br>x < 5 and y > 3 <5 mg>")
    assert only(page, "html-in-text").message.endswith("(<br>, <sub>)")


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "page.md"
    os.mkfifo(pipe)
    with pytest.raises(DataError, match="pipe or a device"):
        read(pipe)
