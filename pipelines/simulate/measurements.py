"""SLI samples and hourly latency histograms: too many to be held, so made and written day by day.

Belongs here: what monitoring counts, tied to the true incidents (also to those that nobody declared).
Does not belong here: objectives (objectives.py). Each day draws from a generator of its own, so that memory is that of
one day. Files have no source_record_id: (slo_id, market, starts_at) and (service_id, market, starts_at,
upper_bound_ms) name a row. Counts are near-Poisson; latencies are log-logistic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.simulate.kinds import Column, Kind
from pipelines.simulate.objectives import LATENCY
from pipelines.simulate.render import Names, instant_text
from pipelines.simulate.rhythm import DAY, HOUR
from pipelines.simulate.state import State
from pipelines.simulate.table import Array, Floats, Ints, Table
from pipelines.simulate.world import World
from pipelines.simulate.writers import LOGS

KINDS = ("sli_samples", "latency_histograms")
SAMPLES = Kind(
    "sli_samples", Column("slo_id", "id", "slo-"), (), feed="records_sli_samples", covers=("sli_samples",), is_bulk=True
)
SAMPLES_KEY = ("slo_id", "market", "starts_at")
HISTOGRAMS = Kind(
    "latency_histograms", Column("service_id", "name", "service"), (), feed="records_latency_histograms",
    covers=("latency_histograms",), is_bulk=True,
)  # fmt: skip
HISTOGRAMS_KEY = ("service_id", "market", "starts_at", "upper_bound_ms")
NEEDED = ("incidents", "incident_services", "slos")
"""Record kinds of the state that they rest on."""
BAD_SHARES = (0.40, 0.12, 0.03, 0.006, 0.0015)
"""Of the requests, by the severity of the incident under way."""
USUAL_SPENDING = 0.35
"""Of the error budget, without any incident."""
SLOWDOWNS = (4.0, 2.5, 1.5, 1.1, 1.0)
BOUNDS_MS = (25.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0)
STEEPNESS = 3.2
"""Of the log-logistic distribution of latencies."""
DELIVERED_AFTER = 600


@dataclass(frozen=True)
class _Day:
    """The instants of one UTC day within the weeks simulated: its first and the one after its last."""

    number: int
    low: int
    high: int

    def steps(self, seconds: int) -> Ints:
        return np.arange(self.low, self.high, seconds, dtype=np.int64)


@dataclass(frozen=True)
class _Series:
    """What is measured: positions in `names`, the market, the service, requests a second, the usual bad share."""

    kind: str
    named: Array
    market: Array
    service: Array
    rate: Floats
    usual: Floats


def write(folder: Path, state: State, lists: Names, part: Callable[[float], None]) -> None:
    """Both kinds, a Parquet file a day. `part` gets the share that is done."""
    world = state.world
    samples, histograms = _slo_series(state), _service_series(world)
    hits = _hits(state)
    for kind in KINDS:
        (folder / LOGS / kind).mkdir(parents=True)
    days = list(_days(world))
    slo_ids = [f"slo-{number:07d}" for number in range(len(state["slos"]) + 2)]
    for day in days:
        name = f"{instant_text(day.low)[:10]}.parquet"
        _save(_samples(world, day, samples, hits, slo_ids, lists), folder / LOGS / "sli_samples" / name)
        _save(_histograms(world, day, histograms, hits, lists), folder / LOGS / "latency_histograms" / name)
        part((day.number + 1) / len(days))


def _days(world: World) -> Iterator[_Day]:
    low, number = world.rhythm.start, 0
    while low < world.rhythm.end:
        high = min((low // DAY + 1) * DAY, world.rhythm.end)
        yield _Day(number, low, high)
        low, number = high, number + 1


def _slo_series(state: State) -> _Series:
    structure = state.world.structure
    slos = state["slos"].take(state["slos"]["is_reset"] == 0)
    row, market = np.nonzero(structure.serves[slos["service"]])
    service = slos["service"][row]
    rate = structure.services["requests_per_second"][service] * structure.markets["share"][market]
    spread = state.world.streams("measurements.spending").uniform(0.5, 1.5, len(row))
    usual = (1 - slos["objective"][row]) * USUAL_SPENDING * spread
    is_slow = slos["sli"][row] == LATENCY
    return _Series("sli", slos["slo"][row], market, service, rate, np.where(is_slow, usual * 1.2, usual))


def _service_series(world: World) -> _Series:
    """Those of the most critical services; of the others a percentile would rest on too little."""
    structure = world.structure
    chosen = np.flatnonzero(structure.services["tier"] == 1)
    row, market = np.nonzero(structure.serves[chosen])
    service = chosen[row]
    rate = structure.services["requests_per_second"][service] * structure.markets["share"][market]
    return _Series("latency", service, market, service, rate, structure.services["median_ms"][service])


def _hits(state: State) -> Table:
    """Impacts by service and market, in the order of their start, with the severity."""
    hits, incidents = state["incident_services"], state["incidents"]
    severity = np.full(int(incidents["incident"].max(initial=0)) + 1, 4)
    severity[incidents["incident"]] = incidents["true_severity"]
    return hits.having(severity=severity[hits["incident"]]).ordered("impact_started_at", "hit")


def _under_way(day: _Day, hits: Table) -> Table:
    rows = (hits["impact_started_at"] < day.high) & (hits["impact_ended_at"] > day.low)
    return hits.take(rows)


def _overlay(day: _Day, seconds: int, series: _Series, hits: Table, base: Array, levels: Array) -> None:
    """Raises `base` (series x steps) to each impact's level while it lasts."""
    found = _under_way(day, hits)
    first = np.clip((found["impact_started_at"] - day.low) // seconds, 0, base.shape[1])
    last = np.clip(-(-(found["impact_ended_at"] - day.low) // seconds), 0, base.shape[1])
    for place in range(len(found)):
        rows = np.flatnonzero((series.service == found["service"][place]) & (series.market == found["market"][place]))
        window = base[rows, first[place] : last[place]]
        base[rows, first[place] : last[place]] = np.maximum(window, levels[place])


def _traffic(world: World, instants: Ints) -> Floats:
    return world.rhythm.traffic[(instants - world.rhythm.start) // HOUR]


def _delivered(world: World, day: _Day, rows: int) -> pa.Array:
    at = min(day.high + DELIVERED_AFTER, world.rhythm.as_of)
    return _instants(np.full(rows, at, dtype=np.int64))


def _instants(values: Ints) -> pa.Array:
    return pa.array(values * 1_000_000).cast(pa.timestamp("us", tz="UTC"))


def _words(codes: Array, texts: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(texts, type=pa.string()))


def _samples(world: World, day: _Day, series: _Series, hits: Table, slo_ids: list[str], lists: Names) -> pa.Table:
    """slo_id, market, starts_at, seconds, good, valid: series by series."""
    random, seconds = world.streams("measurements.sli", day.number), world.settings.sli_seconds
    steps = day.steps(seconds)
    mean = (series.rate[:, None] * (seconds * _traffic(world, steps))[None, :]).astype(np.float32)
    noise = random.standard_normal(mean.shape, dtype=np.float32)
    valid = np.maximum(np.rint(mean + np.sqrt(mean) * noise), 0).astype(np.int32)
    bad_share = np.repeat(series.usual.astype(np.float32)[:, None], len(steps), axis=1)
    levels = np.array(BAD_SHARES)[_under_way(day, hits)["severity"]].astype(np.float32)
    _overlay(day, seconds, series, hits, bad_share, levels)
    bad = np.minimum(random.poisson(bad_share * valid), valid).astype(np.int32)
    size = valid.size
    return pa.table(
        {
            "slo_id": _words(np.repeat(series.named, len(steps)), slo_ids),
            "market": _words(np.repeat(series.market, len(steps)), lists["market"]),
            "starts_at": _instants(np.tile(steps, len(series.named))),
            "seconds": pa.array(np.full(size, seconds, dtype=np.int32)),
            "good": pa.array((valid - bad).reshape(-1)),
            "valid": pa.array(valid.reshape(-1)),
            "updated_at": _delivered(world, day, size),
            "recorded_at": _delivered(world, day, size),
        }
    )


def _histograms(world: World, day: _Day, series: _Series, hits: Table, lists: Names) -> pa.Table:
    """service_id, market, starts_at, seconds, upper_bound_ms, count: series by series, hour by hour."""
    random, steps = world.streams("measurements.latency", day.number), day.steps(HOUR)
    requests = series.rate[:, None] * (HOUR * _traffic(world, steps))[None, :]
    slower = np.ones(requests.shape)
    _overlay(day, HOUR, series, hits, slower, np.array(SLOWDOWNS)[_under_way(day, hits)["severity"]])
    median = series.usual[:, None] * slower * (0.9 + 0.1 * _traffic(world, steps))[None, :]
    below = 1 / (1 + (median[:, :, None] / np.array(BOUNDS_MS)[None, None, :]) ** STEEPNESS)
    shares = np.diff(np.concatenate([np.zeros((*median.shape, 1)), below, np.ones((*median.shape, 1))], axis=2), axis=2)
    counts = random.poisson(requests[:, :, None] * shares).astype(np.int64)
    buckets = counts.shape[2]
    bounds = np.tile(np.array([*BOUNDS_MS, np.nan]), counts.size // buckets)
    each = len(steps) * buckets
    filled = pa.array(counts.reshape(-1) > 0)  # an empty bucket is not delivered
    return pa.table(
        {
            "service_id": _words(np.repeat(series.named, each), lists["service"]),
            "market": _words(np.repeat(series.market, each), lists["market"]),
            "starts_at": _instants(np.tile(np.repeat(steps, buckets), len(series.named))),
            "seconds": pa.array(np.full(counts.size, HOUR, dtype=np.int32)),
            "upper_bound_ms": pa.array(bounds, mask=np.isnan(bounds)),
            "count": pa.array(counts.reshape(-1)),
            "updated_at": _delivered(world, day, counts.size),
            "recorded_at": _delivered(world, day, counts.size),
        }
    ).filter(filled)


def _save(table: pa.Table, path: Path) -> None:
    few = [name for name in table.column_names if name not in ("good", "valid", "count")]
    pq.write_table(
        table, path, compression="snappy", use_dictionary=few, write_statistics=True, row_group_size=1 << 20,
        store_schema=False,
    )  # fmt: skip
