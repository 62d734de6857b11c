"""The quick tools for programs: the object that the command prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from isobole.cli import main
from isobole.datasets import path as dataset
from isobole.results import schema

CASES: list[tuple[str, str, str, dict[str, Any], list[str]]] = [
    (
        "ed50", "ed50", "mice8", {"effects": [16, 50, 84], "unit": "mg/kg"},
        ["--effect", "16,50,84", "--unit", "mg/kg"],
    ),
    (
        "potency", "potency", "rotenone", {"standard": "deguelin", "level": 0.9},
        ["--standard", "deguelin", "--level", "0.9"],
    ),
    (
        "interaction", "synergy", "valproate-magnesium-2x2",
        {"endpoint": "protected"}, ["--endpoint", "protected"],
    ),
    (
        "audit", "audit", "luszczki-2020", {"margin": [0.7, 1.4]},
        ["--margin", "0.7", "1.4"],
    ),
]  # fmt: skip


def call(client: Any, tool: str, status: int = 200, **sent: Any) -> dict[str, Any]:
    response = client.post(
        f"/api/tools/{tool}", json.dumps(sent), content_type="application/json"
    )
    assert response.status_code == status, response.content.decode()[:2000]
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize(("tool", "command", "name", "options", "flags"), CASES)
def test_the_answer_is_that_of_the_command(
    lab: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tool: str,
    command: str,
    name: str,
    options: dict[str, Any],
    flags: list[str],
) -> None:
    text = dataset(name).read_text("utf-8")
    told = call(lab.client("ana"), tool, table=text, **options)
    jsonschema.validate(told, schema(command))
    monkeypatch.chdir(tmp_path)
    Path("table.csv").write_text(text, "utf-8")
    assert main([command, "table.csv", *flags, "--json"]) in (0, 3)
    printed = json.loads(capsys.readouterr().out)
    ours, theirs = told.pop("command"), printed.pop("command")
    assert told == printed
    # The same words, if in another order.
    assert sorted(ours.split()) == sorted(theirs.split())


def test_a_token_is_enough(lab: Any) -> None:
    from datetime import timedelta

    from isobole.lab import _clock
    from isobole.lab.accounts.tokens import digest_of
    from isobole.lab.models import DeviceToken

    secret = "isobole_" + "a" * 43
    DeviceToken.objects.create(
        user=lab.person("ana"),
        label="laptop",
        digest=digest_of(secret),
        expires=_clock.moment() + timedelta(days=1),
    )
    told = lab.client().post(
        "/api/tools/ed50",
        json.dumps({"table": dataset("mice8").read_text("utf-8")}),
        content_type="application/json",
        headers={"authorization": f"Bearer {secret}"},
    )
    assert told.status_code == 200


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, "request-invalid"),
        ({"table": "dose,n,affected\n5,8,9\n"}, "affected-exceeds-n"),
        ({"table": "x", "link": "cauchy"}, "request-invalid"),
        ({"table": "x", "effects": [50] * 21}, "request-invalid"),
        ({"table": "x", "draws": 10**9}, "request-invalid"),
        ({"table": "x" * (2**21 + 1)}, "request-invalid"),
        ({"table": ""}, "no-table"),
        ({"table": "dose,n\n1,2\n", "name": "a.exe"}, "not-a-table"),
    ],
)
def test_what_does_not_fit_is_refused(lab: Any, sent: Any, code: str) -> None:
    body = call(lab.client("ana"), "ed50", 422, **sent)
    assert body["schema"] == "isobole/error/1"
    assert code in [problem["code"] for problem in body["problems"]]
    assert all(problem["remedy"] for problem in body["problems"])


def test_an_option_that_cannot_be_is_a_sentence(lab: Any) -> None:
    text = dataset("mice8").read_text("utf-8")
    body = call(lab.client("ana"), "ed50", 422, table=text, level=2)
    assert "level" in body["remedy"]


def test_the_document_has_an_example_of_every_table(lab: Any) -> None:
    from isobole.lab.api import api

    found = api.get_openapi_schema()["components"]["schemas"]
    names = {"ed50": "Ed50Sent", "potency": "PotencySent"}
    for tool, name in (*names.items(), ("interaction", "InteractionSent")):
        table = found[name]["properties"]["table"]["examples"][0]
        more = {"by": "drug"} if tool == "potency" else {}
        call(lab.client("ana"), tool, table=table, **more)
