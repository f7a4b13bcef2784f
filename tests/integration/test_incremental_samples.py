"""Samples of indicators at volume: a new batch costs the hours that it speaks of, and gives what a full build does.

Belongs here: late, corrected and replayed batches against `--full-refresh`, to the row. Does not belong here: metrics.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines import organisation
from pipelines.landing import batches, views
from pipelines.orchestration import dbt_project
from pipelines.settings import Settings
from tests.unit.landing_support import SERVICES, TEAMS

START = datetime(2026, 3, 1, tzinfo=UTC)
MARCH = (START - datetime(1970, 1, 1, tzinfo=UTC)).days
AS_OF = datetime(2026, 3, 10, tzinfo=UTC)
AGREED = ("source_record_id", "exclusion_id", "slo_id", "service_id", "starts_at", "ends_at", "registered_at")
PROMISES = (
    "source_record_id", "slo_id", "service_id", "sli", "budgeting", "objective", "slice_target", "window_days",
    "valid_from",
)  # fmt: skip
Sample = tuple[object, ...]


@dataclass(frozen=True)
class Feed:
    """What is delivered, and the tables that are built of it: flagged rows, then hours."""

    name: str
    kind: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    tables: tuple[str, ...]


SAMPLES = Feed(
    "records_sli_samples", "sli_samples",
    ("slo_id", "market", "starts_at", "seconds", "good", "valid", "updated_at", "recorded_at"),
    ("slo_id", "market", "starts_at", "updated_at"),
    (
        "staging.stg_records__sli_samples_flagged", "intermediate.int_sli_hours", "intermediate.int_sli_slots",
        "intermediate.int_burn_windows",
    ),
)  # fmt: skip
HISTOGRAMS = Feed(
    "records_latency_histograms", "latency_histograms",
    ("service_id", "market", "starts_at", "seconds", "upper_bound_ms", "count", "updated_at", "recorded_at"),
    ("service_id", "market", "starts_at", "upper_bound_ms", "updated_at"),
    ("staging.stg_records__latency_histograms_flagged", "intermediate.int_latency_hours"),
)  # fmt: skip
TABLES = SAMPLES.tables


def at(hours: float) -> str:
    return (START + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def sample(slo: str, hour: float, good: int, valid: int = 10, known: float | None = None) -> Sample:
    known = hour + 2 if known is None else known
    return (slo, "north", at(hour), 1800, good, valid, at(known), at(known))


class Home:
    """An organisation whose samples arrive file by file, and its warehouse."""

    def __init__(self, folder: Path, feed: Feed = SAMPLES) -> None:
        self.feed = feed
        self.folder = folder / "acme"
        self.settings = Settings(home=folder / "home", threads=2)
        (self.folder / "samples").mkdir(parents=True)
        (self.folder / "teams.csv").write_text(TEAMS + "red,Red,,,,,,,\n")
        (self.folder / "services.csv").write_text(SERVICES + "shop,Shop,red,1,,,\n")
        source = {
            "name": "samples", "feed": feed.name, "reader": "csv", "path": "samples/*.csv",
            "primary_key": list(feed.key), "cursor": "recorded_at",
            "covers": [{"kind": feed.kind, "from": at(0)}],
            "quarantine_threshold": {"share": 0.9, "reason": "broken on purpose"},
        }  # fmt: skip
        promises = {
            **source, "name": "promises", "feed": "records_slos", "path": "promises.csv", "mode": "snapshot",
            "primary_key": ["source_record_id"], "cursor": "valid_from", "covers": [{"kind": "slos", "from": at(0)}],
        }  # fmt: skip
        agreed = {
            **source, "name": "agreed", "feed": "records_slo_exclusions", "path": "agreed.csv", "mode": "snapshot",
            "primary_key": ["source_record_id"], "cursor": "registered_at",
            "covers": [{"kind": "slo_exclusions", "from": at(0)}],
        }  # fmt: skip
        sources = [source, promises, agreed]
        content = {"name": "acme", "title": "Acme", "time_zone": "UTC", "as_of": AS_OF.isoformat(), "sources": sources}
        self.promise({})
        self.agree()
        (self.folder / "organisation.yml").write_text(yaml.safe_dump(content))

    def deliver(self, name: str, rows: Sequence[Sample]) -> None:
        with (self.folder / "samples" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([self.feed.columns, *rows])

    def promise(self, targets: dict[float, float]) -> None:
        """Time slices of objective a: the slice target from an hour on."""
        with (self.folder / "promises.csv").open("w", newline="", encoding="utf-8") as file:
            rows = [(f"a-{n}", "a", "shop", "availability", "time_slices", 0.9, targets[n], 30, at(n)) for n in targets]
            csv.writer(file).writerows([PROMISES, *rows])

    def agree(self, *windows: tuple[str | None, float, float]) -> None:
        """What was agreed in time not to count: of an objective, else of the shop, from an hour to another."""
        with (self.folder / "agreed.csv").open("w", newline="", encoding="utf-8") as file:
            rows = [
                (f"x-{n}", f"x-{n}", slo, None if slo else "shop", at(start), at(end), at(start - 24))
                for n, (slo, start, end) in enumerate(windows)
            ]
            csv.writer(file).writerows([AGREED, *rows])

    def build(self, *options: str, as_of: datetime = AS_OF) -> dict[str, list[tuple[Any, ...]]]:
        """Lands what is new, builds, and returns the rows of the tables."""
        batches.land(organisation.load(self.folder), self.settings, as_of)
        with duckdb.connect(str(self.settings.warehouse_path)) as con:
            views.register(con, self.settings)
        models = [f"+{table.partition('.')[2]}" for table in self.feed.tables[1:]]
        done = dbt_project.invoke(["run", "--select", *models, *options], self.settings)
        assert done.success, done.exception
        with self.warehouse() as con:
            return {table: con.execute(f"from {table} order by all").fetchall() for table in self.feed.tables}

    def warehouse(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.settings.warehouse_path))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    yield Home(tmp_path)


def test_only_hours_that_a_batch_speaks_of_are_read_again(home: Home) -> None:
    """What was planted in a quiet hour stays; what was planted in the hour of a late sample is gone."""
    home.deliver("day1", [sample("a", hour / 2, 9) for hour in range(12)])
    home.build()
    with home.warehouse() as con:
        con.execute("update intermediate.int_sli_hours set good = -1")
        con.execute("update staging.stg_records__sli_samples_flagged set good = -1")
    home.deliver("day2", [sample("a", 2.75, 1, known=30), sample("a", 30, 7)])
    rows = home.build()["intermediate.int_sli_hours"]
    good = [(row[4].hour + 24 * (row[4].day - 1), row[8]) for row in rows]
    assert sorted(good) == [(0, -1), (1, -1), (2, 1), (2, 18), (3, -1), (4, -1), (5, -1), (30, 7)]


@pytest.mark.parametrize(
    "fault", ["insert into {} from {} where hour_key like '%T05'", "delete from {} where hour_key like '%T05'"]
)
def test_an_hour_that_stands_twice_or_not_at_all_is_found(home: Home, fault: str) -> None:
    """By its sums: what a table that is built in parts could get wrong, without looking for each key."""
    home.deliver("day1", [sample("a", hour / 2, 9) for hour in range(12)])
    home.build()
    assert holds(home, "int_sli_slots")
    with home.warehouse() as con:
        slots = "intermediate.int_sli_slots"
        assert con.execute(f"select count(*) from {slots} where hour_key like '%T05'").fetchall() == [(2,)]
        con.execute(fault.format(slots, slots))
    assert not holds(home, "int_sli_slots")


def holds(home: Home, model: str) -> bool:
    """Whether the data tests of a model hold."""
    return bool(dbt_project.invoke(["test", "--select", model], home.settings).success)


def test_late_corrected_and_replayed_batches_build_what_a_full_build_does(home: Home) -> None:
    dice = random.Random(20261124)
    delivered: list[Sample] = []
    home.promise({0: 0.5})
    for day in range(5):
        new = [sample(slo, 24 * day + hour / 2, dice.randrange(11)) for slo in "ab" for hour in range(48)]
        late = [sample("c", dice.randrange(48 * (day + 1)) / 2, 3, known=24 * day + 30) for _ in range(3)]
        again = dice.sample(delivered, min(5, len(delivered)))
        corrected = [(*row[:4], 5, 10, at(24 * day + 31), at(24 * day + 31)) for row in again[:3]]
        broken = [sample("a", 24 * day + 0.25, 11), sample("b", 24 * day + 0.25, 4, known=1000)]
        torn = [("a", "north", "noon", 1800, 1, 2, at(24 * day + 2), at(24 * day + 2))]
        delivered += new
        home.deliver(f"day{day}", [*new, *dict.fromkeys(late), *again[3:], *corrected, *broken, *torn])
        incremental = home.build()
        assert incremental == home.build(), "nothing new changes nothing"
    fates = {row[-3] for row in incremental[TABLES[0]]}
    assert {"staged", "superseded", "quarantined", "not_applicable"} <= fates
    assert any(row[5] for row in incremental[TABLES[3]]), "budgets burn"
    assert incremental == home.build("--full-refresh")


def test_only_windows_that_reach_a_changed_hour_are_worked_out_again(home: Home) -> None:
    """Six bad days. A late sample of day 1 is reached by the windows of days 1 to 4; an objective by those of all."""
    home.promise({0: 0.5})
    home.deliver("days", [sample("a", hour / 2, 1) for hour in range(6 * 48)])
    home.build()
    for day1, stands in (
        (sample("a", 24.75, 1, known=200), {0, 5, 6}),
        (sample("a", 6 * 24 + 1, 1), {0, 1, 2, 3, 4, 5}),
    ):
        with home.warehouse() as con:
            con.execute("update intermediate.int_burn_windows set service_id = 'planted'")
        home.deliver(f"late{day1[2]}", [day1])
        rows = home.build()["intermediate.int_burn_windows"]
        assert {row[0] - MARCH for row in rows if row[4] == "planted"} == stands
    home.promise({0: 0.5, 100: 0.5})
    assert {row[4] for row in home.build()["intermediate.int_burn_windows"]} == {"shop"}


def test_a_clock_set_back_and_forth_shows_what_was_known_then(home: Home) -> None:
    home.deliver("day1", [sample("a", 1, 9), sample("a", 1, 2, known=50), sample("a", 5, 9, known=50)])
    now = home.build()
    then = home.build(as_of=START + timedelta(hours=40))
    assert then != now
    assert then == home.build("--full-refresh", as_of=START + timedelta(hours=40))
    assert home.build() == now


def test_hours_are_judged_anew_where_their_slice_target_is_another_now(home: Home) -> None:
    """The target of hour 4 and later is restated: 6 of 10 were good there. What was planted in earlier hours stays."""
    home.promise({0: 0.5, 4: 0.5})
    home.deliver("day1", [sample(slo, hour, 6) for slo in "ab" for hour in range(8)])
    first = home.build()["intermediate.int_sli_hours"]
    assert {(row[2], row[10], row[12]) for row in first} == {("a", 500_000, 0), ("b", None, 0)}
    with home.warehouse() as con:
        con.execute("update intermediate.int_sli_hours set good = -1")
    home.promise({0: 0.5, 4: 0.7})
    rows = home.build()["intermediate.int_sli_hours"]
    assert sorted((row[2], row[4].hour, row[8], row[12]) for row in rows) == sorted(
        (slo, hour, -1 if hour < 4 else 6, 1800 if slo == "a" and hour >= 4 else 0) for slo in "ab" for hour in range(8)
    )
    home.promise({0: 0.9, 4: 0.7})
    assert home.build() == home.build("--full-refresh")


def test_hours_are_summed_anew_where_another_time_was_agreed_not_to_count(home: Home) -> None:
    """Half-hours: an agreement that comes later leaves out those within it, one that is moved gives them back.

    What was planted in the hours that no agreement ever touched stays.
    """
    home.promise({0: 0.5})
    home.deliver("day1", [sample("a", hour / 2, 6) for hour in range(16)])
    home.build()
    with home.warehouse() as con:
        con.execute("update intermediate.int_sli_hours set good = -1")
    untouched = {(hour, False): -1 for hour in (0, 1, 5, 6, 7)}
    home.agree((None, 2.25, 3.5), ("a", 3.5, 4.25))
    assert good(home.build()) == {(2, False): 6, (2, True): 6, (3, True): 12, (4, False): 12} | untouched
    home.agree((None, 2.25, 3.0))
    assert good(home.build()) == {(2, False): 6, (2, True): 6, (3, False): 12, (4, False): 12} | untouched
    home.deliver("day2", [sample("a", 2.5, 1, known=30), sample("a", 5.0, 1, known=30)])
    whole = home.build("--full-refresh")
    assert good(whole) == {(hour, False): 12 for hour in range(8)} | {(2, False): 6, (2, True): 1, (5, False): 7}
    home.agree()
    assert home.build() != whole
    home.agree(("a", 5.0, 6.5), ("a", 6.0, 7.0))
    assert home.build() == home.build("--full-refresh")


def good(built: dict[str, list[tuple[Any, ...]]]) -> dict[tuple[int, bool], int]:
    """Good events of int_sli_hours by hour of the day and by whether they are excluded."""
    found: Counter[tuple[int, bool]] = Counter()
    for row in built["intermediate.int_sli_hours"]:
        found[row[4].hour, row[14]] += row[8]
    return dict(found)


def bucket(hour: float, bound: object, requests: int, known: float | None = None) -> Sample:
    known = hour + 2 if known is None else known
    return ("shop", "north", at(hour), 3600, bound, requests, at(known), at(known))


def test_histograms_are_built_by_hour_as_samples_are(tmp_path: Path) -> None:
    """Late, corrected, doubled and broken buckets, the overflow among them."""
    home, dice = Home(tmp_path, HISTOGRAMS), random.Random(20261128)
    delivered: list[Sample] = []
    for day in range(3):
        new = [bucket(24 * day + hour, bound, dice.randrange(50)) for hour in range(24) for bound in (100, 200, "")]
        again = dice.sample(delivered, min(5, len(delivered)))
        corrected = [(*row[:5], 7, at(24 * day + 31), at(24 * day + 31)) for row in again[:3]]
        broken = [bucket(24 * day, -1, 3), bucket(24 * day, 300, 3, known=1000), bucket(24 * day, "wide", 3)]
        delivered += new
        home.deliver(f"day{day}", [*new, *again[3:], *corrected, *broken])
        incremental = home.build()
        assert incremental == home.build(), "nothing new changes nothing"
    fates = {row[-3] for row in incremental[HISTOGRAMS.tables[0]]}
    assert {"staged", "superseded", "quarantined", "not_applicable"} <= fates
    assert incremental == home.build("--full-refresh")
