"""The few lines that `scorecard run` ends with: the portfolio's last closed quarter, unknowns said in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

IN_WORDS = {
    "missing_source": "unknown: no source speaks of it",
    "immature": "too early to judge",
    "no_exposure": "nothing could happen",
    "insufficient": "too few events to say",
    "quarantined": "held back: too many rows in quarantine",
    "suppressed": "held back: the group is too small",
}

_QUERY = """
with last_closed as (
    select max(period_start_on) as period_start_on
    from read_parquet($values)
    where entity_type = 'portfolio' and period_type = 'quarter' and is_closed
)
select v.metric_id, v.value, v.low, v.high, v.unit, v.status, v.n, v.period_start_on
from read_parquet($values) as v
inner join last_closed using (period_start_on)
where v.entity_type = 'portfolio' and v.period_type = 'quarter' and v.dimension is null
order by v.metric_id
"""


def text(release: Path) -> str:
    """One line a metric of the release in `release`: value, 95 % interval, n; or why there is none."""
    with duckdb.connect() as connection:
        values = str(release / "tables" / "scorecard.metric_values.parquet")
        rows = connection.execute(_QUERY, {"values": values}).fetchall()
    if not rows:
        return "no quarter is closed yet; the page shows the months and weeks"
    width = max(len(row[0]) for row in rows)
    lines = [f"  {row[0]:<{width}}  {_value(*row[1:7])}" for row in rows]
    return "\n".join([f"quarter from {rows[0][7]}, whole portfolio (95 % interval)", *lines])


def _value(value: float | None, low: Any, high: Any, unit: str, status: str, n: int) -> str:
    if status not in {"ok", "provisional"}:
        return IN_WORDS.get(status, status)
    note = ", provisional" if status == "provisional" else ""
    interval = f"[{_number(low)}, {_number(high)}]"
    shown = "median not reached" if value is None else _number(value)
    return f"{shown} {interval} {unit}, n = {n:,}{note}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
