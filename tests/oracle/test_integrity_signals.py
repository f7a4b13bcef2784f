"""Integrity signals of an organisation in which every one is planted, against the oracle: counts, probabilities, rates.

The models of the signals are built over what is landed, without a release: what is compared is the warehouse's table.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.simulate.run import simulate
from pipelines.simulate.settings import SIGNALS, SimulationSettings
from tests.oracle import released as beside
from tests.oracle.reference import compute_signals
from tests.oracle.reference.integrity import Signal, SignalKey
from tests.power.organisations import Builder

TEAMS = ("harbour", "beacon", "anchor", "compass", "lantern", "keel")
SHAPE = {
    "teams": 6, "services": 30, "markets": 1, "weeks": 40, "sli_seconds": 3600, "defects_share": 0.001, "scale": 0.3,
    "seed": 7, "cheats": tuple(f"{signal}:{TEAMS[place % 6]}:0.7" for place, signal in enumerate(SIGNALS)),
}  # fmt: skip

Signals = dict[SignalKey, Signal]
Pair = tuple[Signals, Signals]
"""What the oracle says, and what the models say."""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Both of one organisation."""
    folder = tmp_path_factory.mktemp("signals")
    made = simulate(folder / "organisation", SimulationSettings.model_validate(SHAPE))
    builder = Builder()
    by_dbt, by_sql = (_published(builder.built(made, folder / name)) for name in ("by_dbt", "by_sql"))
    assert by_dbt == by_sql, "studies build all organisations but the first without dbt"
    return compute_signals(made), by_dbt


def _published(warehouse: Path) -> Signals:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        cursor = con.execute("select * from scorecard.integrity_signals")
        names = [column[0] for column in cursor.description or []]
        return beside.signals_of([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])


def test_every_signal_says_the_same(pair: Pair) -> None:
    beside.compare_signals(*pair)


def test_there_is_something_to_compare(pair: Pair) -> None:
    """Every signal has records, most are tested, and what is planted is conspicuous somewhere, as are few others."""
    _, published = pair
    assert {key.signal_id for key, one in published.items() if one.n} == set(SIGNALS)
    tested = {key.signal_id for key, one in published.items() if one.status == "ok"}
    rare = {"slo_loosening", "relabelled_rollback", "minute_heaping", "threshold_bunching"}  # of too few events here
    assert tested >= set(SIGNALS) - rare
    assert len({key.signal_id for key, one in published.items() if one.is_conspicuous}) >= 6


def test_a_different_count_is_noticed(pair: Pair) -> None:
    expected, published = pair
    key, one = next((key, one) for key, one in published.items() if one.p_value is not None and one.p_value < 1)
    with pytest.raises(AssertionError, match="1 signals differ"):
        beside.compare_signals(expected, {**published, key: one._replace(p_value=(one.p_value or 0) * 1.00001)})
