"""The API's skeleton: who is let in, what each sees, how it refuses."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from isobole.results import schema

STUDY = "PTZ-VPA-MG"


@pytest.fixture
def study(lab: Any) -> Any:
    return lab.study(
        des="designer", pharm="pharmacist", sco="scorer", dos="dosing", ana="analyst"
    )


def refused(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    body = answer.json()
    jsonschema.validate(body, schema("error"))
    return dict(body)


def test_health_is_open_and_names_the_database(lab: Any) -> None:
    answer = lab.client().get("/api/health")
    assert answer.status_code == 200
    assert answer.json()["database"] == "sqlite"


def test_nobody_else_is_let_in(lab: Any, study: Any) -> None:
    for address in (
        "/api/studies",
        f"/api/studies/{study.study_id}",
        f"/api/studies/{study.study_id}/verify",
        f"/api/studies/{study.study_id}/record",
    ):
        assert "Log in" in refused(lab.client().get(address), 401)["remedy"]
        wrong = lab.client().get(address, HTTP_AUTHORIZATION="Bearer nonsense")
        refused(wrong, 401)


def test_a_locked_session_is_told_so(lab: Any, study: Any) -> None:
    client = lab.client("des")
    session = client.session
    session["locked"] = True
    session.save()
    assert "PIN" in refused(client.get("/api/studies"), 423)["remedy"]


def test_a_stranger_learns_nothing_of_a_study(lab: Any, study: Any) -> None:
    client = lab.client("stranger")
    assert client.get("/api/studies").json() == {"studies": []}
    real = refused(client.get(f"/api/studies/{study.study_id}"), 404)
    none = refused(client.get("/api/studies/NO-SUCH"), 404)
    assert real["message"] == none["message"]


def test_each_role_sees_the_study_and_the_blinded_no_true_head(
    lab: Any, study: Any
) -> None:
    from isobole.lab.record import entries_of
    from isobole.studies import head_hash

    true = head_hash(entries_of(study.study_id))
    for name in ("des", "pharm", "ana"):
        body = lab.client(name).get(f"/api/studies/{study.study_id}").json()
        assert body["head"] == true
    for name in ("sco", "dos"):
        body = lab.client(name).get(f"/api/studies/{study.study_id}").json()
        locked = body["analysis_locked"]
        assert (body["head"] == true) is locked
        assert body["blinded"] is not locked


def test_the_record_is_paged_without_gap_or_overlap(lab: Any, study: Any) -> None:
    from isobole.lab.record import entries_of

    client, after, ids = lab.client("des"), 0, []
    while after is not None:
        page = client.get(
            f"/api/studies/{study.study_id}/record", {"after": after, "limit": 37}
        ).json()
        ids += [row["id"] for row in page["rows"]]
        after = page["next"]
    assert ids == [entry.id for entry in entries_of(study.study_id)]


def test_a_scorer_reads_own_rows_only(lab: Any, study: Any) -> None:
    from isobole.lab.record import NewRow, append

    animal = study.rows.filter(action="animal.add").first().obj
    row = NewRow("score.complete", animal, {"animal_id": animal})
    append(study.study_id, [row], actor="sco", device="bench-1")
    append(study.study_id, [row], actor="other", device="bench-2")
    address = f"/api/studies/{study.study_id}/record"
    rows = lab.client("sco").get(address, {"limit": 500}).json()["rows"]
    assert [row["actor"] for row in rows] == ["sco"]
    assert lab.client("dos").get(address).json()["rows"] == []


def test_verification_is_not_for_the_blinded(lab: Any, study: Any) -> None:
    address = f"/api/studies/{study.study_id}/verify"
    assert lab.client("des").get(address).json()["state"] == "intact"
    assert lab.client("ana").get(address).json()["problems"] == []
    refused(lab.client("dos").get(address), 403)


@pytest.mark.parametrize("bad", [{"after": -1}, {"limit": 0}, {"limit": "many"}])
def test_what_does_not_fit_is_named(lab: Any, study: Any, bad: Any) -> None:
    answer = lab.client("des").get(f"/api/studies/{study.study_id}/record", bad)
    problems = refused(answer, 422)["problems"]
    assert problems[0]["column"] == f"query.{next(iter(bad))}"


def test_no_such_address_is_answered_as_json(lab: Any) -> None:
    refused(lab.client("des").get("/api/nothing"), 404)


def test_the_document_lists_every_operation(lab: Any) -> None:
    from isobole.lab.api import operations

    document = lab.client().get("/api/openapi.json").json()
    assert set(document["paths"]) == {path for _, path in operations()}
    assert ("GET", "/api/health") in operations()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation.get("summary"), path
            assert ("security" in operation) is (path != "/api/health")
