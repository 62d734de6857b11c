"""Animals and their groups put into runs, by the method that the protocol names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isobole.studies._hmac_words import Words
from isobole.studies._incomplete_blocks import RunDesign, incomplete_blocks
from isobole.studies._minimisation import minimise
from isobole.studies._permuted_blocks import (
    cut,
    even_sizes,
    expanded,
    permuted_blocks,
    whole_block,
)
from isobole.studies._rows import Animal
from isobole.studies._strata import Stratum, covariate_levels, strata


@dataclass(frozen=True, slots=True)
class Run:
    """Animals observed together, their stratum and their groups in the same order."""

    stratum: str
    day: str | None
    animals: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs, what is said of them, and the design where blocks are incomplete."""

    runs: tuple[Run, ...]
    sentences: tuple[str, ...]
    design: RunDesign | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The seed of a study, giving a stream of words for every purpose."""

    seed: str
    study_id: str

    def words(self, purpose: str) -> Words:
        """Return the words of one purpose."""
        return Words(self.seed, f"{self.study_id}/{purpose}")


def complete_runs(
    source: Source, animals: Sequence[Animal], sizes: Mapping[str, int], chambers: int
) -> Runs:
    """Allocate by one permutation of all animals; nothing but the sizes is balanced."""
    drawn = source.words("complete").shuffled(expanded(sizes))
    group = {a.animal_id: g for a, g in zip(animals, drawn, strict=True)}
    runs = []
    for stratum in strata(animals, (), chambers)[0]:
        order = source.words(f"animals/{_label(stratum)}").shuffled(stratum.animals)
        for part in cut(order, even_sizes(len(order), chambers)):
            runs.append(Run("all", stratum.day, part, tuple(group[a] for a in part)))
    said = (
        "Complete randomisation with the group sizes of the protocol: one permutation "
        "of all animals, not balanced within runs or days."
    )
    return Runs(tuple(runs), (said,))


def block_runs(
    source: Source,
    animals: Sequence[Animal],
    sizes: Mapping[str, int],
    chambers: int,
    columns: Sequence[str],
    control: str | None,
) -> Runs:
    """Allocate in permuted blocks inside strata; a block is what is run together."""
    block = whole_block(sizes, chambers)
    if block is None:
        return _incomplete_runs(source, animals, sizes, chambers, columns, control)
    length = sum(block.values())
    found, said = strata(animals, columns, length)
    runs: list[Run] = []
    rests: list[tuple[Stratum, tuple[str, ...]]] = []
    for stratum in found:
        label = _label(stratum)
        order = source.words(f"animals/{label}").shuffled(stratum.animals)
        whole = len(order) // length
        treatments = permuted_blocks(source.words(f"stratum={label}"), block, whole)
        parts = cut(order, [length] * whole)
        runs += [
            Run(stratum.name, stratum.day, part, groups)
            for part, groups in zip(parts, treatments, strict=True)
        ]
        if rest := order[whole * length :]:
            rests.append((stratum, rest))
    partial = _partial_runs(source, rests, runs, sizes, control)
    composed = ", ".join(f"{n} {group}" for group, n in block.items())
    sentences = [
        f"Permuted blocks{_inside(columns, found)}; a block is a run: {composed}.",
        *said,
    ]
    if partial:
        sentences.append(
            f"{len(partial)} of {len(runs) + len(partial)} runs are not whole, because "
            f"strata are no multiple of {length} animals; what was left of the groups "
            "was spread over them as evenly as possible, and group sizes are those of "
            "the protocol."
        )
    return Runs((*runs, *partial), tuple(sentences))


def _partial_runs(
    source: Source,
    rests: Sequence[tuple[Stratum, tuple[str, ...]]],
    runs: Sequence[Run],
    sizes: Mapping[str, int],
    control: str | None,
) -> list[Run]:
    if not rests:
        return []
    used = Counter(group for run in runs for group in run.groups)
    left = {g: n - used[g] for g, n in sizes.items() if n > used[g]}
    kept = control if control in left and left[control] >= len(rests) else None
    design = incomplete_blocks(
        source.words("partial"), [len(r) for _, r in rests], left, control=kept
    )
    return [
        Run(stratum.name, stratum.day, rest, groups)
        for (stratum, rest), groups in zip(
            rests, _drawn(source.words("partial/order"), design), strict=True
        )
    ]


def _incomplete_runs(
    source: Source,
    animals: Sequence[Animal],
    sizes: Mapping[str, int],
    chambers: int,
    columns: Sequence[str],
    control: str | None,
) -> Runs:
    found, said = strata(animals, columns, chambers)
    parts: list[tuple[int, tuple[str, ...]]] = []
    for number, stratum in enumerate(found):
        order = source.words(f"animals/{_label(stratum)}").shuffled(stratum.animals)
        parts += [
            (number, part) for part in cut(order, even_sizes(len(order), chambers))
        ]
    # Where all groups would fit, a small control need not be in every run.
    if control and len(sizes) <= chambers and sizes[control] < len(parts):
        control = None
    design = incomplete_blocks(
        source.words("runs"),
        [len(part) for _, part in parts],
        sizes,
        control=control,
        strata=[number for number, _ in parts],
    )
    runs = tuple(
        Run(found[number].name, found[number].day, part, groups)
        for (number, part), groups in zip(
            parts, _drawn(source.words("runs/order"), design), strict=True
        )
    )
    sentences = (
        f"{len(sizes)} groups do not fit evenly into {chambers} chambers"
        f"{_inside(columns, found)}.",
        design.sentence(),
        "The run is a stratum of the analysis.",
        *said,
    )
    return Runs(runs, sentences, design)


def minimised_runs(
    source: Source,
    animals: Sequence[Animal],
    sizes: Mapping[str, int],
    chambers: int,
    covariates: Sequence[str],
    coin: float,
    control: str | None,
) -> Runs:
    """Allocate by minimisation in a random order, then spread the groups over runs."""
    days = {animal.day for animal in animals}
    columns = tuple(covariates)
    if len(days) > 1 and "day" not in columns:
        columns = (*columns, "day")
    order = source.words("animals/all").shuffled(animals)
    drawn = minimise(
        source.words("minimisation"), covariate_levels(order, columns), sizes, coin
    )
    group = {a.animal_id: g for a, g in zip(order, drawn, strict=True)}
    runs: list[Run] = []
    for stratum in strata(animals, (), chambers)[0]:
        label = _label(stratum)
        totals = Counter(group[a] for a in stratum.animals)
        held = {g: totals[g] for g in sizes if totals[g]}
        lengths = even_sizes(len(stratum.animals), chambers)
        kept = control if held.get(str(control), 0) >= len(lengths) else None
        design = incomplete_blocks(
            source.words(f"runs/{label}"), lengths, held, control=kept
        )
        waiting = {
            g: list(
                source.words(f"animals/{label}/{g}").shuffled(
                    [a for a in stratum.animals if group[a] == g]
                )
            )
            for g in held
        }
        for groups in _drawn(source.words(f"runs/order/{label}"), design):
            members = tuple(waiting[g].pop() for g in groups)
            runs.append(Run("all", stratum.day, members, groups))
    sentences = [
        f"Minimisation over {', '.join(columns)} with a biased coin of {coin:g}, in a "
        "random order of the animals; group sizes are those of the protocol, so that "
        "the last animals go where places are left. Weights are taken in three bands "
        "of equal rank."
    ]
    if len(columns) < 3:
        sentences.append(
            "With fewer than three covariates permuted blocks inside strata balance "
            "exactly."
        )
    return Runs(tuple(runs), tuple(sentences))


def sequential_runs(source: Source, animals: Sequence[Animal], chambers: int) -> Runs:
    """Put animals into runs in a random order; doses are chosen run by run later."""
    runs = []
    for stratum in strata(animals, (), chambers)[0]:
        order = source.words(f"animals/{_label(stratum)}").shuffled(stratum.animals)
        for part in cut(order, even_sizes(len(order), chambers)):
            # Every animal is a group of its own until its dose is chosen.
            runs.append(Run("all", stratum.day, part, part))
    said = (
        "Sequential dosing: animals are in a random order, and every animal has a code "
        "of its own; its dose is chosen from the outcomes of the runs before."
    )
    return Runs(tuple(runs), (said,))


def _drawn(words: Words, design: RunDesign) -> list[tuple[str, ...]]:
    """Put the groups of each run into a random order."""
    return [
        words.shuffled(expanded(dict(zip(design.groups, row, strict=True))))
        for row in design.counts
    ]


def _label(stratum: Stratum) -> str:
    return stratum.name if stratum.day is None else f"day={stratum.day};{stratum.name}"


def _inside(columns: Sequence[str], found: Sequence[Stratum]) -> str:
    days = {stratum.day for stratum in found}
    within = [*columns, *(["day"] if len(days) > 1 and "day" not in columns else [])]
    return f" inside strata of {', '.join(within)}" if within else ""
