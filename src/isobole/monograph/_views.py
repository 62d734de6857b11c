"""Views that a web application mounts: a page, its source, search, and ask.

Each returns a whole document in the look of the site and needs no script. Links lead to
the site that `build` wrote, so that the application serves that folder and answers
search and ask beside its ``index.html`` (or elsewhere, with `root`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from markupsafe import Markup

from isobole.monograph._case import Case
from isobole.monograph._case_findings import CaseFindings
from isobole.monograph._index_search import SearchResult
from isobole.monograph._page import Monograph
from isobole.monograph._site_page import environment, show_page
from isobole.results import (
    NOTE_LABELS,
    Block,
    Heading,
    Methods,
    Note,
    OptionError,
    Table,
    Text,
    check_choice,
)


class _Field(NamedTuple):
    name: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()


_FIELDS = (
    _Field("about", "Drug asked about"),
    _Field("sex", "Sex", (("female", "female"), ("male", "male"))),
    _Field("age", "Age (years)"),
    _Field(
        "pregnancy",
        "Pregnancy",
        (
            ("none", "neither pregnant nor planning to be"),
            ("planning", "planning to be, not pregnant"),
            ("pregnant", "pregnant"),
            ("lactating", "breastfeeding"),
        ),
    ),
    _Field("weight_kg", "Body weight (kg)"),
    _Field("drugs", "Other drugs, with semicolons between; “none” says there is none"),
    _Field("conditions", "Conditions present, with semicolons between"),
    _Field("without", "Conditions absent, with semicolons between"),
    _Field("indication", "Indication"),
    _Field("jurisdiction", "Country whose rules count (UK, US, FR, MX)"),
    _Field(
        "current_use",
        "Use",
        (("new", "to be begun"), ("current", "taken already")),
    ),
)


def page_html(page: Monograph, slug: str) -> str:
    """Return the view of a page, to be served as ``pages/SLUG.html``.

    What other pages say against it stands only in the site that `build` writes.

    Parameters
    ----------
    page : Monograph
        As `with_findings` returns it, or a page of a collection.
    slug : str
        The page's name in the site.
    """
    return show_page(page, slug).page


def source_html(page: Monograph, slug: str) -> str:
    """Return the source of a page line by line, served as ``source/SLUG.html``."""
    return show_page(page, slug).source


def search_html(
    query: str = "",
    found: SearchResult | None = None,
    *,
    problem: str = "",
    action: str = "",
    root: str = "",
) -> str:
    """Return the view of a search; its form sends the words as ``q``.

    Parameters
    ----------
    query : str
        What is asked, shown in the form.
    found : SearchResult, optional
        What `search` returned.
    problem : str
        The sentence of an error, if there was one.
    action : str
        Where the form leads; to the view itself by default.
    root : str
        What leads from the view to the folder of the site, such as
        ``"/monographs/"``.

    Examples
    --------
    >>> "That is no finding" in search_html("x", SearchResult("x", (), "query"))
    True
    """
    return _document(
        "search", root, title="Search", query=query, found=found, problem=problem,
        action=action,
    )  # fmt: skip


def ask_html(
    found: CaseFindings | None = None,
    form: Mapping[str, str] | None = None,
    *,
    problem: str = "",
    action: str = "",
    root: str = "",
) -> str:
    """Return the view of a case and of what pages say about it.

    Parameters
    ----------
    found : CaseFindings, optional
        What `ask` returned.
    form : mapping, optional
        What was sent, shown in the form again; `case_of` reads it.
    problem, action, root : str
        As in `search_html`.

    Examples
    --------
    >>> from isobole.monograph import ask, record
    >>> sent = {"conditions": "liver disease"}
    >>> html = ask_html(ask(record(), case_of(sent)), sent)
    >>> "Contraindicated: Liver disease, sources conflict" in html
    True
    """
    answer = Markup("").join(map(_block, found.blocks())) if found else None
    return _document(
        "ask", root, title="Ask", fields=_FIELDS, form=form or {}, problem=problem,
        answer=answer, action=action,
    )  # fmt: skip


def case_of(form: Mapping[str, str]) -> Case:
    """Return the case that the form of `ask_html` sends; what is empty is not known.

    Raises
    ------
    OptionError
        For a field the form does not have, or a value that cannot be.

    Examples
    --------
    >>> case = case_of({"age": "24", "drugs": "carbamazepine; aspirin", "sex": ""})
    >>> case.age, case.drugs, case.sex
    (24.0, ('carbamazepine', 'aspirin'), None)
    >>> case_of({"drugs": "none"}).drugs
    ()
    """
    names = [field.name for field in _FIELDS]
    given: dict[str, object] = {}
    for name, text in form.items():
        check_choice("field", name, names)
        words = text.strip()
        if not words:
            continue
        if name in ("age", "weight_kg"):
            given[name] = _number(name, words)
        elif name in ("drugs", "conditions", "without"):
            listed = tuple(one.strip() for one in words.split(";") if one.strip())
            if listed:
                given[name] = () if words.casefold() == "none" else listed
        else:
            given[name] = words
    # Case itself refuses what is of no use.
    return Case(**given)  # type: ignore[arg-type]


def _number(name: str, words: str) -> float:
    try:
        return float(words)
    except ValueError:
        msg = f"{name} is {words!r}; give a number with a point, such as 62.5"
        raise OptionError(msg) from None


def _document(view: str, root: str, **values: object) -> str:
    return environment().get_template(f"{view}.html.jinja").render(root=root, **values)


def _block(block: Block) -> Markup:
    """Return a block as HTML; its words are escaped."""
    match block:
        case Heading(text=text):
            return Markup("<h3>{}</h3>\n").format(text)
        case Note(text=text, severity=severity):
            label = NOTE_LABELS[severity]
            return Markup('<p class="note {}"><strong>{}</strong> {}</p>\n').format(
                severity, label, text
            )
        case Table():
            # Escapes its cells itself.
            return Markup(block.to_html() + "\n")
        case Text(text=text) | Methods(text=text):
            return Markup("<p>{}</p>\n").format(text)
    msg = f"An answer holds no {type(block).__name__}"
    raise TypeError(msg)
