"""The API against its own document, asked at random by somebody who may use all of it.

Each operation answers with success at least once, with a fault of the server never, and
what it answers is what the document says. Values that exist in the test's study are
given for the parameters that name things, and a sound body for each POST besides the
random ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.test import override_settings

from isobole.lab.accounts.tokens import create_token
from isobole.lab.api import operations
from lab_records import entries_until

ID = "PTZ-VPA-MG"
RUN = "2026-02-03-run-1"
EXAMPLES = 12
NAMED = {"study_id": ID, "run": RUN}


def sound_bodies() -> dict[str, dict[str, Any]]:
    """Return a body for each POST that is answered with success."""
    from isobole.datasets import path

    def table(name: str) -> str:
        return path(name).read_text("utf-8")

    rows = [
        {
            "id": "tablet-1-1",
            "device_seq": 1,
            "action": "t0",
            "obj": "R14",
            "data": {"animal_id": "R14", "wall": "2026-02-03T09:30:00.000Z"},
        }
    ]
    return {
        "/api/studies/{study_id}/events": {"device": "tablet-1", "rows": rows},
        "/api/tools/ed50": {"table": table("mice8")},
        "/api/tools/potency": {"table": table("rotenone"), "standard": "deguelin"},
        "/api/tools/interaction": {"table": table("rotenone-deguelin-1-1")},
        "/api/tools/audit": {"table": table("luszczki-2020")},
    }


def _probe(operation: Any, ask: Callable[[Any], None]) -> None:
    """Ask one operation at random, then with names that exist and a sound body."""
    from hypothesis import HealthCheck, Phase, given, seed, settings

    body = sound_bodies().get(operation.path)

    @seed(20260302)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def at_random(case: Any) -> None:
        ask(case)
        named = {k: v for k, v in NAMED.items() if k in (case.path_parameters or {})}
        if named:
            case.path_parameters = {**case.path_parameters, **named}
            ask(case)
        if body is not None and not sent:
            sent.append(case)
            case.body = body
            ask(case)

    sent: list[Any] = []
    at_random()


def test_every_operation_of_the_document_answers(either_lab: Any) -> None:
    lab = either_lab
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
    )

    lab.stored(
        entries_until("dose.give"),
        ana="designer+scorer+dosing",
        pia="pharmacist+designer",
    )
    # One sees all of a record, the other writes to it: nobody may do both.
    tokens = {
        name: create_token(lab.person(name), "probe", "1") for name in ("ana", "pia")
    }
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    answers: dict[str, set[int]] = defaultdict(set)
    checks = [not_a_server_error, content_type_conformance, response_schema_conformance]

    def ask(case: Any) -> None:
        label = f"{case.method.upper()} {case.operation.path}"
        for token in tokens.values():
            answer = case.call(
                headers={"Authorization": f"Bearer {token}"},
                base_url="http://127.0.0.1",
            )
            answers[label].add(answer.status_code)
            if answer.status_code < 300:
                case.validate_response(answer, checks=checks)
            else:
                case.validate_response(answer, checks=[not_a_server_error])
                if "json" in answer.headers.get("content-type", [""])[0]:
                    body = answer.json()
                    assert body["schema"] == "isobole/error/1"
                    assert body["remedy"] or body["problems"]

    found = [result.ok() for result in schema.get_all_operations()]
    assert len(found) == len(operations())
    with override_settings(
        LAB_RATE=dict.fromkeys(("address", "anonymous", "user", "events"), 10**6)
    ):
        for operation in found:
            _probe(operation, ask)
    never = [
        label for label, codes in answers.items() if not any(c < 300 for c in codes)
    ]
    assert never == []
