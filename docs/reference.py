"""The reference page: signatures and docstrings of the public names, in Markdown."""

from __future__ import annotations

import dataclasses
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import isobole as ib

GROUPS = {
    "Read and describe data": (
        "QuantalData", "read_quantal", "load_dataset", "DoseUnit",
    ),
    "Fit one curve": ("fit_quantal", "QuantalFit", "fit_many", "ManyFits"),
    "Other estimators": (
        "spearman_karber", "isotonic", "litchfield_wilcoxon", "up_and_down",
        "QuantalEstimate", "ed50_line",
    ),
    "Compare curves": (
        "compare_curves", "CurveComparison", "potency_ratio_lw", "protective_index",
        "threshold_increase",
    ),
    "Do drugs act together": (
        "read_combination", "CombinationData", "analyze_combination",
        "CombinationAnalysis", "Interaction", "potency_shift", "PotencyShift",
        "factorial_interaction", "FactorialInteraction", "read_claims", "Claim",
        "audit_claims", "Audit",
    ),
    "Substances and doses": ("substance", "Substance", "convert_dose"),
    "Plan": ("plan_ed50", "plan_interaction", "outcome_distribution", "Curve"),
    "Plan group sizes": (
        "plan_protection", "PlanProtection", "plan_latency", "PlanLatency",
        "plan_severity", "PlanSeverity", "plan_kindling", "PlanKindling",
        "plan_own_control", "PlanOwnControl",
    ),
    "Run a study": (
        "new_study", "read_protocol", "Protocol", "seizure_model", "scale",
        "allocate_study", "read_study", "Study", "check_study", "import_map",
        "import_boris", "import_table", "add_events", "reduce_study", "StudyOutcomes",
        "lock_analysis", "reveal", "analyze_study", "StudyResult", "recommend_next",
        "read_record", "verify_chain",
    ),
    "Compare seizure outcomes": (
        "compare_protection", "compare_latency", "kaplan_meier", "log_rank", "rmst",
        "cox", "cumulative_incidence", "compare_severity", "proportional_odds",
        "compare_thresholds", "infusion_threshold", "observer_agreement",
    ),
    "Kindling": (
        "kindling_rate", "kindling_progress", "ordinal_mixed", "own_control",
        "crossover", "afterdischarge_threshold",
    ),
    "Numbers and their limits": ("Estimate", "Limits", "Missing"),
    "Diagrams": ("diagram", "Diagram"),
    "Reports": ("write_report", "Provenance"),
    "Problems": (
        "Problem", "IsoboleError", "DataError", "OptionError", "NotComputable",
    ),
}  # fmt: skip
REST = "Other names"
MADE_BY_CALLS = (
    "QuantalFit", "CurveComparison", "ManyFits", "QuantalEstimate",
    "CombinationAnalysis", "Interaction", "PotencyShift", "FactorialInteraction",
    "Audit", "Substance", "Diagram", "PlanProtection", "PlanLatency", "PlanSeverity",
    "PlanKindling", "PlanOwnControl", "Protocol", "Study", "StudyOutcomes",
    "StudyResult",
)  # fmt: skip


def grouped() -> dict[str, tuple[str, ...]]:
    """Return every public name under its heading; new ones under the last."""
    known = {name for names in GROUPS.values() for name in names}
    rest = tuple(name for name in ib.__all__ if name not in known)
    return {**GROUPS, **({REST: rest} if rest else {})}


