"""Lists of one kind in a page: what the shorter one drops."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from isobole.monograph._checks import data, finding, joined
from isobole.monograph._contradictions_interactions import classes_of
from isobole.monograph._contradictions_scope import conditions, narrowest, own_words
from isobole.monograph._contradictions_strength import NOT_FORBIDDEN
from isobole.monograph._contradictions_view import MOST, View, lines, role
from isobole.monograph._contradictions_words import plain
from isobole.monograph._drugs import partners_in
from isobole.monograph._finding import Finding
from isobole.monograph._statement import Statement

Item = tuple[frozenset[str], str, Statement]
"""Keys under which an item counts, its words, its statement."""

_TEST_TAIL = re.compile(
    r"\s*\b(?:tests?|levels?|counts?|monitoring|function|serum|plasma|blood|"
    r"concentrations?|values?|parameters?|profile|panel|regular(?:ly)?|periodic)\b"
)
_SERIOUS = ("rare_serious", "serious", "most_serious", "serious_less_common", "adr")
_ONLY_SOME = re.compile(r"\b(?:e\.g\.|such as|for example|among others|etc)\b")


def list_findings(view: View) -> Iterator[Finding]:
    """Yield every list of a page that drops items of a fuller one."""
    if not view.patients or view.components or len(view.parts) > 1:
        return
    yield from _monitoring(view)
    yield from _contraindications(view)
    yield from _serious(view)
    yield from _interactions(view)


def _lists(statements: Sequence[Statement]) -> dict[tuple[str, ...], list[Statement]]:
    """Return statements by the list they stand in: one section, or one question."""
    found: dict[tuple[str, ...], list[Statement]] = {}
    for said in statements:
        question = str(said.details.get("question", ""))
        found.setdefault((*said.section, question), []).append(said)
    return found


def _monitoring(view: View) -> Iterator[Finding]:
    named = [
        said
        for said in view.of("monitoring")
        if isinstance(said.value, str) and said.scope.population is None
    ]
    groups = _lists(named)
    # What general lists name; a body section counts if it names several tests.
    full: dict[str, Item] = {}
    for statements in groups.values():
        if len(statements) < 2:
            continue
        for said in statements:
            keys = _test_keys(str(said.value))
            if keys:
                full.setdefault(min(keys), (keys, str(said.value), said))
    for statements in groups.values():
        if len(statements) < 2:
            continue
        have = frozenset[str]().union(*(_test_keys(str(s.value)) for s in statements))
        dropped = [item for item in full.values() if not item[0] & have]
        if dropped and len(dropped) < len(full):
            yield _dropped("monitoring-lists-differ", "tests", statements, dropped)


@lru_cache(maxsize=4096)
def _test_keys(words: str) -> frozenset[str]:
    text = plain(re.sub(r"\([^()]*\)", " ", words)).replace("-", " ")
    for names, key in _tests():
        if names.search(text):
            return frozenset({key})
    bare = " ".join(_TEST_TAIL.sub(" ", f" {text} ").split())
    return frozenset({own_words(bare) or text})


@cache
def _tests() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = data("synonyms.toml")["test"]
    return tuple((re.compile(row["match"]), row["name"]) for row in rows)


def _contraindications(view: View) -> Iterator[Finding]:
    body: list[Item] = []
    groups: dict[tuple[str, ...], list[Statement]] = {}
    for said in view.of("contraindication"):
        if NOT_FORBIDDEN.search(said.span.quote) or not isinstance(said.value, str):
            continue
        where = role(said)
        if where == "body" and any("contraind" in s.lower() for s in said.section):
            for condition in conditions(said.value):
                keys = frozenset(condition.keys) | {own_words(condition.words)}
                body.append((keys, condition.words, said))
        elif where != "body":
            question = str(said.details.get("question", ""))
            listing = not question or "contraindicat" in question.lower()
            if listing:
                groups.setdefault((*said.section, question), []).append(said)
    if len(body) < 2:
        return
    for statements in groups.values():
        have: set[str] = set()
        for said in statements:
            for condition in conditions(str(said.value)):
                have |= narrowest(condition.keys) | {own_words(condition.words)}
        named = frozenset(have)
        kept: list[Item] = []
        dropped: list[Item] = []
        for item in body:
            (kept if _covered(item[0], named) else dropped).append(item)
        # An answer on one condition is no list of them.
        if dropped and kept and (len(kept) > 1 or len(statements) > 1):
            yield _dropped(
                "contraindication-lists-differ",
                "contraindications",
                statements,
                dropped,
            )


def _covered(keys: frozenset[str], have: frozenset[str]) -> bool:
    """Return whether a list names an item, or a wider or narrower term of it."""
    if keys & have or len(have) > MOST:
        return bool(keys & have)
    return any(
        mine <= theirs or theirs <= mine
        for mine in map(_words_of, keys)
        for theirs in map(_words_of, have)
        if mine and theirs
    )


@lru_cache(maxsize=16384)
def _words_of(key: str) -> frozenset[str]:
    return frozenset(key.split())


def _serious(view: View) -> Iterator[Finding]:
    lists: dict[tuple[str, ...], list[Statement]] = {}
    for said in view.of("adverse_effect"):
        kind = str(said.details.get("frequency_class", ""))
        if kind.startswith(_SERIOUS) and isinstance(said.value, str):
            question = str(said.details.get("question", ""))
            lists.setdefault((*said.section, question), []).append(said)
    if len(lists) < 2:
        return
    named = {name: [_effect(said) for said in group] for name, group in lists.items()}
    # A list of one is a remark; lists with nothing in common are about other things.
    groups = [name for name, items in named.items() if len(items) > 1]
    dropped: dict[tuple[str, ...], dict[str, Item]] = {}
    for name in groups:
        have = frozenset[str]().union(*(keys for keys, _, _ in named[name]))
        for other in groups:
            if other == name:
                continue
            missing = [item for item in named[other] if not _covered(item[0], have)]
            if len(missing) == len(named[other]):
                continue
            for item in missing:
                dropped.setdefault(name, {}).setdefault(item[1], item)
    if not dropped:
        return
    statements: list[Statement] = []
    told = []
    for name, items in dropped.items():
        told.append(f"{lines(lists[name])}: {joined(items, 8)}")
        statements += lists[name]
        statements += [said for _, _, said in items.values()]
    yield finding(
        "serious-effects-differ",
        f"Lists of serious effects drop what another one names: {'; '.join(told)}",
        statements,
    )


def _effect(said: Statement) -> Item:
    words = str(said.value)
    text = own_words(words)
    return (frozenset({text}) | broader(text), words, said)


@lru_cache(maxsize=4096)
def broader(term: str) -> frozenset[str]:
    """Return the broader terms and synonyms of an effect.

    Examples
    --------
    >>> "blood dyscrasia" in broader("thrombocytopenia")
    True
    """
    found: set[str] = set()
    for row in data("synonyms.toml")["broader"]:
        if term in row["narrow"] or term in row["broad"]:
            found.update(row["broad"])
    for row in data("synonyms.toml")["same"]:
        if term in row["names"]:
            found.update(row["names"])
    return frozenset(found)


def _interactions(view: View) -> Iterator[Finding]:
    body: list[Item] = []
    groups: dict[tuple[str, ...], list[Statement]] = {}
    for said in view.of("interaction"):
        if not isinstance(said.value, str) or said.value == "unspecified":
            continue
        if role(said) == "body":
            keys = partners_in(said.value)
            keys |= frozenset(c for key in keys for c in classes_of(key))
            if group := said.details.get("class"):
                keys |= partners_in(str(group))
            body.append((keys | {own_words(said.value)}, said.value, said))
        else:
            question = str(said.details.get("question", ""))
            groups.setdefault((*said.section, question), []).append(said)
    if len(body) < 2:
        return
    for statements in groups.values():
        if len(statements) < 2 or _ONLY_SOME.search(statements[0].span.quote.lower()):
            continue
        have: set[str] = set()
        for said in statements:
            have |= partners_in(str(said.value)) | {own_words(str(said.value))}
        named = frozenset(have)
        kept: list[Item] = []
        dropped: list[Item] = []
        for item in body:
            (kept if _covered(item[0], named) else dropped).append(item)
        if kept and dropped:
            yield _dropped("interaction-lists-differ", "agents", statements, dropped)


def _dropped(
    code: str, what: str, short: Sequence[Statement], dropped: Sequence[Item]
) -> Finding:
    names = joined((words for _, words, _ in dropped), 8)
    return finding(
        code,
        f"The list in {lines(short)} drops {what} named elsewhere in the page: {names}",
        [*short, *(said for _, _, said in dropped)],
    )
