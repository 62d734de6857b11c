"""Every defect that reading a page can find: its code, sentence and remedy."""

from __future__ import annotations

from typing import Literal, NamedTuple

from isobole.monograph._finding import Finding, make_finding
from isobole.monograph._span import Span
from isobole.results import Severity


class FindingKind(NamedTuple):
    """What is said of one kind of defect.

    `sentence` may hold fields in braces, filled in for each place. Hints are checks
    whose precision was not measured on real pages, or is known to be below 0.8.
    """

    severity: Severity
    sentence: str
    remedy: str
    confidence: Literal["finding", "hint"] = "finding"


K = FindingKind

FINDINGS: dict[str, FindingKind] = {
    # The file
    "page-binary": K(
        "error", "The file is not text: {reason}", "Save the page as UTF-8 text."
    ),
    "page-empty": K("error", "The page is empty", "Write it, or remove the file."),
    "page-too-long": K(
        "warning",
        "The page is {size} characters long or nested past all use, "
        "so it was read line by line",
        "Split it, or check how it was made; nested marks were not followed.",
    ),
    "invalid-utf8": K(
        "error",
        "{count} byte(s) are not UTF-8; U+FFFD stands for them",
        "Save the page as UTF-8; the bytes are kept as they are until then.",
    ),
    "control-characters": K(
        "warning",
        "The text holds a control character ({char})",
        "Remove it; it shows that the text was damaged on its way.",
    ),
    "structure-unknown": K(
        "warning",
        "The page has none of the known structures",
        "Head its sections as the other pages do; its text was kept as it stands.",
    ),
    # Front matter
    "front-matter-missing": K(
        "warning",
        "The page has no front matter",
        "Begin it with --- title: … ---; the title was taken from elsewhere.",
    ),
    "front-matter-unclosed": K(
        "error",
        "The front matter never ends: no second --- line",
        "Add the closing ---; its lines were read as text.",
    ),
    "front-matter-not-first": K(
        "notice",
        "Blank lines stand before the front matter",
        "Remove them: most readers would take the front matter for text.",
    ),
    "front-matter-too-long": K(
        "error",
        "The front matter is {size} characters long and was not read",
        "Front matter holds a few fields; check how the page was made.",
    ),
    "front-matter-unreadable": K(
        "error",
        "The front matter is not YAML from here: {reason}",
        "Quote the text or mend the indentation; plain fields were kept.",
    ),
    "front-matter-not-keys": K(
        "error", "The front matter holds no fields", "Write key: value lines."
    ),
    "front-matter-key": K(
        "warning", "A key of the front matter is not a word", "Use plain words as keys."
    ),
    "yaml-duplicate-key": K(
        "error",
        "The key {key!r} stands twice; the last one counts",
        "Remove one of the two.",
    ),
    "yaml-alias": K(
        "error",
        "{key} repeats another part by an alias, which is not followed",
        "Write the values out.",
    ),
    "yaml-too-deep": K(
        "error", "{key} is nested too deep and was not read", "Flatten it."
    ),
    "yaml-tag": K(
        "error",
        "The tag {tag} asks for more than text; nothing was executed",
        "Remove the tag; the value was kept as plain text.",
    ),
    "description-truncated": K(
        "warning",
        "The description is cut in the middle of a sentence",
        "Use whole sentences of the page, as shown.",
    ),
    "description-bulleted": K(
        "warning",
        "The description is a list run together",
        "Write it as sentences, as shown.",
    ),
    "description-emphasis": K(
        "notice",
        "The description holds Markdown marks",
        "Descriptions are plain text; use the one shown.",
    ),
    "description-empty": K(
        "warning", "The description is empty", "Use the page's first sentence."
    ),
    # Questions and answers
    "faq-answer-in-question": K(
        "error",
        "The question swallowed its answer",
        "Use the repaired pair; question and answer are shown apart.",
    ),
    "faq-answer-marker": K(
        "warning",
        "The answer begins with its marker",
        "Use the repaired pair.",
    ),
    "faq-question-marks": K(
        "warning",
        "The question keeps its number or stray marks",
        "Use the repaired pair.",
    ),
    "faq-two-answers": K(
        "error",
        "The question holds words that its answer lacks",
        "Write question and answer anew: neither place has all of it.",
    ),
    "faq-question-empty": K(
        "error", "An answer has no question", "Write the question, or remove both."
    ),
    "faq-answer-empty": K(
        "error",
        "The question has no answer in its field",
        "Take the answer from the page's own section, or write it.",
    ),
    "faq-not-in-body": K(
        "warning",
        "The body does not ask this question",
        "Check which of the two is outdated.",
    ),
    "faq-differs-from-body": K(
        "error",
        "The repaired answer is not the one the body gives",
        "Compare the two places; neither was changed to fit.",
    ),
    "faq-not-in-front-matter": K(
        "notice",
        "The front matter lacks this question of the body",
        "Import the questions again.",
    ),
    "faq-none-in-front-matter": K(
        "notice",
        "The front matter has no questions, the body {count} from here",
        "Import the questions: most pages of this kind repeat them there, and the "
        "import skips those whose headings it does not know.",
    ),
    "faq-numbering": K(
        "warning",
        "Question {given} is number {expected} in the page",
        "Renumber, or bring back the question that was lost.",
    ),
    "faq-unanswered": K(
        "warning", "The body leaves this question without an answer", "Answer it."
    ),
    "faq-none": K(
        "warning",
        "The section of questions holds none that can be recognised",
        "Write questions that end with a question mark, one per item.",
    ),
    # Headings and sections
    "heading-text-inline": K(
        "warning",
        "Text stands on the line of the heading {title!r}",
        "Put the text below the heading.",
    ),
    "heading-colon": K(
        "notice", "The heading {title!r} ends with a colon", "Remove the colon."
    ),
    "heading-space": K(
        "warning",
        "No blank divides the marks of the heading {title!r} from its words",
        "Put one there: without it Markdown sees plain text.",
    ),
    "heading-level": K(
        "notice",
        "The heading {title!r} has not the level of its kind",
        "Give it the level of the other sections.",
    ),
    "heading-style-mixed": K(
        "notice",
        "Headings are bold here and plain elsewhere in the page",
        "Write all of them plain.",
    ),
    "heading-in-bold": K(
        "warning",
        "The section {title!r} is headed by bold text",
        "Use a heading, as the page's other sections do.",
    ),
    "heading-emphasis": K(
        "warning", "The bold of the heading is not closed", "Remove the stray marks."
    ),
    "heading-unknown": K(
        "notice",
        "{title!r} is none of the known sections",
        "Use a standard name if it is one of them; the text was kept.",
    ),
    "heading-title-repeated": K(
        "notice",
        "A first-level heading repeats the title",
        "Remove it if the site prints the title itself.",
    ),
    "text-before-heading": K(
        "notice",
        "Text stands before the first heading",
        "Put it under a heading; it was kept.",
    ),
    "section-missing": K(
        "warning",
        "The page has no section {title!r}",
        "Write it, or say that nothing is known: what is absent is not stated.",
    ),
    "section-empty": K(
        "warning", "The section {title!r} is empty", "Fill it, or remove the heading."
    ),
    "section-see-above": K(
        "warning",
        "The section {title!r} only points to another one",
        "State it here: a reader of one section sees nothing.",
    ),
    "section-repeated": K(
        "warning", "The section {title!r} stands twice", "Merge the two."
    ),
    "two-monographs": K(
        "error",
        "The page holds two monographs: {count} sections begin again here",
        "Give each substance its own page; which one is meant is unknown.",
    ),
    "page-stub": K(
        "error", "The page is a stub without content", "Write it, or withdraw it."
    ),
    "alternate-names-prose": K(
        "warning",
        "The alternate names are no list",
        "List them, one per item; names in sentences are not read as names.",
    ),
    "brand-names-nested": K(
        "notice",
        "Brand names stand inside the list of alternate names",
        "Keep brands in a list of their own: a brand names a product, "
        "often of another salt.",
    ),
    # Words
    "emphasis-unbalanced": K(
        "notice", "Bold is opened and not closed", "Remove the stray marks."
    ),
    "generic-name-differs": K(
        "warning",
        "The generic name is {given!r}, the title {title!r}",
        "Check that the page is about the substance it is named after.",
    ),
    "combination-not-recognised": K(
        "warning",
        "The page doubts that this product exists",
        "Verify the combination before anything on this page is used.",
        "hint",
    ),
    "assistant-leak": K(
        "error",
        "A writing program speaks of itself here",
        "Remove the sentence and verify the whole page.",
        "hint",
    ),
    "self-date": K(
        "notice",
        "The text dates itself {date}; lastModified says {modified}",
        "lastModified may be the time of an import; give the date of the last review.",
        "hint",
    ),
    "citation-dangling": K(
        "warning",
        "{mark} points to no entry of a reference list",
        "Add the source, or remove the mark: it looks like evidence.",
    ),
    "banned-in-body": K(
        "error",
        "The body speaks of a ban or withdrawal; is_banned is {flag}",
        "Verify the status, with its country and date, and set is_banned.",
        "hint",
    ),
    "pregnancy-categories": K(
        "warning",
        "The page names several pregnancy categories: {given}",
        "Say which system, trimester or component each one is for.",
    ),
    "placeholder": K(
        "warning", "{mark} looks like a blank left to fill in", "Fill it in.", "hint"
    ),
    "html-in-text": K(
        "notice", "The text holds HTML ({tags})", "Use Markdown; tags are not rendered."
    ),
    "script-in-text": K(
        "error",
        "The text holds active HTML ({tags}), which is never rendered",
        "Remove it, and find out how it came here.",
    ),
    "link-unsafe": K(
        "error",
        "A link runs {scheme} instead of opening a page; it is never rendered",
        "Remove the link; its words are kept.",
    ),
    # Tables and page breaks
    "table-row-shifted": K(
        "warning",
        "The row lost its merged first cell, so its cells stand one column too far "
        "to the left",
        "Repeat the merged cell, as shown.",
    ),
    "table-row-short": K(
        "warning",
        "The row has {given} cells, the table {expected}",
        "Complete the row; which cell is missing is not certain.",
    ),
    "table-row-long": K(
        "warning",
        "The row has {given} cells, the table {expected}",
        "Check for a divider inside a cell; nothing was cut off.",
    ),
    "table-row-split": K(
        "warning",
        "A page break cut this row in two; the rest stands as a table of its own, "
        "with data as its header",
        "Join the two, as shown.",
    ),
    "table-fragment": K(
        "warning",
        "This looks like the rest of the table above",
        "Join them; which cells belong together is not certain.",
    ),
    "paragraph-split": K(
        "notice", "A page break cuts this sentence", "Join the two parts."
    ),
    "list-level-lost": K(
        "notice",
        "After a page break the item stands one level too high",
        "Indent it under the item it belongs to.",
    ),
}


def found(
    code: str,
    *spans: Span,
    file: str = "",
    before: str | None = None,
    after: str | None = None,
    **words: object,
) -> Finding:
    """Return a finding of the registry; `after` replaces exactly its first span."""
    kind = FINDINGS[code]
    if after is not None and before is None:
        before = spans[0].quote
    return make_finding(
        code,
        kind.severity,
        kind.sentence.format(**words) if words else kind.sentence,
        spans,
        spans[0].file if spans else file,
        kind.remedy,
        before,
        after,
        (),
        kind.confidence,
    )
