"""The headline of a release for a terminal.

Belongs here: the portfolio's last closed month and quarter, a line per metric.
Does not belong here: the page (page.py).
"""

from pathlib import Path

import duckdb

from data_quality.connection import quoted
from pipelines.publish import words

_QUERY = """
    with cells as (
        select v.*, row_number() over (partition by metric_id, period_type order by period_start_on desc) as age
        from read_parquet('{folder}/tables/scorecard.metric_values.parquet') as v
        where entity_type = 'portfolio' and dimension is null and is_closed and period_type in ('month', 'quarter')
    )
    select cells.metric_id, catalogue.name, period_type, period_start_on, value, low, high, cells.unit, status, n
    from cells
    inner join read_parquet('{folder}/tables/scorecard.metric_catalogue.parquet') as catalogue using (metric_id)
    where age = 1
    order by catalogue.pillar desc, cells.metric_id, period_type
"""


def text(release: Path | None) -> str:
    """Lines of `metric: last closed month; last closed quarter`, unknown said in words."""
    if release is None:
        return "nothing is released yet"
    con = duckdb.connect(":memory:")
    try:
        found = con.execute(_QUERY.format(folder=quoted(str(release)))).fetchall()
    finally:
        con.close()
    if not found:
        return "no period is closed yet: the first figures come when one is"
    width = max(len(row[1]) for row in found)
    lines: dict[str, list[str]] = {}
    for _, name, kind, start, value, low, high, unit, status, n in found:
        lines.setdefault(name, []).append(_cell(kind, start, value, low, high, unit, status, n))
    return "\n".join(f"  {name:<{width}}  {'; '.join(cells)}" for name, cells in lines.items())


def _cell(
    kind: str,
    start: object,
    value: float | None,
    low: float | None,
    high: float | None,
    unit: str,
    status: str,
    n: int | None,
) -> str:
    from datetime import date

    assert isinstance(start, date)
    shown = words.value_text(value, low, unit, status)
    if status in words.SHOWN:
        shown = " ".join(
            filter(None, [shown, words.unit_suffix(unit), f"({words.interval(low, high, unit)}, n {n:,})"])
        )
        shown += " provisional" if status == "provisional" else ""
    return f"{words.period_name(kind, start)}: {shown}"
