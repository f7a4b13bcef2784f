"""The headline of a release for a terminal.

Belongs here: the portfolio's last closed month and quarter, and the change since the quarter before, a line per metric.
Does not belong here: the page (page.py).
"""

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

from data_quality.connection import quoted
from pipelines.publish import changes, words
from pipelines.publish.changes import Change
from pipelines.settings import MOST_OF_THE_MACHINE

# Age 1 is the last closed period; known_age 1 the last one whose value is known. Deployments of unknown outcome stand
# in for the frequency where no source tells outcomes.
_QUERY = """
    with cells as (
        select v.*, status in ('ok', 'provisional') as is_known,
            row_number() over (
                partition by metric_id, dimension, period_type order by period_start_on desc
            ) as age,
            row_number() over (
                partition by metric_id, dimension, period_type
                order by status in ('ok', 'provisional') desc, period_start_on desc
            ) as known_age
        from read_parquet('{folder}/tables/scorecard.metric_values.parquet') as v
        where entity_type = 'portfolio' and is_closed and period_type in ('month', 'quarter')
            and (dimension is null or (dimension = 'outcome' and dimension_value = 'unknown'))
    )
    select catalogue.name || if(dimension is null, '', ', outcome unknown') as name, age, period_type,
        period_start_on, value, low, high, cells.unit, status, n
    from cells
    inner join read_parquet('{folder}/tables/scorecard.metric_catalogue.parquet') as catalogue using (metric_id)
    where age = 1 or (known_age = 1 and period_type = 'quarter' and is_known)
    order by catalogue.pillar desc, cells.metric_id, dimension is not null, age, period_type
"""
_CHANGES = """
    select catalogue.name || if(dimension is null, '', ', outcome unknown'), {columns}
    from read_parquet('{table}')
    inner join (select metric_id, name from read_parquet('{folder}/tables/scorecard.metric_catalogue.parquet'))
        as catalogue using (metric_id)
    where entity_type = 'portfolio' and period_type = 'quarter'
        and (dimension is null or (dimension = 'outcome' and dimension_value = 'unknown'))
"""
UNTOLD = "missing_source"
WIDTH = 120
Changes = Mapping[tuple[str, date], Change]
"""By name of the metric and first day of the quarter."""
Row = tuple[str, int, str, date, float | None, float | None, float | None, str, str, int | None]


def text(release: Path | None, memory_limit: str = MOST_OF_THE_MACHINE) -> str:
    """Lines of `metric: last closed month; last closed quarter, its change`, unknown said in words.

    Where neither is known, the last quarter that is known follows. What no source speaks of shares the last line.
    """
    if release is None:
        return "nothing is released yet"
    con = duckdb.connect(":memory:", config={"memory_limit": memory_limit})
    try:
        found = con.execute(_QUERY.format(folder=quoted(str(release)))).fetchall()
        changed = _changes(con, release)
    finally:
        con.close()
    if not found:
        return "no period is closed yet: the first figures come when one is"
    by_metric: dict[str, list[Row]] = {}
    for row in found:
        by_metric.setdefault(row[0], []).append(row)
    told = {name: rows for name, rows in by_metric.items() if any(row[8] != UNTOLD for row in rows)}
    width = max(map(len, told), default=0)
    lines = [f"  {name:<{width}}  {_line(rows, changed)}" for name, rows in told.items()]
    if len(told) < len(by_metric):
        untold = f"No source speaks of: {', '.join(name for name in by_metric if name not in told)}"
        lines += textwrap.wrap(untold, WIDTH, initial_indent="  ", subsequent_indent="    ")
    return "\n".join(lines)


def _changes(con: duckdb.DuckDBPyConnection, release: Path) -> Changes:
    """What changed from quarter to quarter; a release of an older version does not say."""
    table = release / "tables" / "scorecard.changes.parquet"
    if not table.exists():
        return {}
    sql = _CHANGES.format(columns=changes.COLUMNS, table=quoted(str(table)), folder=quoted(str(release)))
    found = [(name, Change(*row)) for name, *row in con.execute(sql).fetchall()]
    return {(name, change.start): change for name, change in found}


def _line(rows: Sequence[Row], changed: Changes) -> str:
    newest = [row for row in rows if row[1] == 1]
    older = [row for row in rows if row[1] > 1]
    cells = [_cell(row, changed) for row in newest]
    if older and not any(row[8] in words.SHOWN for row in newest):
        cells.append(f"last known {_cell(older[-1], {})}")
    return "; ".join(cells)


def _cell(row: Row, changed: Changes) -> str:
    name, _, kind, start, value, low, high, unit, status, n = row
    shown = words.value_text(value, low, unit, status)
    if status in words.SHOWN:
        ends = f"({', '.join(filter(None, [words.interval(low, high, unit, value), f'n {n:,}']))})"
        shown = " ".join(filter(None, [shown, words.unit_suffix(unit), ends]))
        shown += " provisional" if status == "provisional" else ""
    change = changed.get((name, start)) if kind == "quarter" else None
    if change is not None and change.amount:
        shown += f", {change.title}: {change.amount}"
    return f"{words.period_name(kind, start)}: {shown}"
