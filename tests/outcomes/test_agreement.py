"""Agreement of observers: laws, other programs, undefined kappas, bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.outcomes import observer_agreement
from isobole.results import DataError, Missing, OptionError

LEVELS = ["0", "1", "2", "3"]
items = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=6, max_size=30
)


@settings(max_examples=60, deadline=None)
@given(items, st.randoms(use_true_random=False))
def test_swapping_observers_or_items_changes_nothing(rows, random) -> None:  # type: ignore[no-untyped-def]
    first, second = [a for a, _ in rows], [b for _, b in rows]
    one = observer_agreement(first, second, levels=LEVELS)
    swapped = observer_agreement(second, first, levels=LEVELS)
    random.shuffle(rows)
    mixed = observer_agreement(
        [a for a, _ in rows], [b for _, b in rows], levels=LEVELS
    )
    assert one.kappas == mixed.kappas
    for a, b in zip(one.kappas, swapped.kappas, strict=True):
        assert type(a.value) is type(b.value)
        if isinstance(a.value, float):
            assert a.value == pytest.approx(b.value, abs=1e-12)
            assert (a.low or 0) == pytest.approx(b.low or 0, abs=1e-9)
            assert -1 <= a.value <= 1 + 1e-12


@settings(max_examples=40, deadline=None)
@given(items)
def test_kappa_and_limits_equal_statsmodels(rows) -> None:  # type: ignore[no-untyped-def]
    from statsmodels.stats.inter_rater import cohens_kappa

    found = observer_agreement(
        [a for a, _ in rows], [b for _, b in rows], levels=LEVELS
    )
    for kind in ("none", "linear", "quadratic"):
        kappa = found.kappa(kind)
        if isinstance(kappa.value, Missing) or kappa.set_kind is None:
            continue
        other = cohens_kappa(np.array(found.table), wt=None if kind == "none" else kind)
        assert kappa.value == pytest.approx(other.kappa, abs=1e-12)
        assert kappa.low == pytest.approx(max(other.kappa_low, -1), abs=1e-9)
        assert kappa.high == pytest.approx(min(other.kappa_upp, 1), abs=1e-9)


def test_quadratic_kappa_is_the_intraclass_correlation() -> None:
    """Fleiss & Cohen 1973: with N, not N - 1, of squares they are one."""
    a = np.array([0, 0, 1, 2, 3, 3, 2, 1, 0, 3])
    b = np.array([0, 1, 1, 2, 3, 2, 2, 2, 0, 3])
    apart = np.mean((a - b) ** 2)
    chance = np.var(a) + np.var(b) + (a.mean() - b.mean()) ** 2
    found = observer_agreement(a, b, levels=LEVELS).kappa("quadratic")
    assert found.value == pytest.approx(1 - apart / chance, rel=1e-12)


def test_bootstrap_is_seeded_named_and_near_the_asymptotic_limits() -> None:
    generator = np.random.default_rng(1)
    a = generator.integers(0, 4, 120)
    b = np.clip(a + generator.choice([-1, 0, 0, 0, 1], 120), 0, 3)
    plain = observer_agreement(a, b, levels=LEVELS).kappa("linear")
    found = observer_agreement(a, b, levels=LEVELS, interval="bootstrap")
    again = observer_agreement(a, b, levels=LEVELS, interval="bootstrap")
    assert found.kappas == again.kappas
    assert found.seed is not None
    drawn = found.kappa("linear")
    assert drawn.interval == "bootstrap over items"
    assert drawn.value == plain.value
    assert drawn.low == pytest.approx(plain.low, abs=0.02)
    assert drawn.high == pytest.approx(plain.high, abs=0.02)
    assert "seed" in str(found.blocks()[-1])


@pytest.mark.parametrize("second", [[1] * 6, [0, 1, 2, 3, 2, 1]])
def test_an_observer_with_one_level_leaves_kappa_undefined(second: list[int]) -> None:
    for interval in ("asymptotic", "bootstrap"):
        found = observer_agreement([1] * 6, second, levels=LEVELS, interval=interval)  # type: ignore[arg-type]
        for kappa in found.kappas:
            assert isinstance(kappa.value, Missing)
            assert "score items that differ" in str(kappa)
        assert found.alike.value == pytest.approx(np.mean(np.array(second) == 1))
        json.dumps(found.to_dict(), allow_nan=False)
        assert "score items that differ" in str(found)


def test_full_agreement_has_no_false_certainty() -> None:
    a = [0, 1, 2, 3, 1, 2]
    for interval in ("asymptotic", "bootstrap"):
        found = observer_agreement(a, a, levels=LEVELS, interval=interval)  # type: ignore[arg-type]
        kappa = found.kappa("quadratic")
        assert kappa.value == 1
        assert kappa.set_kind is None
        assert kappa.reason
        assert found.alike.low == pytest.approx(0.6097, abs=1e-4)
        json.dumps(found.to_dict(), allow_nan=False)


def test_frame_and_repr() -> None:
    found = observer_agreement([0, 1, 2, 2], [0, 1, 2, 1], levels=LEVELS)
    frame = found.to_frame()
    assert frame.loc["2", "1"] == 1
    assert frame.to_numpy().sum() == found.n == 4
    assert repr(found).startswith("Agreement(quadratic kappa 0.8")


def test_bad_input_is_a_sentence() -> None:
    with pytest.raises(OptionError, match="both scores of every item"):
        observer_agreement([0, 1], [0], levels=LEVELS)
    with pytest.raises(OptionError, match="both scores of every item"):
        observer_agreement([], [], levels=LEVELS)
    with pytest.raises(DataError, match="not seen is not 0"):
        observer_agreement([0, 4], [0, 1], levels=LEVELS)
    with pytest.raises(OptionError, match="allowed are"):
        observer_agreement([0, 1], [0, 1], levels=LEVELS, interval="delta")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="200 or more"):
        observer_agreement([0, 1], [0, 1], levels=LEVELS, resamples=10)
