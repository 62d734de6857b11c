"""Reducing 100,000 events against reading them."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks._timing import Figure, interleaved
from isobole.studies import (
    Event,
    Study,
    read_protocol,
    read_study,
    reduce_study,
    scale,
)

EVENTS, ANIMALS = 100_000, 100
FILES = 4  # different data each round
PROTOCOL = Path(__file__).parent / "ptz_study.toml"


def write_folder(folder: Path, seed: int) -> None:
    """Write a study of 100 rats with 1,000 events each, 1 in 50 of them amended."""
    random = Random(seed)
    text = PROTOCOL.read_text("utf-8")
    (folder / "study.toml").write_text(text, "utf-8")
    names = [f"R{number}" for number in range(1, ANIMALS + 1)]
    with (folder / "animals.csv").open("w", encoding="utf-8") as out:
        out.write("animal_id,species,strain,sex,weight_g,t0\n")
        for name in names:
            out.write(f"{name},rat,Wistar,M,250,2026-01-06T09:00:00.000Z\n")
    lines = []
    for number in range(EVENTS):
        name = names[number % ANIMALS]
        ms = random.randrange(1_800_000)
        score = random.choice("012345")
        before, why = "", ""
        if number % 50 == 49:
            before, why = f"e{number - 7}", "mis-keyed"
        lines.append(f"e{number},{name},{ms},score_change,{score},ana,{before},{why}\n")
    random.shuffle(lines)
    with (folder / "events.csv").open("w", encoding="utf-8") as out:
        out.write("event_id,animal_id,t_ms,type,score,observer,supersedes,reason\n")
        out.writelines(lines)


def figures() -> list[Figure]:
    """Measure everything of this room."""
    with TemporaryDirectory() as name:
        folders = [Path(name) / str(index) for index in range(FILES)]
        for index, folder in enumerate(folders):
            folder.mkdir()
            write_folder(folder, index)
        studies: list[Study] = [read_study(folder) for folder in folders]
        assert all(len(study.events) == EVENTS for study in studies)
        scales = {"racine_1972": scale("racine_1972")}

        def reduce(index: int) -> object:
            found = reduce_study(studies[index % FILES], scales)
            return [one.episodes for one in found.animals]

        def read(index: int) -> tuple[Event, ...]:
            return read_study(folders[index % FILES]).events

        assert read_protocol(PROTOCOL).scoring is not None
        ours, peer = interleaved(reduce, read, rounds=8)
    return [
        Figure("100,000 events reduced to outcomes / the same read", ours, peer, 1.0)
    ]
