"""Words from pages as HTML: escaped, or rendered and then sanitised; never trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from isobole.monograph._collection_files import slug_of
from isobole.monograph._statement import Scope, Statement, Value
from isobole.results import format_number

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_PLAIN = re.compile(r"[^*_`\[\]<>&\\#|~\n\r]*")
_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "code", "a", "sub", "sup"}
_SCHEMES = {"http", "https", "mailto"}
_LONGEST = 20_000
_MARKS = re.compile(r"\*\*|__|`")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_JSON_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def prose(text: str) -> Markup:
    """Return some Markdown of a page as HTML that can do nothing.

    Raw HTML is shown as the characters it is, links lead only to the web, and what
    is left goes through a sanitiser.

    Examples
    --------
    >>> print(prose("**Stop** <b>x</b> [a](javascript:x)"))
    <p><strong>Stop</strong> &lt;b&gt;x&lt;/b&gt; [a](javascript:x)</p>
    """
    if not text.isprintable():
        text = _CONTROLS.sub("\ufffd", text)
    if _PLAIN.fullmatch(text) or len(text) > _LONGEST:
        return Markup(f"<p>{html(text)}</p>")
    import nh3

    clean = nh3.clean(
        _parser().render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    # Sanitised on the line above, from a renderer that passes no HTML.
    return Markup(clean.rstrip("\n"))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    parser.disable(["image", "html_block", "html_inline", "heading", "lheading"])
    return parser


def html(text: str) -> str:
    r"""Return text as it may stand in HTML and in its attributes.

    Examples
    --------
    >>> from markupsafe import escape
    >>> html("<a b='&' c=\"d\">") == str(escape("<a b='&' c=\"d\">"))
    True
    """
    # What `markupsafe.escape` gives; five looks for a character take less time than
    # making its type and a string of it again.
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "'" in text:
        text = text.replace("'", "&#39;")
    if '"' in text:
        text = text.replace('"', "&#34;")
    return text


def said(text: str, longest: int = 400) -> str:
    """Return a quote on one line, its emphasis marks left out, cut where too long."""
    one_line = text.isprintable()
    # Most of what is long is cut: its end need not be read.
    head = text[: longest + longest // 4]
    words = _unmarked(head if one_line else _one_line(head))
    if len(words) < longest + 2 and len(head) < len(text):
        words = _unmarked(text if one_line else _one_line(text))
    if len(words) <= longest:
        return words
    return words[: longest - 1].rsplit(" ", 1)[0] + " …"


def _one_line(text: str) -> str:
    text = text.replace("\n", " ")
    if not text.isprintable():
        text = _CONTROLS.sub("\ufffd", text)
    return " ".join(text.split())


def _unmarked(text: str) -> str:
    if "_" in text:
        return _MARKS.sub("", text)
    return text.replace("**", "").replace("`", "")


def brief(message: str, longest: int = 170) -> str:
    """Return a sentence with its full stop, cut where it is too long.

    Examples
    --------
    >>> brief("Named twice"), brief("Named twice and again", 12)
    ('Named twice.', 'Named …')
    """
    words = said(message, longest)
    return words if words.endswith(("…", ".", "?")) else f"{words}."


def value_words(statement: Statement) -> str:
    """Return the value of a statement with its unit, as it is read.

    Ranges have an en dash; a number is never rounded.
    """
    return words_of_value(statement.value, statement.unit)


def words_of_value(value: Value, unit: str | None) -> str:
    """Return a value with its unit, as `value_words` does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        words = "yes" if value else "no"
    elif isinstance(value, tuple):
        words = "–".join(_number(item) for item in value)
    else:
        words = _number(value)
    return f"{words} {unit}" if unit else words


def _number(value: float | int | str) -> str:
    if isinstance(value, str):
        return said(value, 160)
    return format_number(value, 6) if isinstance(value, float) else str(value)


_SCOPE_WORDS = {
    "component": "component",
    "salt": "as",
    "route": "route",
    "formulation": "form",
    "population": "in",
    "indication": "for",
    "phase": "phase",
    "jurisdiction": "in the law of",
    "condition": "when",
}


def scope_words(statement: Statement) -> str:
    """Return what a statement applies to, empty where the page does not say."""
    words = words_of_scope(statement.scope)
    details = statement.details
    if "page_subject" in details and "source" not in details:
        # Of another substance than the page: it stood behind it in the same file.
        return "; ".join(filter(None, (f"of {details['page_subject']}", words)))
    return words


@lru_cache(maxsize=4096)
def words_of_scope(scope: Scope) -> str:
    """Return a scope as it is read; many statements have the same."""
    return "; ".join(
        f"{word} {value}"
        for name, word in _SCOPE_WORDS.items()
        if (value := getattr(scope, name))
    )


def letter_of(words: str) -> str:
    """Return the letter under which words are listed, ``0`` for what begins with none.

    Examples
    --------
    >>> letter_of("Ethosuximide"), letter_of("5-fluorouracil")
    ('e', '0')
    """
    first = slug_of(words)[0]
    return first if first.isalpha() else "0"


def json_for_script(value: Mapping[str, Any]) -> Markup:
    r"""Return JSON that may stand in a script element: it cannot end the element.

    Examples
    --------
    >>> print(json_for_script({"a": "</script>"}))
    {"a": "\u003c/script\u003e"}
    """
    text = _ENCODE(value)
    for sign, escaped in _JSON_ESCAPES.items():
        text = text.replace(sign, escaped)
    return Markup(text)
