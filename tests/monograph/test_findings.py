"""Each defect of real pages, made in a clean page: found where it is, and mended."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from isobole.monograph import FINDINGS, read, repair, unfix
from isobole.results import DataError
from monograph_pages import PAGES, broken, codes, only, seed, text_of

USAGE = "- Examplamide is an invented drug against absence seizures."
DESCRIPTION = "description: Examplamide is an invented drug against absence seizures."

FRONT_NONE = "faq-none-in-front-matter"

# name: (what stood there, what stands there now, code, before, after)
MENDED = {
    "text on the heading line": (
        "## Contraindications\n- Porphyria.",
        "## **Contraindications** Porphyria only.",
        "heading-text-inline",
        "## **Contraindications** Porphyria only.",
        "## Contraindications\n\nPorphyria only.",
    ),
    "text after a colon": (
        "## Side Effects\n",
        "## Side Effects: they vary\n",
        "heading-text-inline",
        "## Side Effects: they vary",
        "## Side Effects\n\nthey vary",
    ),
    "colon": (
        "## Dosage\n",
        "## Dosage:\n",
        "heading-colon",
        "## Dosage:",
        "## Dosage",
    ),
    "no blank": ("## Dosage\n", "##Dosage\n", "heading-space", "##Dosage", "## Dosage"),
    "blank that is none": (
        "## Dosage\n",
        "##\u00a0Dosage\n",
        "heading-space",
        "##\u00a0Dosage",
        "## Dosage",
    ),
    "one bold heading": (
        "## Usage\n",
        "## **Usage**\n",
        "heading-style-mixed",
        "## **Usage**",
        "## Usage",
    ),
    "first level": (
        "## Precautions\n",
        "# Precautions\n",
        "heading-level",
        "# Precautions",
        "## Precautions",
    ),
    "bold text as a heading": (
        "## Contraindications\n- Porphyria.",
        "**Contraindications:** Porphyria.",
        "heading-in-bold",
        "**Contraindications:** Porphyria.",
        "## Contraindications\n\nPorphyria.",
    ),
    "open bold in a heading": (
        "### Adults:",
        "### **Adults",
        "heading-emphasis",
        "### **Adults",
        "### Adults",
    ),
    "open bold": (
        "- Porphyria.",
        "- **Porphyria: avoid.",
        "emphasis-unbalanced",
        "**Porphyria:",
        "Porphyria:",
    ),
    "bold closed twice": (
        "**Target:** It closes calcium channels.",
        "**Target:** It closes** calcium channels.",
        "emphasis-unbalanced",
        "closes**",
        "closes",
    ),
    "number twice": ("### Q2:", "### Q1:", "faq-numbering", "1", "2"),
    "number left out": ("### Q2:", "### Q3:", "faq-numbering", "3", "2"),
    "brands as lines": (
        "- Examplamidum\n- EXA-1",
        "**Brand Name:** Exavil, Exor\n",
        "alternate-names-prose",
        "**Brand Name:** Exavil, Exor",
        "- **Brand Name:** Exavil, Exor",
    ),
    "description cut": (
        DESCRIPTION,
        "description: Examplamide is an invented drug against absence seiz...",
        "description-truncated",
        "Examplamide is an invented drug against absence seiz...",
        "'Examplamide is an invented drug against absence seizures. "
        "Class: Anticonvulsant.'",
    ),
    "description bulleted": (
        DESCRIPTION,
        "description: '- Examplamide is new. - **Class:** Anticonvulsant.'",
        "description-bulleted",
        "'- Examplamide is new. - **Class:** Anticonvulsant.'",
        "'Examplamide is new. Class: Anticonvulsant.'",
    ),
    "description with marks": (
        DESCRIPTION,
        "description: 'It is **new'",
        "description-emphasis",
        "'It is **new'",
        "It is new",
    ),
    "description empty": (
        DESCRIPTION,
        "description: ''",
        "description-empty",
        "''",
        "'Examplamide is an invented drug against absence seizures. "
        "Class: Anticonvulsant.'",
    ),
}

# name: (what stood there, what stands there now, code, words of its quote)
NOTED = {
    "see above": (
        "- Porphyria.",
        "See the Precautions section above.",
        "section-see-above",
        "See the Precautions section above.",
    ),
    "empty section": (
        "- Porphyria.\n",
        "",
        "section-empty",
        "## Contraindications",
    ),
    "names in a sentence": (
        "- Examplamidum\n- EXA-1",
        "It is also known as Examplamidum and was once sold as EXA-1.",
        "alternate-names-prose",
        "It is also known as Examplamidum and was once sold as EXA-1.",
    ),
    "brands in the list": (
        "- EXA-1",
        "- **Brand Names:** Exavil",
        "brand-names-nested",
        "- **Brand Names:** Exavil",
    ),
    "brands below an item": (
        "- EXA-1",
        "- EXA-1\n    - Exavil",
        "brand-names-nested",
        "- Exavil",
    ),
    "date": (
        "- Porphyria.",
        "- Porphyria (as known on May 6, 2025).",
        "self-date",
        "May 6, 2025",
    ),
    "as of": ("- Porphyria.", "- Porphyria as of 2025.", "self-date", "as of 2025"),
    "citation": (
        "- Porphyria.",
        "- Porphyria (source [4]).",
        "citation-dangling",
        "source [4]",
    ),
    "citation pair": (
        "- Porphyria.",
        "- Porphyria [2, 5].",
        "citation-dangling",
        "[2, 5]",
    ),
    "citation after a word": (
        "- Porphyria.",
        "- Porphyria[7].",
        "citation-dangling",
        "[7]",
    ),
    "leak": (
        "- Porphyria.",
        "- Porphyria. As an AI I cannot give advice. Ask.",
        "assistant-leak",
        "As an AI I cannot give advice.",
    ),
    "withdrawn": (
        "- Porphyria.",
        "- Porphyria. It was withdrawn from the market in 1999.",
        "banned-in-body",
        "It was withdrawn from the market in 1999.",
    ),
    "banned": (
        "- Porphyria.",
        "- It is banned in several countries.",
        "banned-in-body",
        "It is banned in several countries.",
    ),
    "categories": (
        "- **Breastfeeding:**",
        "- **Pregnancy Category:** D in the third trimester.\n- **Breastfeeding:**",
        "pregnancy-categories",
        "Category:** C",
    ),
    "placeholder": (
        "- Porphyria.",
        "- [specific condition] only.",
        "placeholder",
        "[specific condition]",
    ),
    "unknown section": (
        "## Contraindications\n",
        "## Contraindications\n- None.\n\n## Storage\n",
        "heading-unknown",
        "## Storage",
    ),
    "title again": (
        "## Usage\n",
        "# Examplamide\n\n## Usage\n",
        "heading-title-repeated",
        "# Examplamide",
    ),
    "text first": (
        "## Usage\n",
        "This page is new.\n\n## Usage\n",
        "text-before-heading",
        "This page is new.",
    ),
    "section twice": (
        "## Contraindications\n",
        "## Contraindications\n- None.\n\n## Dosage\n",
        "section-repeated",
        "## Dosage",
    ),
    "question without answer": (
        "**A:** No, it does not.",
        "",
        "faq-unanswered",
        "Does food matter?",
    ),
    "body says otherwise": (
        "**A:** No, it does not.",
        "**A:** Yes, it does.",
        "faq-differs-from-body",
        "Does food matter?",
    ),
    "body asks otherwise": (
        "Q2: Does food matter?",
        "Q2: Does milk matter?",
        "faq-not-in-body",
        "Does food matter?",
    ),
}


@pytest.mark.parametrize("name", MENDED)
def test_a_defect_is_found_and_mended(name: str) -> None:
    old, new, code, before, after = MENDED[name]
    page = broken(old, new)
    finding = only(page, code)
    assert (finding.before, finding.after) == (before, after)
    assert finding.spans[0].quote == before
    done = repair(page)
    assert code not in codes(read(done.text))
    assert unfix(done.text, done.patches) == page.text
    # Everything outside the patches is untouched.
    rest = page.text
    for patch in reversed(done.patches):
        rest = (
            rest[: patch.start] + patch.after + rest[patch.start + len(patch.before) :]
        )
    assert rest == done.text


@pytest.mark.parametrize("name", NOTED)
def test_a_defect_without_a_repair_is_found(name: str) -> None:
    old, new, code, quote = NOTED[name]
    page = broken(old, new)
    finding = only(page, code)
    assert finding.after is None
    assert finding.spans[0].quote == quote
    assert finding.remedy
    assert finding.problem().row == finding.line


@pytest.mark.parametrize(
    "sentence",
    [
        "Treatment should not be discontinued in the first year.",
        "It may be withdrawn from patients in Europe gradually.",
        "The dose must be withdrawn slowly.",
        "It is not banned in India.",
        "Vitamin A: see the leaflet.",
        "Patients in category B of the Child-Pugh score.",
        "Give it in 2,000 mL [note](https://e.org).",
        "I can see no reason against it.",
        "If K < 3.5 and Na > 130, wait.",
    ],
)
def test_sentences_that_only_look_like_defects(sentence: str) -> None:
    page = broken("- Porphyria.", f"- {sentence}")
    assert page.findings == (), [f.code for f in page.findings]


def test_two_categories_far_from_pregnancy_are_none() -> None:
    page = broken(
        "Drowsiness, nausea, hiccups.", "Category A hiccups, category B nausea."
    )
    assert "pregnancy-categories" not in codes(page)


@pytest.mark.parametrize("flag", ["true", "yes"])
def test_a_ban_that_is_flagged_is_no_finding(flag: str) -> None:
    text = text_of("a_clean.md").replace("is_banned: false", f"is_banned: {flag}")
    page = read(text.replace("- Porphyria.", "- It is banned in India."))
    assert page.findings == ()


@pytest.mark.parametrize(
    "name", ["Usage", "Popular Combinations", "Precautions", "FAQs"]
)
def test_missing_sections(name: str) -> None:
    text = text_of("a_clean.md")
    begin = text.index(f"## {name}\n")
    end = text.find("\n## ", begin + 1)
    page = read(text[:begin] + (text[end + 1 :] if end > 0 else ""))
    finding = only(page, "section-missing")
    assert name in finding.message
    assert finding.spans == ()


def without_entries() -> str:
    text = text_of("a_clean.md")
    begin = text.index("faqs:\n")
    return text[:begin] + text[text.index("---\n", begin) :]


@pytest.mark.parametrize("field", ["", "faqs: []\n", "faqs:\n"])
def test_questions_that_were_not_imported_at_all(field: str) -> None:
    """The census has 31 such pages of 4,259: one finding, not one for each question."""
    head, _, body = without_entries().partition("---\n## Usage")
    finding = only(read(f"{head}{field}---\n## Usage{body}"), FRONT_NONE)
    assert finding.severity == "notice"
    assert "the body 2 from here" in finding.message
    assert finding.spans[0].quote == "How is it taken?"


def test_without_questions_in_the_body_there_is_nothing_to_import() -> None:
    text = without_entries()
    page = read(text[: text.index("## FAQs")])
    assert codes(page) == {"section-missing"}


def test_kinds_that_keep_no_questions_in_front_need_not_import_them() -> None:
    for name in ("b0_clean.md", "b1_clean.md"):
        page = read(text_of(name))
        assert any(faq.place == "body" for faq in page.faqs)
        assert FRONT_NONE not in codes(page)


def test_front_matter_that_could_not_be_read_is_not_blamed_twice() -> None:
    text = without_entries().replace("title: Examplamide\n", "title: 'Examplamide\n")
    page = read(text)
    assert "front-matter-unreadable" in codes(page)
    assert FRONT_NONE not in codes(page)


@pytest.mark.parametrize("name", ["b0_clean.md", "b1_clean.md"])
@pytest.mark.parametrize(
    ("title", "generic", "differs"),
    [
        ("Paracetamol", "[paracetamol]", False),
        ("[paracetamol]", "Paracetamol", False),
        ("Paracetamol", "Acetaminophen [paracetamol]", False),
        ("Acetaminophen", "Acetaminophen [paracetamol]", False),
        ("Paracetamol + Caffeine", "Acetaminophen [paracetamol] + Caffeine", False),
        ("Paracetamol", "- Paracetamol", False),
        ("Ibuprofen", "Acetaminophen [paracetamol]", True),
        ("Paracetamol", "Acetaminophen [paracetamol] + Caffeine", True),
        ("Valproate", "Valproate [sodium]", True),
        ("Paracetamol", "[Drug Name]", True),
    ],
)
def test_a_name_in_brackets_stands_beside_the_other(
    name: str, title: str, generic: str, differs: bool
) -> None:
    text = text_of(name)
    old = read(text).title
    own = next(s for s in read(text).sections if s.name == "Generic Name")
    given = own.inline or own.blocks[0].text
    text = text.replace(f"title: {old}", f"title: {title}")
    before, _, after = text.rpartition(
        f"**Generic Name:** {given}" if own.inline else f"Generic Name\n{given}"
    )
    mark = "**Generic Name:** " if own.inline else "Generic Name\n"
    page = read(before + mark + generic + after)
    assert page.title in (title, title.strip("[]"))
    assert ("generic-name-differs" in codes(page)) is differs


def test_two_monographs_in_one_file() -> None:
    text = text_of("a_clean.md")
    body = text[text.index("## Usage") :]
    page = read(text + "\n" + body.replace("xamplamide", "xamplazole"))
    finding = only(page, "two-monographs")
    assert [span.quote for span in finding.spans] == ["## Usage", "## Usage"]
    assert "12 sections" in finding.message
    assert page.extra["parts"] == ((12, 59), (60, len(page.text.split("\n"))))


def test_a_stub() -> None:
    page = read(
        "---\ntitle: X\n---\n## Usage\n(No details available)\n## Dosage\n- ?\n"
    )
    assert only(page, "page-stub").spans[0].quote == "No details available"


def test_all_headings_bold_is_one_style() -> None:
    text = text_of("a_clean.md")
    for line in text.split("\n"):
        if line.startswith("## "):
            text = text.replace(line + "\n", f"## **{line[3:]}**\n", 1)
    assert read(text).findings == ()


def test_a_truncated_description_of_other_words_keeps_its_sentences() -> None:
    page = broken(DESCRIPTION, "description: 'First one. Second one is cu...'")
    assert only(page, "description-truncated").after == "First one."
    page = broken(DESCRIPTION, "description: 'Nothing whole is he...'")
    assert only(page, "description-truncated").after is None


def test_generic_name_of_another_substance() -> None:
    page = broken("Name:** Examplamide + Im", "Name:** Examplazole + Im", "b0_clean.md")
    assert "Examplazole + Imaginol" in only(page, "generic-name-differs").message
    page = broken(
        "Name:** Examplamide + Imaginol",
        "Name:** Imaginol and Examplamide",
        "b0_clean.md",
    )
    assert page.findings == ()


@pytest.mark.parametrize(
    "words",
    [
        "This is a hypothetical mixture.",
        "It is not a standard combination.",
        "It is not a recognized drug.",
    ],
)
def test_combinations_nobody_knows(words: str) -> None:
    page = broken("A doctor decides the dose.", words, "b0_clean.md")
    finding = only(page, "combination-not-recognised")
    assert finding.confidence == "hint"
    assert finding.spans[0].quote == words


def test_unknown_structure_keeps_its_text() -> None:
    page = read("# Notes\n\nSome words.\n\n## Other\n\n- more\n")
    assert page.kind == "unknown"
    assert only(page, "structure-unknown").line == 1
    assert [b.text for s in page.sections for b in s.blocks] == ["Some words.", "more"]


def test_the_guide_of_page_breaks() -> None:
    page = read(PAGES / "guide.txt")
    one, two, three = page.extra["tables"]
    assert [[c.text for c in row.cells] for row in one.rows][1] == [
        "Kindled rats", "Imaginol", "ED50: 20 mg/kg", "Fewer seizures.", "[1]",
    ]  # fmt: skip
    assert [row.state for row in one.rows] == ["as printed", "shifted", "as printed"]
    joined = two.rows[1]
    assert joined.state == "joined"
    assert joined.cells[2].pieces == (
        (35, "The rate was higher in the second group"),
        (37, "(70% vs. 40%). It lasted a year."),
    )
    assert (three.number, three.header) == (3, ("Score", "Sign"))
    done = repair(page)
    again = read(done.text, name="guide.txt")
    assert again.findings == ()
    assert [
        [cell.text for cell in row.cells]
        for t in again.extra["tables"]
        for row in t.rows
    ] == [
        [cell.text for cell in row.cells]
        for t in page.extra["tables"]
        for row in t.rows
    ]
    protocol = next(s for s in again.sections if s.title == "Kindling Model")
    assert [b.depth for b in protocol.blocks] == [0, 0, 1, 1, 1, 0]


def test_a_dangling_citation_of_a_guide() -> None:
    page = broken("spikes.[2]", "spikes.[2][9]", "guide.txt")
    assert only(page, "citation-dangling").spans[0].quote == "[9]"


def test_pipe_tables() -> None:
    table = "| a | b | c |\n|---|:-:|---|\n| x \\| y | 1 mg | [1]\n| 2 mg | [2] |\n"
    page = broken("- Porphyria.", "- Porphyria.\n\n" + table)
    block = next(b for s in page.sections for b in s.blocks if b.kind == "table")
    assert block.rows[1] == ("x \\| y", "1 mg", "[1]")
    assert page.extra["tables"][0].rows[1].cells[0].text == "x \\| y"
    assert only(page, "table-row-shifted").after == "| x \\| y | 2 mg | [2] |"


def test_rows_that_cannot_be_put_right() -> None:
    table = (
        "| a | b | c |\n|---|---|---|\n| x | y | z |\n| u | v |\n| 1 | 2 | 3 | 4 |\n"
    )
    page = broken("- Porphyria.", "- Porphyria.\n\n" + table)
    assert only(page, "table-row-short").after is None
    assert only(page, "table-row-long").after is None
    cells = page.extra["tables"][0].rows[2].cells
    assert [cell.text for cell in cells] == ["1", "2", "3", "4"]


def test_seed_repairs_are_whole_and_reversible() -> None:
    for number, left in (
        ("000", {"brand-names-nested"}),
        ("001", set()),
        ("002", set()),
    ):
        page = read(seed(number))
        done = repair(page)
        assert done.left == ()
        assert unfix(done.text, done.patches) == page.text
        assert codes(read(done.text, name=page.file)) == left


def test_seed_defects() -> None:
    page = read(seed("000"))
    found = [finding.code for finding in page.findings]
    assert found.count("faq-answer-in-question") == 10
    assert {"description-truncated", "description-bulleted"} <= set(found)
    assert read(seed("001")).findings == ()
    found = [finding.code for finding in read(seed("002")).findings]
    assert found.count("table-row-shifted") == 5
    assert found.count("table-row-split") == 1


def test_undoing_on_another_text_is_refused() -> None:
    page = broken("## Dosage\n", "## Dosage:\n")
    done = repair(page)
    sha256 = done.to_dict()["repaired_sha256"]
    assert unfix(done.text, done.patches, sha256=sha256) == page.text
    with pytest.raises(DataError, match="is not the one"):
        unfix(page.text, done.patches, sha256=sha256)
    with pytest.raises(DataError, match="line 23 does not stand"):
        unfix(done.text.replace("## Dosage", "## Dose"), done.patches)


def test_overlapping_repairs_leave_the_narrower_one() -> None:
    page = broken("## Dosage\n", "## Dosage: [a](javascript:x)\n")
    done = repair(page)
    assert [finding.code for finding in done.left] == ["link-unsafe"]
    assert codes(read(repair(read(done.text)).text)) == set()


def test_every_finding_of_the_registry_is_worded() -> None:
    for code, kind in FINDINGS.items():
        assert code == code.lower()
        assert kind.sentence[0].isupper() or kind.sentence.startswith("{"), code
        assert not kind.sentence.endswith("."), code
        assert kind.remedy.endswith("."), code


def test_the_page_of_findings_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "findings.md"
    rows = [
        f"| `{code}` | {kind.severity}{', hint' * (kind.confidence == 'hint')} "
        f"| {kind.sentence}. {kind.remedy} |".replace("!r", "")
        .replace("{", "*")
        .replace("}", "*")
        for code, kind in FINDINGS.items()
    ]
    head = page.read_text("utf-8").partition("| code |")[0]
    made = head + "\n".join(["| code | severity | said |", "|---|---|---|", *rows, ""])
    if os.environ.get("UPDATE_GOLDEN"):
        page.write_text(made, encoding="utf-8")
    assert page.read_text("utf-8") == made


def test_sections_that_html_or_a_list_would_hide() -> None:
    for old, new in (
        ("## Contraindications", "<div>\n## Contraindications"),
        ("\n\n## Contraindications", "\n- So far\n  ## Contraindications"),
    ):
        page = broken(old, new)
        assert "Contraindications" in {section.name for section in page.sections}
        assert "section-missing" not in codes(page)


def test_underlined_headings_are_headings() -> None:
    page = broken("## Dosage\n", "Dosage\n------\n")
    assert page.findings == ()
    assert "Dosage" in {section.name for section in page.sections}
