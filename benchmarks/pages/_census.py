"""Counts of the census that the generated pages reproduce.

Counts of headings and of FAQ entries are turned into counts of pages (a page has 12
sections and 9.56 FAQ entries); the test of the generator counts both back.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _table(**counts: int) -> Mapping[str, int]:
    return MappingProxyType(counts)


PAGES = {"A": 4259, "B0": 3640, "B1": 6447}

# Each table below is one choice: a page gets one value of it or none.
A = {
    # 10: 2,368 and 9: 1,847; 13 others; the pages without entries have 10 in the body.
    "faqs": _table(nine=1847, other=13),
    # 31 pages have no entry; on 3 the section is missing, on 28 the import saw none.
    "entries": _table(section_missing=3, not_imported=28),
    "question_form": _table(plain=116, dotted=5, other=2),
    "answer_form": _table(plain=49, outside=38, word=3),
    # 17 pages with one question left without an answer; one page without any answer.
    "unanswered": _table(one=17, all=1),
    "numbering": _table(gap=2, duplicate=1, start=1),
    "false_marker": _table(ratio=1),
    # Long paragraphs are cut at 297 characters; "cut" within a bold span.
    "description": _table(cut=226, bold_long=508, bold=182, long=2400, empty=2),
    "description_bullets": _table(one=735, several=658),
    "alternates": _table(prose=1137, labelled=1000, nested=1205),
    "headings": _table(plain=89, mixed=206),
    "colon_heading": _table(inside=100, outside=100),
    # On the two pages without description the text stands on the line of Usage.
    "heading_text": _table(body_empty=136, body_follows=72),
    "see_above": _table(yes=249),
    "extra_h1": _table(yes=26),
    "unknown_heading": _table(yes=32),
    "whole": _table(two_monographs=2, dosage_twice=1, stub=1),
    "popular_combinations": _table(missing=24),
    "precautions": _table(missing=7),
    "withdrawn": _table(withdrawn=20, banned=13, discontinued=20),
    "self_date": _table(yes=136),
    "source_marker": _table(yes=12),
    "leak": _table(yes=3),
    "html": _table(tags=107),
    "pipe_table": _table(yes=2),
    "url": _table(yes=1),
    "pregnancy": _table(one=1119, several=37),
}

B0 = {
    "generic": _table(differs=2015),
    "combination": _table(not_standard=764, hypothetical=256, refusal=145),
    "faq_section": _table(missing=125, unrecognisable=103),
    "layout": _table(own_line=924, per_ingredient=358),
    # Pages by the form of their questions, from 12,275 / 6,102 / 53 / 36 lines.
    "question_form": _table(labelled=1206, unmarked=10, next_line=7),
    "placeholder": _table(yes=12),
    "name": _table(overlong=9, trunc=12),
}

B1 = {
    # From 27,244 / 2,659 / 762 / 662 / 278 lines.
    "question_form": _table(line=542, next_line=155, unlabelled=135, loose=57),
    "pregnancy": _table(one=1213, several=14),
    "layout": _table(inline=110, mixed=83),
    "bracket_name": _table(yes=45),
    "name": _table(overlong=15, trunc=20),
}
