"""The tests behind an award, for many teams at once. Arrays have one row per team."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


def fisher(hits: Integers, n: Integers, base_hits: Integers, base_n: Integers) -> Doubles:
    """P of as many hits or more among n, given all of them (hypergeometric)."""
    return np.asarray(stats.hypergeom.sf(hits - 1, n + base_n, hits + base_hits, n))


def fewer_events(events: Integers, base_events: Integers, share_of_base: float) -> Doubles:
    """P of as few events now, given all of them: the others are binomial by the share of the exposure."""
    return np.asarray(stats.binom.sf(base_events - 1, events + base_events, share_of_base))


def log_rank(new: Doubles, old: Doubles) -> Doubles:
    """Standard deviations by which the new ones end sooner than the old; nan marks a duration that is not there.

    new, old: (teams, subjects), nothing censored. Ties do not occur in what is drawn.
    """
    times = np.concatenate([new, old], axis=1)
    is_new = np.concatenate([np.ones_like(new, bool), np.zeros_like(old, bool)], axis=1)
    order = np.argsort(times, axis=1)
    is_there = ~np.isnan(np.take_along_axis(times, order, axis=1))
    is_new = np.take_along_axis(is_new, order, axis=1) & is_there
    at_risk = np.cumsum(is_there[:, ::-1], axis=1)[:, ::-1]
    share = np.cumsum(is_new[:, ::-1], axis=1)[:, ::-1] / np.maximum(at_risk, 1)
    ahead = np.sum((is_new - share) * is_there, axis=1)
    variance = np.sum(share * (1 - share) * is_there, axis=1)
    return np.divide(ahead, np.sqrt(variance), out=np.full(len(new), np.nan), where=variance > 0)


def holm(p_values: Doubles, tests: int) -> Doubles:
    """p-values (teams, metrics tested) after Holm over so many tests; nan is one that could not be tested."""
    order = np.argsort(np.where(np.isnan(p_values), 2.0, p_values), axis=1)
    ranked = np.take_along_axis(np.where(np.isnan(p_values), 1.0, p_values), order, axis=1)
    factors = tests - np.arange(ranked.shape[1])
    raised = np.minimum(1.0, np.maximum.accumulate(ranked * factors, axis=1))
    back = np.empty_like(raised)
    np.put_along_axis(back, order, raised, axis=1)
    return np.where(np.isnan(p_values), np.nan, back)
