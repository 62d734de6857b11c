"""Animals entered and corrected, the study allocated, the key, the preparation."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pytest

from isobole.lab.models import AccessRow, Study
from isobole.lab.record import entries_of, study_of
from isobole.studies import (
    check_study,
    key_from_text,
    protocol_draft,
    protocol_lock_draft,
    read_animals,
    study_files,
    study_from_record,
    verify_commitment,
)
from lab_pages import page, post
from lab_workbooks import merged_to_the_end

TEXT = study_files("ptz")["study.toml"].replace("NEW-STUDY", "PTZ-A1")
ALLOCATION = "/studies/PTZ-A1/allocation"
PASSPHRASE = "three blind mice run"


def begun(lab: Any, text: str = TEXT) -> None:
    """Make a study with a locked protocol, a designer and a pharmacist."""
    from isobole.lab.accounts.roles import grant
    from isobole.lab.record import append_drafts

    ana = lab.person("ana")
    append_drafts(
        "PTZ-A1",
        [protocol_draft(text)],
        actor="ana",
        device="web-ana",
        also=lambda: Study.objects.create(study_id="PTZ-A1") and None,
    )
    for name, role in (("ana", "designer"), ("phil", "pharmacist")):
        grant("PTZ-A1", lab.person(name), role, by=ana)


def lock() -> None:
    from isobole.lab.record import append_drafts

    draft = protocol_lock_draft(study_of("PTZ-A1"))
    append_drafts("PTZ-A1", [draft], actor="ana", device="web-ana")


def table(count: int = 32, first: int = 1) -> str:
    lines = ["animal_id\tsex\tweight_g\tcage"]
    lines += [
        f"M{n:02d}\t{'FM'[n % 2]}\t{20 + n % 7}.5\tC{n % 8}"
        for n in range(first, first + count)
    ]
    return "\n".join(lines)


def allocated(lab: Any) -> Any:
    begun(lab)
    lock()
    post(lab.client("ana"), f"{ALLOCATION}/animals", {"pasted": table()}, 302)
    client = lab.client("phil")
    form = {"passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}
    post(client, f"{ALLOCATION}/draw", form, 302)
    return client


def test_animals_are_pasted(lab: Any) -> None:
    begun(lab)
    client = lab.client("ana")
    assert "0 of 32" in page(client, ALLOCATION)
    post(client, f"{ALLOCATION}/animals", {"pasted": table()}, 302)
    animals = study_of("PTZ-A1").animals
    assert len(animals) == 32
    assert (animals[0].species, animals[0].strain) == ("mouse", "CF-1")
    text = page(client, ALLOCATION)
    assert "32 of 32" in text
    assert "The protocol is not locked" in text


def test_animals_are_sent_as_a_file(lab: Any) -> None:
    begun(lab)
    file = BytesIO(table(3).encode())
    file.name = "../../etc/animals.csv"
    post(lab.client("ana"), f"{ALLOCATION}/animals", {"file": file}, 302)
    assert len(study_of("PTZ-A1").animals) == 3


def test_a_workbook_whose_cells_are_merged_to_the_end_is_not_read(lab: Any) -> None:
    # 5 kB that took minutes and gigabytes: a cell is made for each of the range.
    begun(lab)
    sent = BytesIO(merged_to_the_end())
    sent.name = "animals.xlsx"
    said = post(lab.client("ana"), f"{ALLOCATION}/animals", {"file": sent}, 422)
    assert "a cell at XFD1048576" in said


def test_a_workbook_that_unpacks_to_much_is_refused(lab: Any) -> None:
    from zipfile import ZIP_DEFLATED, ZipFile

    begun(lab)
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000_000)
    sent = BytesIO(file.getvalue())
    sent.name = "animals.xlsx"
    said = post(lab.client("ana"), f"{ALLOCATION}/animals", {"file": sent}, 422)
    assert "100000000 bytes" in said


def test_animals_are_filled_in_by_row(lab: Any) -> None:
    begun(lab)
    client = lab.client("ana")
    row = {
        "a-animal_id": ["M1", "", "M2"],
        "a-sex": ["F", "", "M"],
        "a-weight_g": ["21,4", "", "22"],
        **{f"a-{n}": ["", "", ""] for n in ("age_days", "cage", "litter", "day")},
        **{f"a-{n}": ["", "", ""] for n in ("species", "strain")},
    }
    text = post(client, f"{ALLOCATION}/animals", {**row, "do": "add-row"}, 200)
    assert 'value="21,4"' in text
    form = {**row, "a-weight_g": ["21.4", "", "heavy"]}
    text = post(client, f"{ALLOCATION}/animals", form, 422)
    assert "row 3" in text
    assert 'value="heavy"' in text
    post(
        client,
        f"{ALLOCATION}/animals",
        {**row, "a-weight_g": ["21.4", "", "22"]},
        302,
    )
    assert [a.weight_g for a in study_of("PTZ-A1").animals] == [21.4, 22.0]


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        (
            "animal_id\tsex\tweight_g\nM1\tF\t\nM2\tQ\t20",
            "the paste, row 3, column sex",
        ),
        ("animal_id\tsex\nM1\tF\nM1\tM", "M1 stands 2 times"),
        ("animal_id\tsex\nM01\tF", "M01 is in the study already"),
        ("nothing here", "animal_id,sex,weight_g"),
        ("", "No animal was sent"),
        ("animal_id\tsex\n" + "M\tF\n" * 1_000_000, "1000001 lines"),
        ("animal_id\tsex\nM1\t" + "F" * 1_500_000, "at most 1000000"),
    ],
)
def test_bad_rows_store_nothing(lab: Any, pasted: str, said: str) -> None:
    begun(lab)
    client = lab.client("ana")
    post(client, f"{ALLOCATION}/animals", {"pasted": table(1)}, 302)
    before = len(entries_of("PTZ-A1"))
    assert said in post(client, f"{ALLOCATION}/animals", {"pasted": pasted}, 422)
    assert len(entries_of("PTZ-A1")) == before


def test_a_request_larger_than_any_table_is_refused(lab: Any) -> None:
    begun(lab)
    client = lab.client("ana")
    response = client.post(f"{ALLOCATION}/animals", {"pasted": "x" * 13_000_000})
    assert response.status_code == 400
    assert b"cannot be read" in response.content


def test_an_animal_is_corrected_by_amendments_until_allocated(lab: Any) -> None:
    begun(lab)
    lock()
    client = lab.client("ana")
    pasted = table().replace("M01\t", '"M/1 <b>"\t')
    post(client, f"{ALLOCATION}/animals", {"pasted": pasted}, 302)
    (address,) = re.findall(
        r'href="([^"]+animal=M%2F1[^"]+)"', page(client, ALLOCATION)
    )
    assert "M/1 &lt;b&gt;" in page(client, address)
    values = {"animal_id": "M01", "sex": "M", "weight_g": "23.5", "cage": "C1"}
    values |= {"species": "mouse", "strain": "CF-1", "age_days": "", "day": ""}
    assert "without a reason" in post(client, address, values, 422)
    bad = {**values, "reason": "slip", "weight_g": "-4"}
    assert "weight_g" in post(client, address, bad, 422)
    taken = {**values, "reason": "slip", "animal_id": "M02"}
    assert "M02 is in the study already" in post(client, address, taken, 422)
    post(client, address, {**values, "reason": "weighed again"}, 302)
    study = study_of("PTZ-A1")
    assert [a.weight_g for a in study.animals if a.animal_id == "M01"] == [23.5]
    again = f"{ALLOCATION}/animals/correct?animal=M01"
    post(client, again, {**values, "weight_g": "24", "reason": "and again"}, 302)
    study = study_of("PTZ-A1")
    assert [a.weight_g for a in study.animals if a.animal_id == "M01"] == [24.0]
    assert not [p for p in check_study(study) if p.severity == "error"]
    post(client, again, {"do": "void", "reason": "died before the study"}, 302)
    assert len(study_of("PTZ-A1").animals) == 31
    assert "M01 is taken out of the study" in page(client, "/studies/PTZ-A1/")
    assert "31 of 32" in page(client, "/studies/PTZ-A1/")
    assert client.get(again).status_code == 404
    post(client, f"{ALLOCATION}/animals", {"pasted": table(1)}, 302)
    form = {"passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}
    post(lab.client("phil"), f"{ALLOCATION}/draw", form, 302)
    count = len(entries_of("PTZ-A1"))
    said = post(client, again, {**values, "reason": "late"}, 422)
    assert "is allocated" in said
    said = post(client, f"{ALLOCATION}/animals", {"pasted": table(1, 40)}, 422)
    assert "is allocated" in said
    assert len(entries_of("PTZ-A1")) == count


def test_the_pharmacist_allocates_and_holds_the_key(lab: Any) -> None:
    client = allocated(lab)
    entry = entries_of("PTZ-A1")[-1]
    assert entry.action == "allocation.commit"
    text = page(client, ALLOCATION)
    assert entry.data["commitment"] in text
    assert "third person" in text
    sealed = Study.objects.get(pk="PTZ-A1").sealed_key
    key = key_from_text(sealed, PASSPHRASE)
    study = study_from_record(entries_of("PTZ-A1"))
    assert not [p for p in verify_commitment(study, key) if p.severity == "error"]
    response = client.get(f"{ALLOCATION}/key")
    assert response.content.decode() == sealed
    assert "PTZ-A1.key" in response["Content-Disposition"]
    stored = json.dumps([dict(e.data) for e in entries_of("PTZ-A1")])
    logged = "".join(AccessRow.objects.values_list("data", flat=True))
    assert PASSPHRASE not in stored + logged + text


def test_a_study_is_allocated_once(lab: Any) -> None:
    client = allocated(lab)
    sealed = Study.objects.get(pk="PTZ-A1").sealed_key
    form = {"passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}
    said = post(client, f"{ALLOCATION}/draw", form, 422)
    assert "not allocated again" in said
    assert Study.objects.get(pk="PTZ-A1").sealed_key == sealed
    commits = [e for e in entries_of("PTZ-A1") if e.action == "allocation.commit"]
    assert len(commits) == 1


def test_what_hinders_the_allocation_is_said(lab: Any) -> None:
    begun(lab)
    phil, ana = lab.client("phil"), lab.client("ana")
    form = {"passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}
    said = post(phil, f"{ALLOCATION}/draw", form, 422)
    assert "The protocol is not locked" in said
    assert "0 of 32 animals" in said
    lock()
    post(ana, f"{ALLOCATION}/animals", {"pasted": table()}, 302)
    for one, two, why in (
        ("short", "short", "8 or more"),
        (PASSPHRASE, PASSPHRASE + "x", "differ"),
        ("", "", "8 or more"),
    ):
        form = {"passphrase": one, "passphrase_again": two}
        text = post(phil, f"{ALLOCATION}/draw", form, 422)
        assert why in text
        assert f'value="{one}"' not in text or not one
    assert not study_of("PTZ-A1").allocation
    assert Study.objects.get(pk="PTZ-A1").sealed_key == ""


def test_cages_as_the_unit_are_said_before_the_lock_and_not_called_a_passphrase(
    lab: Any,
) -> None:
    unit = 'experimental_unit = "{}"'
    begun(lab, TEXT.replace(unit.format("animal"), unit.format("cage")))
    phil, ana = lab.client("phil"), lab.client("ana")
    why = "the lab allocates single animals only"
    assert why in page(ana, "/studies/PTZ-A1/protocol")
    lock()
    post(ana, f"{ALLOCATION}/animals", {"pasted": table()}, 302)
    shown = page(ana, ALLOCATION)
    assert why in shown
    assert "Everything is ready" not in shown
    form = {"passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}
    said = post(phil, f"{ALLOCATION}/draw", form, 422)
    assert why in said
    assert "Choose a longer one" not in said


def test_syringes_that_can_be_told_apart_are_not_allocated(lab: Any) -> None:
    head, last = TEXT.rsplit("pretreatment_min = 30", 1)
    begun(lab, f"{head}pretreatment_min = 60{last}")
    lock()
    post(lab.client("ana"), f"{ALLOCATION}/animals", {"pasted": table()}, 302)
    form = {"passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}
    said = post(lab.client("phil"), f"{ALLOCATION}/draw", form, 422)
    assert "the syringes tell the group" in said
    assert "Give all groups the same injections" in said


def test_the_preparation_sheet_asks_for_the_passphrase(lab: Any) -> None:
    client = allocated(lab)
    address = f"{ALLOCATION}/preparation"
    said = post(client, address, {"passphrase": "not this one"}, 422)
    assert "passphrase is wrong" in said
    assert "The sheet was not opened" in said
    assert "Nothing was stored" not in said
    response = client.post(address, {"passphrase": PASSPHRASE})
    text = response.content.decode()
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert "This page unblinds the study" in text
    assert "sodium valproate" in text
    assert 'name="passphrase"' not in text
    what = list(AccessRow.objects.values_list("what", flat=True))
    assert "key.refused" in what
    assert what[-1] == "preparation"
    ana = lab.client("ana")
    assert ana.post(address, {"passphrase": PASSPHRASE}).status_code == 403
    assert ana.get(f"{ALLOCATION}/key").status_code == 403


def test_who_may_not_is_refused(lab: Any) -> None:
    allocated(lab)
    from isobole.lab.accounts.roles import grant

    ana = lab.person("ana")
    for name, role in (("dora", "dosing"), ("ben", "scorer"), ("ann", "analyst")):
        grant("PTZ-A1", lab.person(name), role, by=ana)
        client = lab.client(name)
        assert client.get(ALLOCATION).status_code == 403
        for form in ("animals", "draw", "preparation"):
            assert client.post(f"{ALLOCATION}/{form}", {}).status_code == 403
    said = lab.client("phil").post(f"{ALLOCATION}/animals", {"pasted": table(1)})
    assert said.status_code == 403


def test_a_designer_who_scores_sees_no_code_and_no_commitment(lab: Any) -> None:
    allocated(lab)
    from isobole.lab.models import Membership

    entry = entries_of("PTZ-A1")[-1]
    codes = {row["group_code"] for row in entry.data["rows"]}
    Membership.objects.create(study_id="PTZ-A1", user=lab.person("ana"), role="dosing")
    text = page(lab.client("ana"), ALLOCATION)
    assert entry.data["commitment"] not in text
    assert entry.hash not in text
    for code in codes:
        # A code of two letters may be the first half of the strain: CF-1.
        assert not re.search(rf"\b{code}\b(?!-1)", text)


def test_the_animals_of_these_tests_are_read_alike() -> None:
    from io import StringIO

    found, problems = read_animals(
        StringIO(table()), otherwise={"species": "mouse", "strain": "CF-1"}
    )
    assert len(found) == 32
    assert not problems


def test_a_list_that_is_drawn_by_a_button_pressed_twice_is_said_to_stand(
    lab: Any,
) -> None:
    begun(lab)
    lock()
    post(lab.client("ana"), f"{ALLOCATION}/animals", {"pasted": table()}, 302)
    client = lab.client("phil")
    key = re.search(
        r'allocation/draw">.*?name="form_key" value="(\w+)"', page(client, ALLOCATION)
    )
    assert key is not None
    form = {
        "passphrase": PASSPHRASE,
        "passphrase_again": PASSPHRASE,
        "form_key": key[1],
    }
    post(client, f"{ALLOCATION}/draw", form, 302)
    page(client, ALLOCATION)
    post(client, f"{ALLOCATION}/draw", form, 302)
    assert "was drawn when the form was sent first" in page(client, ALLOCATION)
    (commit,) = [e for e in entries_of("PTZ-A1") if e.action == "allocation.commit"]
    (logged,) = AccessRow.objects.filter(what="allocation")
    assert commit.data["commitment"] in str(logged.data)


def test_a_correction_undoes_none_that_was_made_since_its_form_was_opened(
    lab: Any,
) -> None:
    begun(lab)
    client = lab.client("ana")
    post(client, f"{ALLOCATION}/animals", {"pasted": table()}, 302)
    address = f"{ALLOCATION}/animals/correct?animal=M01"
    seen = re.search(r'name="seen" value="([^"]+)"', page(client, address))
    assert seen is not None
    values = {"animal_id": "M01", "sex": "M", "weight_g": "23.5", "cage": "C1"}
    values |= {"species": "mouse", "strain": "CF-1", "seen": seen[1]}
    post(client, address, {**values, "reason": "weighed again"}, 302)
    other = {**values, "weight_g": "20", "cage": "C9", "reason": "moved"}
    said = post(client, address, other, 422)
    assert "corrected since this form was opened" in said
    # Pressed once more it is refused again: the form is still the old one.
    assert f'name="seen" value="{seen[1]}"' in said
    assert "C9" in said
    (held,) = [a for a in study_of("PTZ-A1").animals if a.animal_id == "M01"]
    assert (held.weight_g, held.cage) == (23.5, "C1")


def test_animals_in_two_places_of_the_form_are_not_halved(lab: Any) -> None:
    begun(lab)
    client = lab.client("ana")
    row = {"animal_id": "M77", "sex": "F", "weight_g": "22", "age_days": ""}
    row |= {"cage": "", "litter": "", "day": "", "species": "", "strain": ""}
    rows = {f"a-{name}": value for name, value in row.items()}
    said = post(
        client, f"{ALLOCATION}/animals", {"pasted": table(), **rows, "do": "add"}, 422
    )
    assert "in two places of the form" in said
    assert "M77" in said
    assert not study_of("PTZ-A1").animals


def test_weights_under_another_name_are_not_left_behind(lab: Any) -> None:
    begun(lab)
    client = lab.client("ana")
    address = f"{ALLOCATION}/animals"
    kilos = "animal_id\tsex\tweight (kg)\nM1\tF\t0.02"
    assert "not read as weight_g" in post(client, address, {"pasted": kilos}, 422)
    grams = "animal_id\tsex\tWeight (g)\nM1\tF\t20"
    post(client, address, {"pasted": grams}, 302)
    assert "1 animal was added" in page(client, ALLOCATION)
    assert [a.weight_g for a in study_of("PTZ-A1").animals] == [20.0]
