"""Studies: protocol, seizure models, scales, record, reducers, allocation, folder."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.studies._allocate import (
        AllocationDraft as AllocationDraft,
        allocate_study as allocate_study,
        allocation_draft as allocation_draft,
    )
    from isobole.studies._allocated import (
        AllocatedStudy as AllocatedStudy,
    )
    from isobole.studies._allocation import (
        Allocation as Allocation,
    )
    from isobole.studies._amendments import (
        holding as holding,
    )
    from isobole.studies._append import (
        append_all as append_all,
        append_to_record as append_to_record,
        now as now,
    )
    from isobole.studies._arrive import (
        ArriveItem as ArriveItem,
        ArriveTable as ArriveTable,
        arrive_items as arrive_items,
    )
    from isobole.studies._blinding_leaks import (
        check_blinding as check_blinding,
    )
    from isobole.studies._canonical import (
        canonical_document as canonical_document,
        canonical_json as canonical_json,
    )
    from isobole.studies._chain import (
        ChainReport as ChainReport,
        head_hash as head_hash,
        link_hash as link_hash,
        verify_chain as verify_chain,
    )
    from isobole.studies._check_draft import check_draft as check_draft
    from isobole.studies._check_protocol import check_protocol as check_protocol
    from isobole.studies._check_study import (
        check_study as check_study,
    )
    from isobole.studies._commitment import (
        AllocationKey as AllocationKey,
        Commitment as Commitment,
        commit as commit,
        find_commitment as find_commitment,
        new_key as new_key,
    )
    from isobole.studies._confounding import (
        check_confounding as check_confounding,
    )
    from isobole.studies._dosing_rows import (
        dosing_rows as dosing_rows,
        keyed_rows as keyed_rows,
    )
    from isobole.studies._dosing_sheet import (
        dosing_blocks as dosing_blocks,
    )
    from isobole.studies._draft import (
        Draft as Draft,
        animal_draft as animal_draft,
        decimal_text as decimal_text,
        protocol_draft as protocol_draft,
        protocol_lock_draft as protocol_lock_draft,
    )
    from isobole.studies._draw import (
        draw_allocation as draw_allocation,
    )
    from isobole.studies._entry import GENESIS as GENESIS, Entry as Entry
    from isobole.studies._enums import (
        ACTIONS as ACTIONS,
        END_REASONS as END_REASONS,
        EVENT_TYPES as EVENT_TYPES,
        OUTCOME_WORDS as OUTCOME_WORDS,
        PRIMARY_OUTCOMES as PRIMARY_OUTCOMES,
        ROLES as ROLES,
    )
    from isobole.studies._folder import (
        read_study as read_study,
    )
    from isobole.studies._from_record import (
        study_from_record as study_from_record,
    )
    from isobole.studies._hmac_words import (
        Words as Words,
    )
    from isobole.studies._import_boris import (
        import_boris as import_boris,
    )
    from isobole.studies._import_into import (
        add_events as add_events,
    )
    from isobole.studies._import_map import (
        ImportMap as ImportMap,
        Meaning as Meaning,
        events_text as events_text,
        import_map as import_map,
    )
    from isobole.studies._import_table import (
        import_table as import_table,
    )
    from isobole.studies._incomplete_blocks import (
        RunDesign as RunDesign,
        incomplete_blocks as incomplete_blocks,
    )
    from isobole.studies._key_file import (
        key_from_text as key_from_text,
        open_key as open_key,
        write_key as write_key,
    )
    from isobole.studies._lock import (
        LockedAnalysis as LockedAnalysis,
        lock_analysis as lock_analysis,
        lock_draft as lock_draft,
    )
    from isobole.studies._model_parameter import Parameter as Parameter
    from isobole.studies._models import (
        ScaleStart as ScaleStart,
        SeizureModel as SeizureModel,
        model_names as model_names,
        seizure_model as seizure_model,
        seizure_models as seizure_models,
    )
    from isobole.studies._new import NewStudy as NewStudy, new_study as new_study
    from isobole.studies._next_current import (
        NextCurrent as NextCurrent,
        close_to as close_to,
        next_current as next_current,
        settable as settable,
    )
    from isobole.studies._outcome_types import (
        AnimalOutcome as AnimalOutcome,
        KindlingOutcome as KindlingOutcome,
        Latency as Latency,
        StagedSession as StagedSession,
        StudyOutcomes as StudyOutcomes,
    )
    from isobole.studies._outcomes_file import (
        outcomes_text as outcomes_text,
        write_outcomes_csv as write_outcomes_csv,
    )
    from isobole.studies._payloads import (
        AMENDABLE as AMENDABLE,
        PAYLOADS as PAYLOADS,
        Payload as Payload,
        check_payload as check_payload,
    )
    from isobole.studies._preparation_sheet import (
        preparation_blocks as preparation_blocks,
    )
    from isobole.studies._projections import (
        folder_files as folder_files,
        project as project,
        write_projections as write_projections,
    )
    from isobole.studies._protocol import Protocol as Protocol
    from isobole.studies._protocol_edit import (
        edited_protocol as edited_protocol,
        protocol_lines as protocol_lines,
    )
    from isobole.studies._protocol_kindling import (
        Kindling as Kindling,
    )
    from isobole.studies._protocol_toml import (
        protocol_from_document as protocol_from_document,
        protocol_from_text as protocol_from_text,
        protocol_schema as protocol_schema,
        read_protocol as read_protocol,
    )
    from isobole.studies._protocol_words import (
        criteria_table as criteria_table,
        endpoint_sentence as endpoint_sentence,
        groups_table as groups_table,
        methods_sentence as methods_sentence,
        protocol_blocks as protocol_blocks,
        rule_sentences as rule_sentences,
        statistics_sentence as statistics_sentence,
    )
    from isobole.studies._read_animals import read_animals as read_animals
    from isobole.studies._read_record import read_record as read_record
    from isobole.studies._record import (
        append as append,
        follow as follow,
        record_text as record_text,
        write_record as write_record,
    )
    from isobole.studies._reduce_kindling import (
        kindled_at as kindled_at,
        staircase as staircase,
    )
    from isobole.studies._reduce_study import (
        reduce_study as reduce_study,
    )
    from isobole.studies._reveal import (
        RevealedStudy as RevealedStudy,
        reveal as reveal,
        reveal_draft as reveal_draft,
    )
    from isobole.studies._rows import (
        Allotment as Allotment,
        Animal as Animal,
        Concentration as Concentration,
        DoseGiven as DoseGiven,
        Event as Event,
        Exclusion as Exclusion,
        Session as Session,
    )
    from isobole.studies._scale_file import (
        read_scale as read_scale,
        scale_from_toml as scale_from_toml,
    )
    from isobole.studies._scales import (
        Level as Level,
        Scale as Scale,
        check_same_scale as check_same_scale,
        scale as scale,
        scale_ids as scale_ids,
        scales as scales,
    )
    from isobole.studies._sheets import (
        LAYOUT as LAYOUT,
        Sheet as Sheet,
        sheet_text as sheet_text,
    )
    from isobole.studies._study import Study as Study
    from isobole.studies._study_check import (
        StudyCheck as StudyCheck,
        examine_study as examine_study,
    )
    from isobole.studies._syringes import (
        Syringe as Syringe,
        syringes as syringes,
        volume_ml as volume_ml,
    )
    from isobole.studies._take_over import (
        record_drafts as record_drafts,
    )
    from isobole.studies._templates import study_files as study_files
    from isobole.studies._unblind import (
        unblind_animal as unblind_animal,
        unblind_draft as unblind_draft,
    )
    from isobole.studies._verify import (
        check_commitment as check_commitment,
        verify_commitment as verify_commitment,
    )

# Loaded when first asked for: pydantic is not needed to reduce events.
_HOME = {
    "ACTIONS": "_enums",
    "AMENDABLE": "_payloads",
    "AllocatedStudy": "_allocated",
    "Allocation": "_allocation",
    "AllocationDraft": "_allocate",
    "AllocationKey": "_commitment",
    "Allotment": "_rows",
    "Animal": "_rows",
    "AnimalOutcome": "_outcome_types",
    "ArriveItem": "_arrive",
    "ArriveTable": "_arrive",
    "ChainReport": "_chain",
    "Commitment": "_commitment",
    "Concentration": "_rows",
    "DoseGiven": "_rows",
    "Draft": "_draft",
    "END_REASONS": "_enums",
    "EVENT_TYPES": "_enums",
    "Entry": "_entry",
    "Event": "_rows",
    "Exclusion": "_rows",
    "GENESIS": "_entry",
    "ImportMap": "_import_map",
    "Kindling": "_protocol_kindling",
    "KindlingOutcome": "_outcome_types",
    "LAYOUT": "_sheets",
    "Latency": "_outcome_types",
    "Level": "_scales",
    "LockedAnalysis": "_lock",
    "Meaning": "_import_map",
    "NewStudy": "_new",
    "NextCurrent": "_next_current",
    "OUTCOME_WORDS": "_enums",
    "PAYLOADS": "_payloads",
    "PRIMARY_OUTCOMES": "_enums",
    "Parameter": "_model_parameter",
    "Payload": "_payloads",
    "Protocol": "_protocol",
    "ROLES": "_enums",
    "RevealedStudy": "_reveal",
    "RunDesign": "_incomplete_blocks",
    "Scale": "_scales",
    "ScaleStart": "_models",
    "SeizureModel": "_models",
    "Session": "_rows",
    "Sheet": "_sheets",
    "StagedSession": "_outcome_types",
    "Study": "_study",
    "StudyCheck": "_study_check",
    "StudyOutcomes": "_outcome_types",
    "Syringe": "_syringes",
    "Words": "_hmac_words",
    "add_events": "_import_into",
    "allocate_study": "_allocate",
    "allocation_draft": "_allocate",
    "animal_draft": "_draft",
    "append": "_record",
    "append_all": "_append",
    "append_to_record": "_append",
    "arrive_items": "_arrive",
    "canonical_document": "_canonical",
    "canonical_json": "_canonical",
    "check_blinding": "_blinding_leaks",
    "check_commitment": "_verify",
    "check_confounding": "_confounding",
    "check_draft": "_check_draft",
    "check_payload": "_payloads",
    "check_protocol": "_check_protocol",
    "check_same_scale": "_scales",
    "check_study": "_check_study",
    "close_to": "_next_current",
    "commit": "_commitment",
    "criteria_table": "_protocol_words",
    "decimal_text": "_draft",
    "dosing_blocks": "_dosing_sheet",
    "dosing_rows": "_dosing_rows",
    "draw_allocation": "_draw",
    "edited_protocol": "_protocol_edit",
    "endpoint_sentence": "_protocol_words",
    "events_text": "_import_map",
    "examine_study": "_study_check",
    "find_commitment": "_commitment",
    "folder_files": "_projections",
    "follow": "_record",
    "groups_table": "_protocol_words",
    "head_hash": "_chain",
    "holding": "_amendments",
    "import_boris": "_import_boris",
    "import_map": "_import_map",
    "import_table": "_import_table",
    "incomplete_blocks": "_incomplete_blocks",
    "key_from_text": "_key_file",
    "keyed_rows": "_dosing_rows",
    "kindled_at": "_reduce_kindling",
    "link_hash": "_chain",
    "lock_analysis": "_lock",
    "lock_draft": "_lock",
    "methods_sentence": "_protocol_words",
    "model_names": "_models",
    "new_key": "_commitment",
    "new_study": "_new",
    "next_current": "_next_current",
    "now": "_append",
    "open_key": "_key_file",
    "outcomes_text": "_outcomes_file",
    "preparation_blocks": "_preparation_sheet",
    "project": "_projections",
    "protocol_blocks": "_protocol_words",
    "protocol_draft": "_draft",
    "protocol_from_document": "_protocol_toml",
    "protocol_from_text": "_protocol_toml",
    "protocol_lines": "_protocol_edit",
    "protocol_lock_draft": "_draft",
    "protocol_schema": "_protocol_toml",
    "read_animals": "_read_animals",
    "read_protocol": "_protocol_toml",
    "read_record": "_read_record",
    "read_scale": "_scale_file",
    "read_study": "_folder",
    "record_drafts": "_take_over",
    "record_text": "_record",
    "reduce_study": "_reduce_study",
    "reveal": "_reveal",
    "reveal_draft": "_reveal",
    "rule_sentences": "_protocol_words",
    "scale": "_scales",
    "scale_from_toml": "_scale_file",
    "scale_ids": "_scales",
    "scales": "_scales",
    "seizure_model": "_models",
    "seizure_models": "_models",
    "settable": "_next_current",
    "sheet_text": "_sheets",
    "staircase": "_reduce_kindling",
    "statistics_sentence": "_protocol_words",
    "study_files": "_templates",
    "study_from_record": "_from_record",
    "syringes": "_syringes",
    "unblind_animal": "_unblind",
    "unblind_draft": "_unblind",
    "verify_chain": "_chain",
    "verify_commitment": "_verify",
    "volume_ml": "_syringes",
    "write_key": "_key_file",
    "write_outcomes_csv": "_outcomes_file",
    "write_projections": "_projections",
    "write_record": "_record",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
