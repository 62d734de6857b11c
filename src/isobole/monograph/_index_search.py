"""Search the sections of a collection, best match first."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from isobole.monograph._collection_open import open_index
from isobole.results import Block, Note, OptionError, Problem, Result, Table

MOST = 10_000
_WORD = re.compile(r"[^\W_]+")
_OPERATORS = ("AND", "OR", "NOT", "NEAR")
_OPEN, _CLOSE = "\x02", "\x03"
_SQL = """
SELECT p.title, p.file, p.slug, f.section, f.line, f.words, f.score
FROM (
  SELECT s.page AS page, s.title AS section, s.line AS line, m.words AS words,
    m.score AS score
  FROM (
    SELECT rowid AS id, rank AS score,
      snippet(section_fts, 2, '\x02', '\x03', ' … ', 24) AS words
    FROM section_fts WHERE section_fts MATCH ? ORDER BY rank LIMIT ?
  ) AS m JOIN section AS s ON s.id = m.id
) AS f JOIN page AS p ON p.id = f.page
ORDER BY f.score, p.file, f.line
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that matches.

    Parameters
    ----------
    drug, file : str
        The page.
    section : str
        Its heading.
    line : int
        Where it begins in the file.
    snippet : str
        Words around the match.
    score : float
        BM25 with headings and the drug's name weighted; more is better.
    slug : str
        Name of the page in the site.
    """

    drug: str
    file: str
    section: str
    line: int
    snippet: str
    score: float
    slug: str

    def to_dict(self) -> dict[str, Any]:
        """Return the hit as it stands in JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, repr=False)
class SearchResult(Result):
    """Sections that match a query, best first.

    Parameters
    ----------
    query : str
        As it was asked.
    hits : tuple of Hit
        At most as many as were asked for.
    read_as : {"query", "words"}
        Whether the query was an expression of SQLite's FTS5, or was read as plain
        words that all must stand in a section.
    problems : tuple of Problem
        Why it was read as words.
    """

    query: str
    hits: tuple[Hit, ...]
    read_as: Literal["query", "words"]
    problems: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return f"SearchResult({self.query!r}, {len(self.hits)} hits)"

    def blocks(self) -> tuple[Block, ...]:
        """Return the hits as a table."""
        notes: list[Block] = [Note(str(p), p.severity) for p in self.problems]
        if not self.hits:
            return (
                Note(f"No section matches {self.query!r}. That is no finding."),
                *notes,
            )
        rows = tuple(
            (hit.drug, hit.section, f"{hit.file}:{hit.line}", hit.snippet)
            for hit in self.hits
        )
        table = Table(
            f"Sections that match {self.query!r}, best first (BM25)",
            ("drug", "section", "file:line", "words"),
            rows,
        )
        return (table, *notes)

    def to_dict(self) -> dict[str, Any]:
        """Return the hits as they stand in JSON."""
        return {
            "query": self.query,
            "read_as": self.read_as,
            "hits": [hit.to_dict() for hit in self.hits],
        }


def search(database: Path | str, query: str, limit: int = 20) -> SearchResult:
    """Search the sections of a built collection.

    Parameters
    ----------
    database : path
        The folder that `build` wrote, or the ``index.db`` in it.
    query : str
        Words, or an expression of SQLite's FTS5: ``"liver disease"``, ``liver OR
        renal``, ``hepat*``, ``drug:valproate AND alcohol``. Words are stemmed. What
        is no valid expression is read as plain words, and the result says so.
    limit : int
        Most hits wanted.

    Raises
    ------
    DataError
        If there is no index.
    OptionError
        If the query holds no word, or `limit` is not from 1 to 10,000.
    """
    if not 1 <= limit <= MOST:
        msg = f"limit is {limit}; give a number from 1 to {MOST:,}"
        raise OptionError(msg)
    words = _WORD.findall(query)
    if not words:
        msg = f"The query {query!r} holds no word to search for; give one or more"
        raise OptionError(msg)
    with open_index(Path(database)) as db:
        try:
            return SearchResult(query, _hits(db, query, limit), "query")
        except sqlite3.OperationalError as error:
            if not _is_of_query(error):
                raise
            reason = str(error).removeprefix("fts5: ")
        words = [word for word in words if word not in _OPERATORS] or words
        plain = " ".join(f'"{word}"' for word in words)
        problem = Problem(
            "query-read-as-words",
            f"The query is no valid expression ({reason}) and was read as plain words "
            f"({', '.join(words)}), which all must stand in a section",
            "notice",
            given=query,
            remedy='Put phrases and words with marks in quotation marks: "mg/kg".',
        )
        return SearchResult(query, _hits(db, plain, limit), "words", (problem,))


def _is_of_query(error: sqlite3.OperationalError) -> bool:
    text = str(error)
    return text.startswith(("fts5:", "no such column", "unknown special query")) or (
        "unterminated string" in text or "malformed MATCH" in text
    )


def _hits(db: sqlite3.Connection, query: str, limit: int) -> tuple[Hit, ...]:
    return tuple(
        Hit(drug, file, section, line, _clean(words), -score, slug)
        for drug, file, slug, section, line, words, score in db.execute(
            _SQL, (query, limit)
        )
    )


def _clean(words: str) -> str:
    """Mark matches with brackets, and keep the snippet on one line."""
    text = " ".join(words.replace("*", "").split())
    return text.replace(_OPEN, "[").replace(_CLOSE, "]")
