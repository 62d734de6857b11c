"""`isobole monograph ask`: what drug pages say about a case, gaps included."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import ANSWER, check_out
from isobole.results import DataError, InputFile, OptionError, Problem, to_json

if TYPE_CHECKING:
    from isobole.monograph import Case, CaseFindings
    from isobole.monograph._evidence import Source

_FORMATS = (".html", ".json", ".csv")
_PAGES = (".md", ".markdown", ".txt")
_CASE = Group("Case", sort_key=2)
_RECORD = "magnesium-valproate.toml (bundled record)"


def _check_out(type_: object, out: Path | None) -> None:
    check_out(type_, out, _FORMATS)


def monograph_ask(
    *paths: Path,
    sex: Annotated[Literal["female", "male"] | None, Parameter(group=_CASE)] = None,
    age: Annotated[float | None, Parameter(group=_CASE, metavar="YEARS")] = None,
    planning_pregnancy: Annotated[bool, Parameter(group=_CASE, negative="")] = False,
    pregnant: Annotated[bool, Parameter(group=_CASE, negative="")] = False,
    breastfeeding: Annotated[bool, Parameter(group=_CASE, negative="")] = False,
    not_pregnant: Annotated[bool, Parameter(group=_CASE, negative="")] = False,
    weight: Annotated[float | None, Parameter(group=_CASE, metavar="KG")] = None,
    drug: Annotated[list[str] | None, Parameter(group=_CASE, metavar="NAME")] = None,
    condition: Annotated[
        list[str] | None, Parameter(group=_CASE, metavar="WORDS")
    ] = None,
    without: Annotated[
        list[str] | None, Parameter(group=_CASE, metavar="WORDS")
    ] = None,
    indication: Annotated[str | None, Parameter(group=_CASE, metavar="WORDS")] = None,
    jurisdiction: Annotated[str | None, Parameter(group=_CASE, metavar="CODE")] = None,
    use: Annotated[Literal["new", "current"] | None, Parameter(group=_CASE)] = None,
    about: Annotated[str | None, Parameter(group=_CASE, metavar="NAME")] = None,
    format: Annotated[
        Literal["text", "cards", "fhir"], Parameter(group=ANSWER)
    ] = "text",
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    out: Annotated[
        Path | None, Parameter(group=ANSWER, metavar="FILE", validator=_check_out)
    ] = None,
) -> Answer | str:
    """Say what drug pages state about a case, and what not.

    Findings are ranked by strength, with every statement, its source and both sides
    of a conflict. What is not known of the case gives "cannot tell"; what no page
    says is "not stated". For research and education only: this is never advice.

    isobole monograph ask --sex female --age 24 --planning-pregnancy --weight 62
      --drug carbamazepine --condition "liver disease"

    Parameters
    ----------
    paths : Path
        Pages, folders of pages (.md .txt), or a folder that monograph build wrote;
        without any, the bundled record on magnesium valproate.
    sex : str
        Sex.
    age : float
        Age in years.
    planning_pregnancy : bool
        Not pregnant, but planning to be.
    pregnant : bool
        Pregnant now.
    breastfeeding : bool
        Breastfeeding now.
    not_pregnant : bool
        Neither pregnant nor planning to be.
    weight : float
        Body weight in kg; without it nothing is computed in mg.
    drug : list[str]
        Another drug that is taken; repeat it for several; none says there is none.
    condition : list[str]
        A condition that is present; repeat it for several.
    without : list[str]
        A condition known to be absent; one in neither list is not known.
    indication : str
        What the drug is for, such as epilepsy or "migraine prophylaxis".
    jurisdiction : str
        Country whose rules count: UK, US, FR, MX.
    use : str
        Whether the drug is to be begun or is taken already.
    about : str
        The drug asked about, where the pages are about several.
    format : str
        text, cards (the shape of CDS Hooks, JSON) or fhir (an R5 Bundle of
        ClinicalUseDefinition, JSON; needs isobole[fhir]).
    json : bool
        Print one JSON object instead of text.
    out : Path
        Also write a file: a report (.html), the statements (.csv) or everything
        (.json; the cards or the Bundle with --format).
    """
    from isobole.monograph import Case, ask

    if json and format != "text":
        raise OptionError(
            f"--format {format} is JSON of its own; leave out --json or --format."
        )
    if out is not None and format != "text" and out.suffix.lower() != ".json":
        raise OptionError(f"--format {format} is written as .json; --out is {out}.")
    case = Case(
        sex=sex,
        age=age,
        pregnancy=_state(
            planning=planning_pregnancy,
            pregnant=pregnant,
            lactating=breastfeeding,
            none=not_pregnant,
        ),
        weight_kg=weight,
        drugs=_drugs(drug),
        conditions=tuple(condition or ()),
        without=tuple(without or ()),
        indication=indication,
        jurisdiction=jurisdiction,
        current_use=use,
        about=about,
    )
    asked = _source(paths)
    found = ask(asked.source, case)
    answer = _answer(found, case, asked, as_json=json, out=out)
    if format == "text":
        return answer
    made = found.cards() if format == "cards" else found.to_fhir()
    text = to_json(made)
    if out is not None:
        _written(answer, text, out)
    return text + "\n"


class _Asked(NamedTuple):
    source: Source
    inputs: list[InputFile]
    problems: Sequence[Problem] = ()


def _state(
    **states: bool,
) -> Literal["none", "planning", "pregnant", "lactating"] | None:
    given = [name for name, yes in states.items() if yes]
    if len(given) > 1:
        raise OptionError(
            "Give one of --planning-pregnancy, --pregnant, --breastfeeding and "
            "--not-pregnant."
        )
    return given[0] if given else None  # type: ignore[return-value]


def _drugs(given: list[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    if any(word.strip().lower() == "none" for word in given):
        if len(given) > 1:
            raise OptionError("--drug none says that there is none; give no other.")
        return ()
    return tuple(given)


def _source(paths: tuple[Path, ...]) -> _Asked:
    """Return what is asked: the pages named, a collection, or the bundled record."""
    if not paths:
        from isobole.monograph import record
        from isobole.monograph._record import record_file

        return _Asked(
            record(), [InputFile(_RECORD, InputFile.of(record_file()).sha256)]
        )
    if len(paths) == 1 and (index := _index(paths[0])):
        from isobole.monograph import open_collection

        return _Asked(open_collection(paths[0]), [InputFile.of(index)])
    from isobole.monograph import read

    files = [file for path in paths for file in _files(path)]
    pages = tuple(read(file) for file in files)
    problems = [
        finding.problem()
        for page in pages
        for finding in page.findings
        if finding.severity == "error"
    ]
    return _Asked(pages, [InputFile.of(file) for file in files], problems)


def _index(path: Path) -> Path | None:
    """Return the index of a collection that was built there, or None."""
    file = path / "index.db" if path.is_dir() else path
    return file if file.suffix == ".db" and file.is_file() else None


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(
        file
        for file in path.rglob("*")
        if file.suffix.lower() in _PAGES and file.is_file() and not file.is_symlink()
    )
    if not found:
        problem = Problem(
            "no-pages",
            "This folder holds no pages",
            file=str(path),
            expected=f"files that end in {', '.join(_PAGES)}",
            remedy="Name the folder they are in",
        )
        raise DataError([problem])
    return found


def _answer(
    found: CaseFindings,
    case: Case,
    asked: _Asked,
    *,
    as_json: bool,
    out: Path | None,
) -> Answer:
    return Answer(
        schema="monograph-ask",
        title=f"What pages say: {found.about.name}",
        body=found.to_dict,
        text=found.blocks,
        report=found.blocks,
        rows=lambda: _rows(found),
        complete=True,
        json=as_json,
        out=out,
        inputs=asked.inputs,
        problems=asked.problems,
        options=case.to_dict(),
    )


def _written(answer: Answer, text: str, out: Path) -> None:
    from dataclasses import replace

    from isobole.cli._write import write
    from isobole.results import Provenance

    whole = replace(answer, texts={".json": lambda: text + "\n"})
    write(whole, Provenance("isobole monograph ask", tuple(answer.inputs)), out)
    print(f"Wrote {out}", file=sys.stderr)


def _rows(found: CaseFindings) -> Rows:
    """Return one row for each statement, then one for each gap."""
    frame = found.to_frame()
    header = tuple(map(str, frame.columns))
    rows = [
        tuple(None if cell != cell else cell for cell in row)
        for row in frame.itertuples(index=False)
    ]
    empty = (None,) * (len(header) - 4)
    rows += [(gap.what, None, gap.said, gap.why, *empty) for gap in found.gaps]
    return header, rows
