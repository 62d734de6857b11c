"""The bundled record: every row has its place, and no word of the seeds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from isobole.monograph import KINDS, Scope, record
from isobole.monograph._record import FILE, read_record, record_file
from isobole.results import DataError, OptionError
from monograph_ask_cases import SEEDS, SHARED, from_facts

TEXT = record_file().read_text("utf-8")


def test_every_row_is_own_wording_and_found() -> None:
    rows = record()
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert row.kind in KINDS
        assert row.details["wording"] == "own"
        assert row.span.quote in TEXT
        if row.span.file == FILE:
            assert TEXT[row.span.start : row.span.end] == row.span.quote
            assert row.span.quote in TEXT.splitlines()[row.span.line - 1]


def test_policies_and_countries() -> None:
    assert {row.policy for row in record(sources=("000", "001"))} == {"ai-generated"}
    assert {row.policy for row in record(sources=("002",))} == {"research-only"}
    places = {
        "plm-mexico": "MX",
        "us-label": "US",
        "mhra-2024": "UK",
        "ansm-2020-10": "FR",
        "lactmed-lm403": None,
    }
    for key, place in places.items():
        rows = record(sources=(key,))
        assert {row.scope.jurisdiction for row in rows} == {place}
        assert {row.policy for row in rows} == {"clinical"}


def test_lines_and_hashes_are_those_of_the_seeds() -> None:
    from hashlib import sha256

    from_facts()  # skips, or fails under CI, where the seeds are not there
    digests = {
        path.name: sha256(path.read_bytes()).hexdigest() for path in SEEDS.iterdir()
    }
    counts = {p.name: len(p.read_text("utf-8").splitlines()) for p in SEEDS.iterdir()}
    for row in record(sources=("000", "001", "002")):
        assert row.span.page_sha256 == digests[row.span.file]
        assert row.span.line <= counts[row.span.file]


def test_values_are_those_of_the_facts() -> None:
    """Each row of the record has a fact of the same kind, line, value and unit."""

    def plain(value: object) -> object:
        return tuple(map(float, value)) if isinstance(value, tuple) else value

    facts = {
        (one.span.file, one.span.line, one.kind, plain(one.value), one.unit)
        for one in from_facts()
        if not isinstance(one.value, str)
    }
    for row in record(sources=("000", "001")):
        if isinstance(row.value, str) or row.value is None:
            continue
        key = (row.span.file, row.span.line, row.kind, plain(row.value), row.unit)
        assert key in facts, row


def test_no_sentence_of_the_seeds_is_shipped() -> None:
    from_facts()

    def words(text: str) -> list[str]:
        return re.sub(r"[^a-z0-9 ]", "", text.lower()).split()

    said = {
        " ".join(words(line)[i : i + 7])
        for path in SEEDS.iterdir()
        for line in path.read_text("utf-8").splitlines()
        for i in range(len(words(line)) - 6)
    }
    package = Path(record_file()).parents[2]
    for file in package.rglob("*"):
        if file.suffix in (".toml", ".md", ".py") and file.is_file():
            own = words(file.read_text("utf-8"))
            shared = {" ".join(own[i : i + 7]) for i in range(len(own) - 6)} & said
            assert not shared, (file.name, sorted(shared)[:3])
    assert SHARED.name == "shared"


def test_unknown_source_is_named() -> None:
    with pytest.raises(OptionError, match="plm-mexico"):
        record(sources=("plm",))


_GOOD = """title = "T"
subject = "magnesium valproate"
[[source]]
key = "a"
name = "A"
policy = "clinical"
subject = "magnesium valproate"
statements = [
  { kind = "monitoring", value = "x", text = "Some words here." },
]
"""


def test_a_record_is_read() -> None:
    (row,) = read_record(_GOOD, "a.toml")["a"]
    assert (row.span.file, row.span.line, row.scope) == ("a.toml", 9, Scope())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "monitoring"', 'kind = "guess"', "no kind"),
        ('kind = "monitoring"', 'kind = "monitoring", line = 3', "a line needs a file"),
        ("Some words here.", "x", "at least 5"),
        ("Some words here.", "S\\u006fme words", "not found as written"),
        ('policy = "clinical"', 'policy = "true"', "policy"),
        ("[[source]]", "[[source", "not TOML"),
        ('key = "a"', 'key = "a"\nfile = "b.md"', "a line needs a file"),
    ],
)
def test_bad_records(old: str, new: str, told: str) -> None:
    assert old in _GOOD
    with pytest.raises(DataError) as caught:
        read_record(_GOOD.replace(old, new), "a.toml")
    assert told in str(caught.value)
    assert caught.value.problems[0].file == "a.toml"
