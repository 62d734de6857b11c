"""The quick tools as pages: what is sent, what comes back, what is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import pytest

from isobole.datasets import path as dataset
from isobole.results import DataError
from lab_pages import inline, page, post

MICE = dataset("mice8").read_text("utf-8")
FACTORIAL = "A,B,n,affected\n0,0,20,2\n5,0,20,6\n0,5,20,5\n5,5,20,18\n"


def sent(client: Any, tool: str, data: dict[str, Any], status: int = 302) -> Any:
    response = client.post(f"/tools/{tool}", data)
    assert response.status_code == status, response.content.decode()[:3000]
    return response


def result(client: Any, tool: str, **data: Any) -> tuple[str, str]:
    """Send a table and return the address of its result, and the page."""
    address = sent(client, tool, data)["Location"]
    while True:
        response = client.get(address)
        if response.status_code != 202:
            break
    text = response.content.decode()
    assert response.status_code == 200, text[:3000]
    assert inline(text) == []
    return address, text


def upload(name: str, content: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content)


def workbook(rows: list[list[object]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_nobody_comes_in_without_a_log_in(lab: Any) -> None:
    lab.person("ana")
    for address in ("/tools/", "/tools/ed50", "/tools/results/x/", "/monographs/"):
        response = lab.client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/login")
    assert lab.client().post("/api/tools/ed50", {}).status_code == 401


def test_every_tool_is_listed_and_opens(lab: Any) -> None:
    client = lab.client("ana")
    text = page(client, "/tools/")
    for tool in ("ed50", "potency", "interaction", "audit"):
        assert f'href="/tools/{tool}"' in text
        assert "<textarea" in page(client, f"/tools/{tool}")
    page(client, "/tools/horoscope", 404)


def test_examples_fill_the_form_and_are_answered(lab: Any) -> None:
    from isobole.lab.tools._tool import example_options
    from isobole.lab.tools._tools import TOOLS

    client = lab.client("ana")
    for tool in TOOLS.values():
        for example in tool.examples:
            text = page(client, f"/tools/{tool.name}?example={example.name}")
            table = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", text, re.S)
            assert table is not None
            assert len(table[1]) > 200
            options = example_options(tool, example.name)
            _, shown = result(client, tool.name, table=_unescaped(table[1]), **options)
            assert "How this was made" in shown
    page(client, "/tools/ed50?example=../../secret-key", 404)


def _unescaped(text: str) -> str:
    from html import unescape

    return unescape(text)


def test_a_result_has_tables_figures_and_files(lab: Any) -> None:
    client = lab.client("ana")
    address, text = result(client, "ed50", table=MICE, effects="16, 50, 84")
    figures = re.findall(r'<img[^>]* src="([^"]+\.svg)"', text)
    assert figures
    for one in figures:
        response = client.get(one)
        assert response.status_code == 200
        assert response["Content-Type"] == "image/svg+xml"
        assert b"<svg" in response.content
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'none'" in policy
    assert client.get(f"{address}figure-99.svg").status_code == 404
    report = client.get(f"{address}report.html").content.decode()
    assert report.lower().startswith("<!doctype html>")
    assert "isobole ed50 table.csv --effect 16,50,84" in report
    header, *rows = client.get(f"{address}estimates.csv").content.decode().split()
    assert header.startswith("curve,endpoint,unit")
    assert len(rows) == 3
    assert client.get(f"{address}table").content.decode() == MICE


CASES: list[tuple[str, str, dict[str, str]]] = [
    ("ed50", "rotenone", {"effects": "16 50 84", "endpoint": "dead"}),
    ("ed50", "mice8", {"interval": "fieller", "level": "0.9", "method": "likelihood"}),
    ("ed50", "sas-optc", {"natural_response": "estimate", "convention": "sas"}),
    ("ed50", "mice8-separated", {"method": "firth", "independent": "yes"}),
    ("potency", "rotenone", {"standard": "deguelin", "standard_potency": "140"}),
    ("interaction", "rotenone-deguelin-1-4", {"margin": "0.8, 1.25", "seed": "7"}),
    ("interaction", "valproate-magnesium-2x2", {}),
    ("interaction", "rotenone-deguelin-1-1", {"drugs": "rotenone, deguelin"}),
    ("audit", "luszczki-2020", {"margin": "0.7 to 1.4"}),
]


@pytest.mark.parametrize(("tool", "name", "options"), CASES)
def test_the_numbers_are_those_of_the_command_line(
    lab: Any, tmp_path: Path, tool: str, name: str, options: dict[str, str]
) -> None:
    client = lab.client("ana")
    content = dataset(name).read_bytes()
    file = upload("counts of today.csv", content)
    address, _ = result(client, tool, file=file, **options)
    told = client.get(f"{address}answer.json")
    assert told["Content-Type"] == "application/json"
    shown = told.json()
    (tmp_path / "counts of today.csv").write_bytes(content)
    ran = _command(shown["command"], tmp_path)
    assert json.loads(ran) == shown
    # The estimates as CSV are those that the command writes, byte for byte.
    _command(shown["command"].replace("--json", "--out x.csv"), tmp_path)
    csv = client.get(f"{address}estimates.csv").content
    assert csv == (tmp_path / "x.csv").read_bytes()


def _command(line: str, folder: Path) -> str:
    import shlex

    name, *words = shlex.split(line)
    assert name == "isobole"
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from isobole.cli import main;"
         "sys.exit(main(sys.argv[1:]))", *words],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


def test_cells_pasted_from_a_spreadsheet_are_read(lab: Any) -> None:
    pasted = "dose (mg/kg)\tn\tprotected\r\n5\t8\t1\r\n10\t8\t4\r\n20\t8\t7"
    _, text = result(lab.client("ana"), "ed50", table=pasted)
    assert "protected" in text
    assert "mg/kg" in text


def test_a_workbook_gives_what_its_csv_gives(lab: Any) -> None:
    client = lab.client("ana")
    rows: list[list[object]] = [["dose", "n", "affected"], [5, 8, 1], [10, 8, 4]]
    rows.append([20, 8, 7])
    file = upload("mice.xlsx", workbook(rows))
    address, _ = result(client, "ed50", file=file)
    lines = "\n".join(",".join(map(str, row)) for row in rows)
    other, _ = result(client, "ed50", table=lines)
    one, two = (client.get(f"{a}answer.json").json() for a in (address, other))
    assert one["curves"] == two["curves"]
    assert one["data_sha256"] == two["data_sha256"]
    # It is kept while its result is, so that options may be changed.
    key = address.split("/")[-2]
    again = page(client, f"/tools/ed50?again={key}")
    assert f'name="kept" value="{key}"' in again
    changed, _ = result(client, "ed50", table="", kept=key, effects="50, 90")
    assert len(client.get(f"{changed}estimates.csv").content.split()) == 3


def test_the_sheet_of_a_workbook_is_chosen(lab: Any) -> None:
    from openpyxl import Workbook

    client = lab.client("ana")
    book, out = Workbook(), BytesIO()
    book.active.append(["What was done"])
    counts = book.create_sheet("Counts")
    rows = [["dose", "n", "affected"], [5, 8, 1], [10, 8, 4], [20, 8, 7]]
    for row in rows:
        counts.append(row)
    book.save(out)
    file = upload("mice.xlsx", out.getvalue())
    address, _ = result(client, "ed50", file=file, sheet="Counts")
    lines = "\n".join(",".join(map(str, row)) for row in rows)
    other, _ = result(client, "ed50", table=lines)
    one, two = (client.get(f"{a}answer.json").json() for a in (address, other))
    assert one["curves"] == two["curves"]


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        ("", {}, "There is no table"),
        ("dose,n,affected\n5,8,9\n10,8,x\n", {}, "row 3, column affected"),
        ("dose,n,affected\n5,8,1\n10,8,4\n", {"level": "2"}, "level"),
        ("dose,n,affected\n5,8,1\n", {"level": "1e999"}, "Confidence level is"),
        ("dose,n,affected\n5,8,1\n", {"effects": "50," * 30}, "at most 20"),
        ("dose,n,affected\n5,8,1\n", {"link": "cauchy"}, "probit or logit"),
        ("dose,n,affected\n5,8,1\n", {"seed": "-1"}, "whole number"),
        ("dose,n,affected\n5,8,1\n", {"by": "x" * 300}, "short text"),
        ("dose,n,affected\n5,8,1\n", {"by": "a\0b"}, "unprintable"),
        ("dose\0,n,affected\n5,8,1\n", {}, "no text file holds"),
        ("dose,n,affected\n1e999,8,1\n2,8,2\n", {}, "row 2"),
        ("dose,n,affected\n5,8," + "9" * 400 + "\n", {}, "row 2"),
        ("<script>alert(1)</script>,n\n1,2\n", {}, "There is no column"),
        ("a" + ",a" * 600 + "\n", {}, "and 500 cells"),
        ("dose,n,affected\n" + "5,8,1\n" * 20_001, {}, "at most 20000 rows"),
    ],
)
def test_what_is_wrong_is_said_and_the_input_kept(
    lab: Any, table: str, options: dict[str, str], said: str
) -> None:
    client = lab.client("ana")
    response = client.post("/tools/ed50", {"table": table, **options}, follow=True)
    while response.status_code == 202:
        response = client.get(response.request["PATH_INFO"])
    text = response.content.decode()
    assert response.status_code == 422, text[:2000]
    assert inline(text) == []
    assert said in _unescaped(text)
    problems = text[text.index('class="problems"') :]
    assert "<script>alert" not in problems
    kept = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", text, re.S)
    assert kept is not None
    assert _unescaped(kept[1])[:40].strip() == table[:40].strip()
    for name, value in options.items():
        if "\0" not in value and name != "link":
            assert f'value="{value}"' in text


def test_many_curves_are_left_to_the_command_line(lab: Any) -> None:
    rows = [f"c{i},{d},8,{d}" for i in range(61) for d in (1, 3, 6)]
    table = "\n".join(["curve,dose,n,affected", *rows])
    client = lab.client("ana")
    response = client.post("/tools/ed50", {"table": table}, follow=True)
    text = response.content.decode()
    assert response.status_code == 422
    assert "at most 60 curves" in text
    assert "isobole ed50 table.csv" in text


def test_options_of_another_design_are_named_by_their_labels(lab: Any) -> None:
    client = lab.client("ana")
    text = post(
        client, "/tools/interaction",
        {"table": FACTORIAL, "ladder": "A", "margin": "0.8, 1.25"}, 422,
    )  # fmt: skip
    told = "“Indices that would not matter”, “Drug whose doses were varied” cannot"
    assert told in _unescaped(text)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("mice.pdf", b"%PDF-1.4", "not kept in files of this kind"),
        ("mice.xlsx", b"PK\x03\x04 broken", "no whole workbook"),
        ("mice.csv", b"dose,n\xff\xfe\0\0", "neither UTF-8"),
        ("mice.csv", b"x" * (2 * 1024 * 1024 + 1), "at most 2 MB"),
        ("mice.xls", b"\xd0\xcf\x11\xe0", "not kept in files of this kind"),
    ],
)
def test_files_that_are_no_tables_are_refused(
    lab: Any, name: str, content: bytes, said: str
) -> None:
    data = {"file": upload(name, content)}
    assert said in post(lab.client("ana"), "/tools/ed50", data, 422)


def _patched(old: bytes, new: bytes) -> bytes:
    """Return a workbook with its sheet changed."""
    source = zipfile.ZipFile(BytesIO(workbook([["dose", "n", "affected"], [5, 8, 1]])))
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in source.infolist():
            content = source.read(info)
            if info.filename.endswith("sheet1.xml"):
                assert old in content
                content = content.replace(old, new)
            archive.writestr(info.filename, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"</sheetData>", b"</sheetData>" + b" " * 26_000_000, "unpacks to"),
        (b'r="C2"', b'r="XFD2"', "XFD2"),
        (b'<row r="2"', b'<row r="99999999"', "row 99999999"),
        (
            b"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
            "XFD1048576",
        ),
        (
            b"<worksheet",
            b'<!DOCTYPE x [<!ENTITY a "aa">]><worksheet',
            "declares XML entities",
        ),
    ],
)
def test_workbooks_made_to_unpack_are_refused(
    lab: Any, old: bytes, new: bytes, said: str
) -> None:
    data = {"file": upload("mice.xlsx", _patched(old, new))}
    assert said in post(lab.client("ana"), "/tools/ed50", data, 422)


def test_a_formula_is_no_number(lab: Any) -> None:
    rows: list[list[object]] = [["dose", "n", "affected"], ["=1+4", 8, 1], [9, 8, 3]]
    data = {"file": upload("mice.xlsx", workbook(rows))}
    text = post(lab.client("ana"), "/tools/ed50", data, 422)
    assert "row 2, column dose" in text


def test_names_of_curves_are_escaped(lab: Any) -> None:
    evil = '"<img src=x onerror=alert(1)>"'
    rows = [f"{evil},{d},8,{a}" for d, a in ((1, 1), (2, 4), (4, 7))]
    table = "\n".join(["curve,dose,n,affected", *rows])
    client = lab.client("ana")
    address = sent(client, "ed50", {"table": table})["Location"]
    while (response := client.get(address)).status_code == 202:
        pass
    text = response.content.decode()
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


def test_a_result_is_gone_after_a_while(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isobole.lab.tools import _runs

    client = lab.client("ana")
    address, text = result(client, "ed50", table=MICE, effects="41")
    picture = re.search(r'src="([^"]+\.svg)"', text)
    assert picture is not None
    monkeypatch.setattr(_runs.pool, "_keep_s", -1.0)
    assert "no longer kept" in page(client, address, 404)
    assert client.get(picture[1]).status_code == 404
    assert client.get(f"{address}answer.json").status_code == 404


def test_the_same_table_is_computed_once(lab: Any) -> None:
    from isobole.lab.tools import _runs

    client = lab.client("ana")
    one, _ = result(client, "ed50", table=MICE, effects="42")
    job = _runs.find(one.split("/")[-2])
    two, _ = result(client, "ed50", table=MICE.replace("\n", "\r\n"), effects="42.0")
    assert one == two
    assert _runs.find(two.split("/")[-2]).job is job.job  # type: ignore[union-attr]


def test_whoever_comes_when_too_much_waits_is_told(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isobole.lab.tools import _runs

    monkeypatch.setattr(_runs, "MOST_WAITING", 0)
    client = lab.client("ana")
    response = client.post("/tools/ed50", {"table": MICE, "effects": "43"})
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "in a minute" in response.content.decode()


def test_work_that_takes_longer_shows_how_far_it_is(lab: Any) -> None:
    from threading import Event

    from isobole.lab.tools import _runs

    client, go_on = lab.client("ana"), Event()
    held = [_runs.pool.ask(("held", n), go_on.wait, (None, None)) for n in range(2)]
    try:
        address = sent(client, "ed50", {"table": MICE, "effects": "44"})["Location"]
        waiting = page(client, address, 202)
        assert "this one waits" in waiting
        assert "<noscript>" in waiting
        part = page(client, f"{address}progress", 202)
        assert 'hx-trigger="every 1s"' in part
    finally:
        go_on.set()
    for one in held:
        one.future.result(10)
    while (response := client.get(address)).status_code == 202:
        pass
    assert response.status_code == 200
    assert client.get(f"{address}progress")["HX-Refresh"] == "true"


def test_choices_are_those_of_the_library() -> None:
    from isobole.combination import _analysis, _data, _summary_test, _verdict
    from isobole.doseresponse import LINKS, _options
    from isobole.lab.tools import _tools
    from isobole.tables import _combination_ratio

    assert get_args(_tools.Link) == tuple(LINKS)
    assert get_args(_tools.Method) == _options.METHODS
    assert get_args(_tools.Information) == _options.INFORMATION
    assert get_args(_tools.Heterogeneity) == _options.HETEROGENEITY
    assert get_args(_tools.Interval) == _options.INTERVALS
    assert get_args(_tools.Convention) == tuple(_options.CONVENTIONS)
    assert get_args(_tools.Variance) == _summary_test.VARIANCE_RULES
    assert get_args(_tools.Null) == _verdict.NULLS
    assert get_args(_tools.IndexInterval) == _analysis.INDEX_INTERVALS
    assert get_args(_tools.Design) == _data.DESIGNS
    assert get_args(_tools.RatioBy) == _combination_ratio.RATIO_BY


def test_every_option_of_an_answer_is_in_its_form() -> None:
    from inspect import signature

    from isobole.lab.tools._tools import TOOLS

    for tool in TOOLS.values():
        names = set(signature(tool.answer).parameters) - {"source", "progress"}
        offered = {option.name for option in tool.options}
        assert names - offered <= {"seed"}
        assert offered <= names
        for option in tool.options:
            given = signature(tool.answer).parameters[option.name].default
            default = option.value(option.default)
            assert default == (list(given) if option.kind == "effects" else given)


# Raised inside a finalizer it is swallowed, said on standard error, and raised again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_work_that_takes_too_long_is_stopped(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import random

    from isobole.lab.tools import _runs

    chance = random.Random(1)
    animals = [
        f"{chance.choice([1, 2, 4, 8])},{chance.randint(0, 1)},l{i % 700}"
        for i in range(15_000)
    ]
    monkeypatch.setattr(_runs, "MOST_S", 1.0)
    client = lab.client("ana")
    data = {"table": "\n".join(["dose,affected,litter", *animals])}
    response = client.post("/tools/ed50", data, follow=True)
    while response.status_code == 202:
        response = client.get(response.request["PATH_INFO"])
    assert response.status_code == 422
    assert "was stopped after 1 s" in response.content.decode()
    # The thread goes on with what is asked next.
    monkeypatch.undo()
    result(client, "ed50", table=MICE, effects="45")


@pytest.mark.parametrize("before", [b"", b"dose,n\n"])
def test_a_workbook_with_something_before_it_is_looked_at(before: bytes) -> None:
    from isobole.lab.tools._table import Table, checked
    from lab_workbooks import merged_to_the_end

    with pytest.raises(DataError, match="a cell at XFD1048576"):
        checked(Table("t.xlsx", before + merged_to_the_end()))
