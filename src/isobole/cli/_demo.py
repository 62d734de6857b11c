"""`isobole demo`: the main job on published counts, without a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import ANSWER, DATA, check_out
from isobole.results import RESEARCH_ONLY, Block, Figure, Heading, Note, Text

if TYPE_CHECKING:
    from isobole.datasets import DatasetInfo
    from isobole.doseresponse import CurveComparison, QuantalFit

# The studies of the library, repeated because importing it would slow --help; a test
# holds them equal.
Study = Literal["kindling-magnesium", "ptz-interaction", "ptz-valproate-magnesium"]


def _html(type_: object, out: Path) -> None:
    if out.suffix.lower() != ".html":
        raise ValueError("The demo writes a report: give a name that ends in .html")
    check_out(type_, out)


def demo(
    *,
    study: Annotated[Study | None, Parameter(group=DATA)] = None,
    out: Annotated[
        Path, Parameter(group=ANSWER, metavar="FILE", validator=_html)
    ] = Path("demo-report.html"),
) -> Answer:
    """Analyse published counts and write a report; needs no file.

    Fits rotenone, deguelin and a mixture of the two (Martin 1942, Finney 1952), with
    limits, compares their potency, and asks whether they act together: at both ratios
    that accounts give and under two rules for scatter. Audits a published table of
    interactions, and shows what a 2 x 2 design can say. Writes one offline page with
    figures, tables, Methods paragraphs and how to make it again.

    isobole demo --out demo-report.html
    isobole demo --study ptz-valproate-magnesium --out demo-study-report.html

    Parameters
    ----------
    study : str
        Instead, analyse a bundled study folder, as isobole study analyze does. Its
        animals were invented.
    out : Path
        The report.
    """
    if study is not None:
        from isobole.cli._study_analyze import analysis_of
        from isobole.datasets import study_path

        return analysis_of(
            study_path(study),
            shown=f"isobole.datasets/studies/{study}",
            options={"study": study},
            out=out,
        )
    from isobole.analysis import (
        data_hash,
        effect_rows,
        effects_table,
        potency_body,
        report_blocks,
    )
    from isobole.cli._demo_interaction import (
        MARGIN,
        demo_interactions,
        report_blocks as interaction_report,
        text_blocks as interaction_text,
    )
    from isobole.datasets import describe, load
    from isobole.doseresponse import compare_curves, fit_quantal

    info, curves = describe("rotenone"), load("rotenone")
    fits: list[QuantalFit] = [fit_quantal(curve) for curve in curves]
    found = [[fit.ed(50)] for fit in fits]
    compared = compare_curves(curves, standard="rotenone")
    together = demo_interactions()
    return Answer(
        schema="potency",
        title="Demonstration: ED50s, a mixture, an audit",
        body=lambda: potency_body(compared),
        text=lambda: [
            Heading(info.title),
            effects_table(fits, found),
            *_potency_sentences(compared),
            *interaction_text(together),
            Text(
                f"The report, with figures, tables and Methods, is in {out}: open it "
                "in a browser.\nYour own counts: isobole ed50 FILE, where FILE has "
                "the columns dose, n, affected; isobole synergy FILE, where FILE has "
                "a dose column for each drug."
            ),
            Text(RESEARCH_ONLY),
        ],
        report=lambda: [
            *_about(info),
            *report_blocks(fits, found),
            *(b for b in compared.blocks() if not isinstance(b, Figure)),
            *interaction_report(together),
        ],
        rows=lambda: effect_rows(fits, found),
        complete=True,
        json=False,
        out=out,
        inputs=(*curves[0].inputs, *together.inputs),
        data_sha256=data_hash(curves),
        options={
            "link": "probit",
            "interval": "likelihood",
            "level": 0.95,
            "margin": MARGIN,
        },
        endpoint=curves[0].endpoint,
        unit=curves[0].unit,
    )


def _about(info: DatasetInfo) -> list[Block]:
    return [
        Heading("The data"),
        Text(f"{info.title}. Animals: {info.species}. Source: {info.source}."),
        Note(info.note),
    ]


def _potency_sentences(compared: CurveComparison) -> list[Block]:
    sentences: list[Block] = [b for b in compared.blocks() if isinstance(b, Text)]
    slopes = [
        Note(message, "warning")
        for message in compared.messages
        if message.startswith("The slopes differ")
    ]
    return [*sentences, *slopes]
