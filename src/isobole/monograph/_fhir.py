"""An answer as a FHIR R5 Bundle of ClinicalUseDefinition, checked by fhir.resources."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from isobole.monograph._case_finding import CaseFinding, sides_of
from isobole.monograph._citation import place_of, plain_words
from isobole.results import RESEARCH_ONLY, OptionError

if TYPE_CHECKING:
    from isobole.monograph._case_findings import CaseFindings

_URN = "urn:isobole:"
_XHTML = "http://www.w3.org/1999/xhtml"


def fhir_bundle(found: CaseFindings) -> dict[str, Any]:
    """Return a collection Bundle with one ClinicalUseDefinition for each finding.

    The resource has no field for the source of a statement, a conflict or what is not
    known: they stand in extensions (``urn:isobole:…``), each statement with its side,
    its words and its place. Nothing of the case is written but what a finding says.

    Raises
    ------
    OptionError
        If fhir.resources is not installed.
    """
    try:
        from fhir.resources.bundle import Bundle
    except ImportError as error:
        msg = "FHIR needs fhir.resources, which is not here: pip install isobole[fhir]"
        raise OptionError(msg) from error
    both = (*found.findings, *found.cannot_tell)
    bundle = Bundle.model_validate(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {"fullUrl": f"urn:uuid:{_uuid(one)}", "resource": _resource(one, found)}
                for one in both
            ],
        }
    )
    loaded: dict[str, Any] = json.loads(bundle.model_dump_json(exclude_none=True))
    return loaded


def _uuid(one: CaseFinding) -> UUID:
    return uuid5(NAMESPACE_URL, f"isobole:{one.id}")


def _resource(one: CaseFinding, found: CaseFindings) -> dict[str, Any]:
    names = {item.moiety: item.name for item in found.drugs}
    told: dict[str, Any] = {
        "resourceType": "ClinicalUseDefinition",
        "id": str(_uuid(one)),
        "text": {
            "status": "generated",
            "div": f'<div xmlns="{_XHTML}"><p>{escape(one.title)}: '
            f"{escape(one.consequence)} {escape(one.action)}</p>"
            f"<p>{escape(RESEARCH_ONLY)}</p></div>",
        },
        "extension": _extensions(one),
        "status": {"text": "draft"},
        "category": [{"text": one.kind}],
        "subject": [{"display": names.get(moiety, moiety)} for moiety in one.drugs],
    }
    if one.kind == "contraindication":
        told["type"] = "contraindication"
        told["contraindication"] = {
            "diseaseSymptomProcedure": {"concept": {"text": one.title}}
        }
    elif one.kind == "interaction":
        told["type"] = "interaction"
        told["interaction"] = {
            "interactant": [
                {"itemCodeableConcept": {"text": names.get(moiety, moiety)}}
                for moiety in one.drugs
            ],
            "effect": {"concept": {"text": one.consequence}},
            "management": [{"text": one.action}],
        }
    else:
        told["type"] = "warning"
        told["warning"] = {
            "description": f"{one.consequence} {one.action}",
            "code": {"text": one.title},
        }
    return told


def _extensions(one: CaseFinding) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"url": f"{_URN}research-use-only", "valueString": RESEARCH_ONLY},
        {"url": f"{_URN}strength", "valueCode": one.strength},
        {"url": f"{_URN}conflict", "valueBoolean": one.conflict},
        {"url": f"{_URN}verdict", "valueString": one.verdict},
    ]
    rows += [{"url": f"{_URN}needs", "valueString": need} for need in one.needs]
    for side, group in sides_of(one):
        for said in group:
            row = {
                "url": f"{_URN}statement",
                "extension": [
                    {"url": "side", "valueString": side},
                    {"url": "words", "valueString": plain_words(said)},
                    {"url": "source", "valueString": place_of(said)},
                    {"url": "policy", "valueString": said.policy},
                ],
            }
            # One sentence may hold several statements; it is shown once.
            if row not in rows:
                rows.append(row)
    return rows
