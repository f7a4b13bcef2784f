"""The study of the award's rule uses the statistics of the models, and says what docs/awards.md says."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from tests.awards.__main__ import ALPHA, BEGIN, END, SEED
from tests.awards.statistics import fewer_events, fisher, holm, log_rank
from tests.awards.study import BASELINE, IN_A_ROW, METRICS, Case, awards
from tests.oracle.reference.awards import scored_metrics
from tests.support import ROOT
from tests.unit.test_statistics_proportions import log_rank as log_rank_in_sql
from tests.unit.test_statistics_proportions import tails


def test_its_exact_tests_are_those_of_the_models() -> None:
    dice = np.random.default_rng(1)
    n, base_n = dice.integers(1, 200, 300), dice.integers(1, 600, 300)
    hits, base = dice.binomial(n, 0.3), dice.binomial(base_n, 0.2)
    rows = zip(hits.tolist(), n.tolist(), (hits + base).tolist(), (n + base_n).tolist(), strict=True)
    assert fisher(hits, n, base, base_n) == pytest.approx(tails([(*row, None) for row in rows]), rel=1e-9, abs=1e-13)
    rows_of_rates = [(b, h + b, 0, 0, 2 / 3) for h, b in zip(hits.tolist(), base.tolist(), strict=True)]
    assert fewer_events(hits, base, 2 / 3) == pytest.approx(tails(rows_of_rates), rel=1e-9, abs=1e-13)


def test_its_log_rank_test_is_that_of_the_models() -> None:
    dice = np.random.default_rng(2)
    new, old = (dice.choice(10**9, (20, size), replace=False).astype(float) for size in (30, 90))
    new[:, 25:], old[3, :40] = np.nan, np.nan
    subjects = [
        (team, int(time), True, is_new)
        for is_new, sides in ((True, new), (False, old))
        for team, times in enumerate(sides)
        for time in times[~np.isnan(times)]
    ]
    found = log_rank_in_sql(subjects)
    assert list(log_rank(new, old)) == pytest.approx([found[team] for team in range(20)], rel=1e-9)


def test_holm_goes_up_with_the_tests_that_proved_nothing() -> None:
    found = holm(np.array([[0.002, np.nan, 0.001, 0.5]]), 8)
    assert found[0].tolist() == pytest.approx([0.014, np.nan, 0.008, 1.0], nan_ok=True)


def test_its_metrics_are_those_that_the_shipped_policy_scores() -> None:
    shipped = yaml.safe_load((ROOT / "pipelines" / "default_policy.yml").read_text(encoding="utf-8"))
    (version,) = shipped["policies"]
    assert set(METRICS) == set(scored_metrics(version))
    rules = version["awards"]["sustained_improvement"]
    assert (rules["alpha"], rules["quarters"], shipped["baseline"]["quarters"]) == (ALPHA, IN_A_ROW, BASELINE)


def test_who_did_not_change_seldom_wins_and_who_did_does() -> None:
    """Few teams, so that it is quick; docs/awards.md has many."""
    still = awards(np.random.default_rng(SEED), Case(1.0), 500, 4, ALPHA)
    assert still.any(axis=1).mean() < 0.03 and not still[:, 0].any(), "one quarter alone never wins"
    better = awards(np.random.default_rng(SEED), Case(4.0, ("time_to_restore", "change_fail_rate")), 200, 4, ALPHA)
    assert better.any(axis=1).mean() > 0.5


def test_the_document_has_the_tables_between_its_marks() -> None:
    text = (ROOT / "docs" / "awards.md").read_text(encoding="utf-8")
    study = text.partition(BEGIN)[2].partition(END)[0]
    assert f"Seed {SEED}; {len(METRICS)} scored metrics" in study
    assert all(name in study for name, metric in METRICS.items() if metric.family != "value")
    assert study.count("\n|") >= 3 + 2 + 18