def reference_page() -> str:
    """Return docs/reference.md."""
    lines = [
        "# Reference",
        "",
        "Made by `make docs` from the docstrings; their examples are run by the tests.",
        "One line on each name is in [Python](python.md).",
        "",
    ]
    for heading, names in grouped().items():
        lines += [f"## {heading}", ""]
        for name in names:
            lines += [*_entry(name), ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _fields(thing: type) -> list[str]:
    """Return the fields of a result, or the keys of a document."""
    if dataclasses.is_dataclass(thing):
        return [field.name for field in dataclasses.fields(thing)]
    return list(getattr(thing, "model_fields"))  # noqa: B009 - of a pydantic model


def _entry(name: str) -> Iterator[str]:
    thing = getattr(ib, name)
    yield f"### {name}"
    yield ""
    if name not in MADE_BY_CALLS and (call := _call(f"ib.{name}", thing)):
        lines = textwrap.wrap(
            call, 84, subsequent_indent="    ", break_on_hyphens=False
        )
        # Not "python": a formatter of Markdown would fold the lines its own way.
        yield from ("```text", *lines, "```", "")
    yield from to_markdown(inspect.getdoc(thing) or "")
    if not inspect.isclass(thing):
        return
    if name in MADE_BY_CALLS:
        fields = (f"`{name}`" for name in _fields(thing))
        yield from (f"Fields: {', '.join(fields)}.", "")
    for member, text in _members(thing):
        yield from (f"#### {name}.{member}", "", *to_markdown(text))


def _members(cls: type) -> Iterator[tuple[str, str]]:
    """Yield public methods and properties of our own classes, with docstrings."""
    fields = {f.name for f in dataclasses.fields(cls)} if _is_data(cls) else set()
    for member in sorted(dir(cls)):
        if member.startswith("_") or member in fields:
            continue
        owner = next(c for c in cls.__mro__ if member in vars(c))
        if not owner.__module__.startswith("isobole"):
            continue
        value = inspect.getattr_static(cls, member)
        if isinstance(value, property) and value.__doc__:
            yield member, inspect.cleandoc(value.__doc__)
            continue
        method = getattr(cls, member)
        if callable(method) and method.__doc__:
            yield _call(member, method) or member, inspect.getdoc(method) or ""


def _is_data(cls: type) -> bool:
    return dataclasses.is_dataclass(cls)


def _call(name: str, thing: Any) -> str:
    """Return how a thing is called, without types."""
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return ""
    signature = inspect.signature(thing)
    parameters = [
        p.replace(annotation=p.empty, default=_default(p))
        for p in signature.parameters.values()
        if p.name != "self"
    ]
    bare = signature.replace(parameters=parameters, return_annotation=signature.empty)
    return f"{name}{bare}"


def _default(parameter: inspect.Parameter) -> Any:
    """Return a default as shown; dots where it depends on the day or the version."""
    varies = parameter.name == "version" or "<factory>" in str(parameter.default)
    return _Shown("...") if varies else parameter.default


class _Shown(str):
    """A default shown without its quotation marks."""

    def __repr__(self) -> str:
        return str(self)


def to_markdown(docstring: str) -> list[str]:
    """Turn a numpy docstring into Markdown lines.

    Sections become bold words, parameters a list, examples a code block.
    """
    lines = docstring.splitlines()
    out: list[str] = []
    section, index = "", 0
    while index < len(lines):
        line = lines[index]
        below = lines[index + 1] if index + 1 < len(lines) else ""
        if line.strip() and re.fullmatch(r"-{3,}", below.strip()):
            section = line.strip()
            out += ["", f"**{section}**", ""]
            index += 2
        elif section == "Examples":
            end = next(
                (
                    i
                    for i in range(index + 1, len(lines))
                    if re.fullmatch(r"-{3,}", lines[i].strip())
                ),
                len(lines) + 1,
            )
            body = "\n".join(lines[index : end - 1]).strip()
            body = re.sub(r"\s*# doctest: \S+", "", body)
            out += ["```pycon", body, "```", ""]
            index = end - 1
        elif section and section != "Notes" and line.strip():
            index = _item(lines, index, out)
        else:
            out.append(line)
            index += 1
    return [*out, ""]


def _item(lines: list[str], index: int, out: list[str]) -> int:
    """Add one parameter, exception or sentence; return where it ends."""
    head, text = lines[index], []
    index += 1
    while index < len(lines) and lines[index].startswith("    "):
        text.append(lines[index].strip())
        index += 1
    if text or " : " in head:
        name, _, kind = head.partition(" : ")
        typed = f" ({kind})" if kind else ""
        out.append(f"- `{name}`{typed}: {' '.join(text)}".rstrip(": "))
    elif head.endswith("arguments"):
        out += ["", f"*{head}*", ""]
    else:
        out.append(head)
    return index
