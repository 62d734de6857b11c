"""Stage over sessions: whole animals are permuted, and the model stands beside."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import rankdata

from isobole.outcomes import kindling_progress
from isobole.results import (
    DataError,
    Figure,
    Missing,
    OptionError,
    blocks_to_text,
    encode,
)

SESSIONS = 8


def rows(seed=2, animals=8, effect=0.35, groups=("vehicle", "drug")):
    rng = np.random.default_rng(seed)
    made = []
    for a in range(animals):
        group = groups[a * len(groups) // animals]
        level = rng.normal(0, 1)
        pace = 0.9 - (0 if group == "vehicle" else effect)
        for s in range(1, SESSIONS + 1):
            latent = level + pace * s + rng.logistic()
            stage = int(np.searchsorted([1, 2.5, 4, 5.5, 7], latent))
            made.append((stage, s, f"r{a}", group))
    return made


def progress(made, **options):
    stage, session, animal, group = zip(*made, strict=True)
    given = {"levels": range(6), "control": "vehicle", **options}
    return kindling_progress(stage, session, animal, group, **given)


@pytest.fixture(scope="module")
def found():
    kindled = {f"r{a}": 6 if a < 3 else None for a in range(8)}
    return progress(rows(), kindled_at=kindled)


def test_the_permutation_test_counts_every_allocation_of_animals(found):
    made = rows()
    stage = np.array([r[0] for r in made]).reshape(8, SESSIONS)
    share = np.column_stack(
        [(rankdata(stage[:, t]) - 0.5) / 8 for t in range(SESSIONS)]
    )
    score = share.mean(axis=1)
    every = [
        score[list(c)].mean() - np.delete(score, c).mean()
        for c in combinations(range(8), 4)
    ]
    seen = score[4:].mean() - score[:4].mean()
    p = np.mean([abs(e) >= abs(seen) - 1e-9 for e in every])
    test = found.comparisons[0]
    assert test.p == pytest.approx(p)
    assert test.statistic == pytest.approx(seen)
    assert "all 70 allocations" in test.method


def test_sessions_are_not_counted_as_animals():
    # Every session three times over: no new animal, no smaller p.
    made = rows()
    more = [(y, 10 * t + k, a, g) for y, t, a, g in made for k in range(3)]
    assert progress(more).comparisons[0].p == progress(made).comparisons[0].p


def test_the_model_is_the_ordinal_mixed_model(found):
    names = [t.name for t in found.fit.terms if t.kind == "effect"]
    assert names == ["session", "drug at session 1", "drug × session"]
    assert found.fit.random == "intercept-slope"
    both, pace = found.model_tests
    assert (both.df, pace.df) == (2, 1)
    assert both.statistic >= pace.statistic


def test_quartiles_are_stages_that_were_seen(found):
    made = rows()
    for q in found.quartiles:
        here = sorted(y for y, t, _, g in made if (t, g) == (q.session, q.group))
        assert (q.low, q.median, q.high) == (here[0], here[1], here[2])
        assert q.animals == 4
    assert "mean stage" not in blocks_to_text(found.blocks())


def test_the_number_kindled_by_session(found):
    counted = {(k.group, k.session): k.kindled for k in found.kindled}
    assert counted["vehicle", 5] == 0
    assert counted["vehicle", 6] == counted["vehicle", 8] == 3
    assert counted["drug", 8] == 0
    with pytest.raises(OptionError, match="lacks r7"):
        progress(rows(), kindled_at={f"r{a}": None for a in range(7)})


def test_swapping_the_control_flips_the_sign():
    made = rows()
    a = progress(made)
    b = progress(made, control="drug")
    assert b.comparisons[0].statistic == pytest.approx(-a.comparisons[0].statistic)
    assert b.comparisons[0].p == a.comparisons[0].p
    pace = a.fit.term("drug × session").estimate
    assert b.fit.term("vehicle × session").estimate == pytest.approx(-pace, rel=1e-4)
    assert b.model_tests[0].statistic == pytest.approx(
        a.model_tests[0].statistic, rel=1e-5
    )


def test_order_of_rows_and_names_changes_nothing(found):
    rng = np.random.default_rng(0)
    made = rows()
    moved = [made[i] for i in rng.permutation(len(made))]
    other = progress([(y, t, f"x{a[::-1]}", g) for y, t, a, g in moved])
    assert other.comparisons[0].p == found.comparisons[0].p
    assert other.fit.log_likelihood == pytest.approx(found.fit.log_likelihood)


def test_three_groups_are_compared_together_and_with_holm():
    made = rows(animals=9, groups=("vehicle", "low", "high"))
    found = progress(made)
    assert found.groups == ("vehicle", "low", "high")
    assert "all 1,680 allocations" in found.overall.method
    assert all("Holm" in t.adjustment for t in found.comparisons)
    assert found.model_tests[0].df == 4


def test_separated_groups_have_no_model_but_a_test():
    made = [(0 if g == "drug" else min(5, t), t, a, g) for _, t, a, g in rows()]
    found = progress(made)
    assert isinstance(found.fit.log_likelihood, Missing)
    assert isinstance(found.model_tests[0].p, Missing)
    assert found.comparisons[0].p == pytest.approx(2 / 70)
    assert json.dumps(encode(found.to_dict()), allow_nan=False)
    same = progress([(1, t, a, g) for _, t, a, g in made])
    assert isinstance(same.fit, Missing)
    assert "all 64 scores are 1" in str(same)
    assert same.comparisons[0].p == 1


def test_sessions_that_were_not_held_are_counted():
    made = [r for r in rows() if not (r[2] == "r0" and r[1] > 6)]
    assert "2 animal-sessions were not held" in str(progress(made))


def test_bad_rows_are_all_named():
    made = rows()
    made[0] = (7, *made[0][1:])
    made[3] = (*made[3][:3], "drug")
    made[9] = made[8]
    with pytest.raises(DataError) as error:
        progress(made)
    codes = [p.code for p in error.value.problems]
    assert codes == ["stage-not-on-scale", "animal-in-two-groups", "session-twice"]
    assert [p.row for p in error.value.problems] == [1, 4, 10]


def test_the_curves_are_drawn(found):
    figure = next(b for b in found.blocks() if isinstance(b, Figure))
    assert "median" in figure.alt
    panels = figure.draw().axes
    assert [p.get_title(loc="left") for p in panels] == [
        "vehicle (n = 4)",
        "drug (n = 4)",
    ]
    # Four animals and a median in each panel.
    assert [len(p.lines) for p in panels] == [5, 5]
    assert "\n" not in repr(found)
    assert len(found.to_frame()) == 2 * SESSIONS
