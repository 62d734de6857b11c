"""Rules left out because their marks are not on a page change nothing."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from isobole.monograph import _elements
from isobole.monograph._elements_plain import plain_elements

LINES = st.lists(
    st.text("-*_=>|`~#+1. ab\t:)\u00a0", max_size=12)
    | st.sampled_from(
        ["---", "***", "===", "> a", "- a", "  ---", "a | b", "--- | ---", "```"]
    ),
    max_size=12,
)


@settings(max_examples=400, deadline=None)
@given(LINES)
def test_a_parser_without_unused_rules_finds_the_same(lines: list[str]) -> None:
    text = "\n".join(lines)
    fast = _elements._parser(_elements._unused(text, lines)).parse(text)
    every = _elements._parser(()).parse(text)
    assert [t.as_dict() for t in fast] == [t.as_dict() for t in every]


def test_a_plain_page_tries_few_rules() -> None:
    lines = ["## **Usage**", "- **A:** b", "", "1. c"]
    unused = _elements._unused("\n".join(lines), lines)
    assert unused == ("table", "fence", "blockquote", "hr", "lheading")


PLAIN = st.lists(
    st.just("")
    | st.builds(
        "".join,
        st.tuples(
            st.integers(0, 7).map(lambda n: " " * n),
            st.sampled_from(
                ["", "- ", "* ", "1. ", "2. ", "10) ", "-   ", "# ", "## "]
            ),
            st.sampled_from(
                ["foo", "bar **b**", "**Lead:** x", "- x", "x  ", "\u00a0x"]
            ),
        ),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=600, deadline=None)
@given(PLAIN)
def test_a_plain_page_is_read_as_the_markdown_reader_reads_it(lines: list[str]) -> None:
    text = "\n".join(lines)
    plain = plain_elements(lines, text, 7)
    if plain is not None:
        assert plain == _elements._marked(lines, text, lines, 7)


def test_what_is_no_plain_page_is_left_to_the_markdown_reader() -> None:
    for line in ("> a", "---", "- - a", "a\tb", "a | b", "```", "-", "# a #", "   1."):
        assert plain_elements([line], line, 1) is None, line


def test_a_page_of_lists_is_plain() -> None:
    lines = ["## **Usage**", "- **A:** b", "  more", "  - c", "", "1. d", "e"]
    found = plain_elements(lines, "\n".join(lines), 1)
    assert found is not None
    assert [(e.kind, e.text, e.depth) for e in found] == [
        ("heading", "**Usage**", 0),
        ("item", "**A:** b\nmore", 0),
        ("item", "c", 1),
        ("item", "d\ne", 0),
    ]
