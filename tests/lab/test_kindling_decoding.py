"""Codes of test sessions put into words: all at once, signed, seen by nobody blind."""

from __future__ import annotations

import json
from dataclasses import asdict
from html import unescape
from typing import Any

import pytest

from isobole.lab.models import AccessRow
from isobole.lab.record import entries_of, seen_head, study_of, verify_study
from isobole.studies import Study, holding
from lab.conftest import Lab
from lab.test_once import key_of
from lab_pages import page, post, rechained
from lab_records import entries_until

KIN = "KIN-MG"
DECODE = f"/studies/{KIN}/kindling/decode"
CODES = {"drug": "QX", "vehicle": "PB"}
PEOPLE = {
    "dora": "designer",
    "ben": "scorer",
    "phil": "pharmacist",
    "deb": "designer+scorer",
}


def coded(codes: dict[str, str] = CODES, *, signed: bool = True) -> list[Any]:
    """Return the bundled study as it is scored blind, before anybody decodes."""
    rows = []
    for entry in entries_until("analysis.lock", "kindling-magnesium"):
        row = asdict(entry)
        word = entry.data.get("condition")
        if word in codes:
            row["data"] = {**entry.data, "condition": codes[word]}
        if entry.action in ("session.add", "amend"):
            row["actor"] = "ben"
            row["data"] = {
                k: "ben" if k == "observer" else v for k, v in row["data"].items()
            }
        if entry.action != "score.complete":
            rows.append(row)
    animals = {r["obj"] for r in rows if r["action"] == "animal.add"}
    for number, animal in enumerate(sorted(animals) if signed else ()):
        said = {"animal_id": animal, "observer": "ben", "signed": "scoring complete"}
        rows.append(
            {
                **rows[-1],
                "id": f"signed-{animal}",
                "actor": "ben",
                "device": "web-ben",
                "device_seq": 9000 + number,
                "action": "score.complete",
                "obj": animal,
                "data": said,
                "supersedes": None,
                "reason": None,
            }
        )
    return rechained(rows)


def conditions(study: Study) -> list[tuple[str, int, str | None]]:
    held, problems = holding(study.sessions, file="sessions.csv", chained=True)
    assert not problems
    return sorted(
        (s.animal_id, s.number, s.condition) for s in held if s.phase == "test"
    )


def form(client: Any, lab: Lab, **words: str) -> dict[str, Any]:
    return {
        "code": [*words],
        "word": [*words.values()],
        "signature_password": lab.passwords["dora"],
        "form_key": key_of(page(client, DECODE), "<main"),
    }


def test_all_codes_are_decoded_by_one_signature(either_lab: Lab) -> None:
    lab = either_lab
    lab.stored(coded(), **PEOPLE)
    before = conditions(study_of(KIN))
    assert {condition for *_, condition in before} == {"QX", "PB"}
    dora = lab.client("dora")
    assert DECODE in page(dora, f"/studies/{KIN}/kindling")
    html = page(dora, DECODE)
    assert "<code>QX</code>" in html
    assert "<code>PB</code>" in html
    count = len(entries_of(KIN))
    good = form(dora, lab, QX="drug", PB="vehicle")
    for change, said in (
        ({"word": ["drug", ""]}, "What code PB stands for was not said"),
        ({"word": ["drug", "placebo"]}, "What code PB stands for was not said"),
        ({"code": ["QX", "ZZ"]}, "What code PB stands for was not said"),
        ({"signature_password": "wrong"}, "password of the signature is not yours"),
        ({"signature_password": ""}, "password was not entered"),
    ):
        assert said in unescape(post(dora, DECODE, good | change, 422)), change
    assert len(entries_of(KIN)) == count
    for _ in range(2):  # sent twice, it is stored once
        post(dora, DECODE, good, 302)
    words = {code: word for word, code in CODES.items()}
    decoded = [(a, n, words[str(c)]) for a, n, c in before]
    assert conditions(study_of(KIN)) == decoded
    assert len(entries_of(KIN)) == count + len(before)
    (row,) = AccessRow.objects.filter(what="conditions.decoded")
    assert json.loads(row.data) == {
        "signed": "conditions decoded",
        "sessions": len(before),
    }
    last = entries_of(KIN)[-1]
    assert last.reason == (
        "Conditions decoded, signed by dora: PB is vehicle, QX is drug"
    )
    assert verify_study(KIN).state == "intact"
    assert "No test session has a code" in page(dora, DECODE)
    nothing = {"signature_password": lab.passwords["dora"]}
    assert "No test session has a code" in post(dora, DECODE, nothing, 422)


def test_what_the_analysis_says_is_that_of_the_words(lab: Lab) -> None:
    from isobole.analysis import analyze_study
    from isobole.studies import study_from_record

    lab.stored(coded(), **PEOPLE)
    dora = lab.client("dora")
    post(dora, DECODE, form(dora, lab, QX="drug", PB="vehicle"), 302)
    found = analyze_study(study_of(KIN)).to_dict()["analyses"]
    plain = study_from_record(coded({}))
    assert found == analyze_study(plain).to_dict()["analyses"]


def test_it_waits_for_the_signatures_of_the_scorers(lab: Lab) -> None:
    lab.stored(coded(signed=False), **PEOPLE)
    dora = lab.client("dora")
    html = page(dora, DECODE)
    assert "Not signed as complete: " in html
    assert "signature_password" not in html
    sent = form(dora, lab, QX="drug", PB="vehicle")
    assert "Not signed as complete: " in post(dora, DECODE, sent, 422)
    assert {c for *_, c in conditions(study_of(KIN))} == {"QX", "PB"}


def test_after_the_lock_nothing_is_decoded(lab: Lab) -> None:
    lab.study("kindling-magnesium", dora="designer")
    sent = {"signature_password": lab.passwords["dora"]}
    html = post(lab.client("dora"), DECODE, sent, 422)
    assert "The analysis is locked" in html


@pytest.mark.parametrize("name", ["ben", "phil", "deb"])
def test_nobody_else_and_nobody_blind_decodes(lab: Lab, name: str) -> None:
    lab.stored(coded(), **PEOPLE)
    client = lab.client(name)
    assert client.get(DECODE).status_code == 403
    assert client.post(DECODE, {"code": ["QX"], "word": ["drug"]}).status_code == 403
    opened = client.get(f"/studies/{KIN}/kindling")
    assert "Decode the conditions" not in opened.text


def test_the_blinded_read_the_same_whatever_the_codes_stand_for(lab: Lab) -> None:
    """The hash at the foot of their pages included."""
    from isobole.lab.record import _seen

    whole = {}
    for meant in ({"QX": "drug", "PB": "vehicle"}, {"QX": "vehicle", "PB": "drug"}):
        rows: list[Any] = [asdict(entry) for entry in coded()]
        held = [
            row
            for row in rows
            if row["action"] == "session.add" and row["data"].get("condition") in meant
        ]
        for number, row in enumerate(held):
            word = meant[row["data"]["condition"]]
            rows.append(
                {
                    **row,
                    "id": f"decoded-{number}",
                    "actor": "dora",
                    "device": "web-dora",
                    "device_seq": 100 + number,
                    "action": "amend",
                    "data": {**row["data"], "condition": word},
                    "supersedes": row["id"],
                    "reason": f"QX is {meant['QX']}",
                }
            )
        entries = rechained(rows)
        whole[meant["QX"]] = (seen_head(entries), _seen.seen_by_blinded(entries))
    assert whole["drug"] == whole["vehicle"]
    assert '"drug"' not in json.dumps(whole["drug"][1][-30:])
