"""Error budgets of a simulated organisation, from its state and its samples.

Belongs here: requests, and what each hour of an objective spends. Does not belong here: cells.
Hours are summed in numpy, since samples are many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.oracle import truth_exclusions
from tests.oracle.truth_ledger import HOUR, Ledger, micros, rows_of


class Spent(NamedTuple):
    """What an hour of an objective counts: in millionths, with the instant in microseconds; and bad events."""

    slo: str
    service: str
    at: int
    window: int
    bad: int
    allowed: int
    events: int


def spent(
    truth: Path, versions: Sequence[dict[str, Any]], agreed: truth_exclusions.Windows, until: datetime
) -> Iterator[Spent]:
    """Every hour of every objective with what it spent under the version in force when it began, but for agreements."""
    history = defaultdict(list)
    for row in versions:
        history[f"slo-{row['slo']:07d}"].append(row)
    sums: dict[tuple[str, int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for path in sorted((truth.parent / "logs/sli_samples").glob("*.parquet")):
        table = pq.read_table(path)
        table = table.filter(pc.less_equal(table["recorded_at"], pa.scalar(until, table["recorded_at"].type)))
        at = table["starts_at"].cast("int64").to_numpy()
        good, valid, seconds = (table[name].to_numpy().astype(np.int64) for name in ("good", "valid", "seconds"))
        names = table["slo_id"].cast("string").to_numpy(zero_copy_only=False)
        for slo in np.unique(names):
            counts = (names == slo) & (valid > 0) & ~truth_exclusions.lie_in(at, seconds, agreed.get(slo, ()))
            for place, row in enumerate(history[slo]):
                hours = at // HOUR * HOUR
                mine = counts & (hours >= row["valid_from"])
                if row["valid_to"] is not None:
                    mine &= hours < row["valid_to"]
                whole, bad = valid[mine], valid[mine] - good[mine]
                events = bad
                if row["budgeting"] == "time_slices":
                    target = round(row["slice_target"] * 1e6)
                    whole, bad = (
                        seconds[mine],
                        np.where(1_000_000 * good[mine] < target * valid[mine], seconds[mine], 0),
                    )
                for hour, share, lost, many in zip(hours[mine], whole, bad, events, strict=True):
                    total = sums[slo, int(hour), place]
                    total[0] += int(share)
                    total[1] += int(lost)
                    total[2] += int(many)
    for (slo, hour, place), (whole_sum, bad_sum, events_sum) in sums.items():
        row = history[slo][place]
        error = 1 - Fraction(str(row["objective"]))
        allowed = int(error * whole_sum * 1_000_000)
        yield Spent(slo, row["service"], hour, row["window_days"], bad_sum * 1_000_000, allowed, events_sum)


def note_requests(truth: Ledger, folder: Path, agreed: truth_exclusions.Windows) -> None:
    """Requests by service and hour, of which the owner then is told; versions change no service.

    What lies in an agreed window from start to end does not count.
    """
    measured = {
        f"slo-{row['slo']:07d}": row["service"] for row in rows_of(folder, "slos") if row["sli"] == "availability"
    }
    hours: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for path in sorted((folder.parent / "logs/sli_samples").glob("*.parquet")):
        for row in pq.read_table(path).to_pylist():
            if row["slo_id"] in measured and row["recorded_at"] <= truth.until:
                at = micros(row["starts_at"].replace(tzinfo=None))
                end = at + 1_000_000 * row["seconds"]
                if any(low <= at and end <= high for low, high in agreed.get(row["slo_id"], ())):
                    truth.agreed_samples += 1
                    continue
                total = hours[measured[row["slo_id"]], at // HOUR * HOUR]
                total[0] += row["good"]
                total[1] += row["valid"]
    for (service, at), (good, valid) in hours.items():
        for tally in truth.tallies_of("availability_requests", service, truth.owner(service, at), at):
            tally.hits += good
            tally.events += valid
            if valid:
                tally.days.add(truth.day_of(at))
