"""The frames of disclosure control: what is withheld, beside what an attacker makes of what is shown.

Belongs here: counting violations. Does not belong here: the attack itself (disclosure.py), what is expected of the
counts (suites/disclosure.py).
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import duckdb

from data_quality.connection import LANDED, has_table, quoted
from data_quality.disclosure import Cell, Published, Tenure
from data_quality.events import local_day
from data_quality.frames import Frame, frame, from_rows

Connection = duckdb.DuckDBPyConnection
MEMBERS, EVENTS = 5, 10
"""The fewest people and the fewest records behind a number about people's working time (metrics.md)."""
_PEOPLE = "select metric_id from scorecard.metric_catalogue where people_records is not null"
_KEY = "entity_type, entity_id, metric_id, period_type, period_start_on"
_END = """cast(period_start_on + case period_type when 'week' then interval 7 day when 'month' then interval 1 month
    else interval 3 month end as date)"""
_NOTHING = "select null::varchar as team_id, null::date as first_on, null::date as last_on, null::varchar as metric_id"
_VOCABULARY = f"""select distinct metric_id, dimension_value from intermediate.int_measured_cells
    semi join ({_PEOPLE}) as people using (metric_id) where dimension is not null"""
_TESTED = ("few_members", "few_events")


def disclosure_frame(con: Connection) -> Frame:
    """One row: cells that show what they must not, by what is published and by a count of the facts."""
    sql = f"""
        with people as ({_PEOPLE}),
        cells as (select * from scorecard.metric_values semi join people using (metric_id)),
        reasons as (select {_KEY}, is_split from scorecard.suppressions),
        withheld as (select *, dimension is not null as is_split from cells where status = 'suppressed'),
        shown as (
            select *, {_END} as after_on from cells
            where status in ('ok', 'provisional', 'insufficient') and (n > 0 or denominator > 0 or numerator > 0)
        ),
        wrong as (
            {
        _union(
            {
                "with_a_number": "select * from withheld where coalesce(numerator, denominator, n, censored, value, "
                "low, high) is not null",
                "without_reason": f"select * from withheld anti join reasons using ({_KEY}, is_split)",
                "without_cell": f"select * from reasons anti join withheld using ({_KEY}, is_split) where not is_split",
                "splits_with_a_row": "select cells.* from cells semi join reasons "
                f"on reasons.is_split and {_same('reasons')} where cells.dimension is not null",
                "of_services": "select * from shown where entity_type = 'service'",
                "open": "select * from shown where not is_closed",
                "of_few_members": f"select shown.* from shown inner join ({_sizes()}) as sizes "
                f"using (entity_type, entity_id, period_type, period_start_on) where members < {MEMBERS}",
                "of_few_events": f"select shown.* from shown left join ({_counts(con)}) as counts "
                "on shown.metric_id = counts.metric_id and shown.entity_id = counts.team_id "
                "and counts.first_on < shown.after_on and counts.last_on >= shown.period_start_on "
                "where entity_type = 'team' and dimension is null "
                f"group by all having count(counts.team_id) < {EVENTS}",
                "in_changes": f"select * from scorecard.changes semi join withheld using ({_KEY}) "
                "where changes.dimension is null",
                "in_scores": f"select * from scorecard.metric_scores semi join (select {_KEY} from withheld "
                f"where not is_split) using ({_KEY}) where coalesce(value, score, shrunk_value, n) is not null",
                "in_gaps": f"select * from scorecard.gaps_to_target semi join (select {_KEY} from withheld "
                f"where not is_split) using ({_KEY}) where coalesce(value, gap) is not null",
            }
        )
    }
        ),
        parts as (select count(*) as rows from scorecard.metric_parts semi join people using (metric_id))
        select {", ".join(f"count(*) filter (where rule = '{name}') as {name}" for name in RULES)},
            (select rows from parts) as in_parts, min(example) as example
        from wrong
    """
    return frame(con, sql, ())


RULES = (
    "with_a_number", "without_reason", "without_cell", "splits_with_a_row", "of_services", "open", "of_few_members",
    "of_few_events",
    "in_changes", "in_scores", "in_gaps",
)  # fmt: skip


def _union(rules: dict[str, str]) -> str:
    words = f"concat_ws(' ', {_KEY})"
    return " union all ".join(
        f"select '{name}' as rule, {words} as example from ({sql})" for name, sql in rules.items()
    )


def _same(other: str) -> str:
    return " and ".join(f"cells.{name} = {other}.{name}" for name in _KEY.split(", "))


def _sizes() -> str:
    """SQL: how many members a team is known to have at least, in every period of its cells; unknown counts as one."""
    return f"""
        select entity_type, entity_id, period_type, period_start_on, min(coalesce(members, 1)) as members
        from (select distinct entity_type, entity_id, period_type, period_start_on, {_END} as after_on
            from scorecard.metric_values where entity_type = 'team') as periods
        left join core.dim_team as team on team.team_id = periods.entity_id
            and coalesce(team.valid_from < after_on, true) and coalesce(team.valid_to > period_start_on, true)
        group by all
    """


def _counts(con: Connection) -> str:
    """SQL: metric, team and days of each entry of manual work and answer to an incident; at most what counts."""
    (zone,) = con.execute(f"select time_zone from {LANDED}.run").fetchone() or ("UTC",)
    entries = _NOTHING + " where false"
    if has_table(con, "toil.fct_toil_entries"):
        day = local_day("performed_at", str(zone))
        entries = f"""select team_id, {day} as first_on, {day} as last_on, 'toil_share' as metric_id
            from toil.fct_toil_entries where minutes is not null and not is_same_work"""
    answers = _NOTHING + " where false"
    if has_table(con, "toil.fct_incident_responses"):
        answers = f"""select team_id, {local_day("first_action_at", str(zone))} as first_on,
            {local_day("ended_at", str(zone))} as last_on, 'manual_intervention_minutes' as metric_id
            from toil.fct_incident_responses where first_action_at is not null"""
    both = f"select * from ({entries}) union all select * from ({answers})"
    return f"{both} union all select team_id, first_on, last_on, 'unplanned_work_share' from ({both})"


def attack_frame(con: Connection) -> Frame:
    """One row per metric with anything withheld: how much of it follows from what is shown."""
    cells, withheld, tested = _published(con)
    follows = Published(cells, withheld, _tenures(con)).follows() & tested
    return _frame(tested, follows)


def attack_across_frame(con: Connection, former: Path) -> Frame:
    """The same of this release together with the former one, as if nothing had changed since then.

    former: folder of the release. What it showed is public: only what neither shows is tested.
    """
    cells, withheld, tested = _published(con)
    table = former / "tables" / "scorecard.metric_values.parquet"
    catalogue = former / "tables" / "scorecard.metric_catalogue.parquet"
    columns = con.execute(f"describe select * from read_parquet('{quoted(str(catalogue))}')").fetchall()
    if "people_records" not in {row[0] for row in columns}:
        return _frame(set(), set())  # made before anything was withheld
    before = _cells(con, f"read_parquet('{quoted(str(table))}')")
    open_then = {cell for cell, (_, is_closed) in before.items() if not is_closed}
    shown_then = {cell for cell, (status, _) in before.items() if status != "suppressed"} - open_then
    both = Published(cells | shown_then, withheld - shown_then, _tenures(con))
    return _frame(tested - shown_then, both.follows() & (tested - shown_then))


def _frame(tested: Iterable[Cell], follows: Iterable[Cell]) -> Frame:
    names = sorted({cell.metric_id for cell in tested} | {cell.metric_id for cell in follows})
    rows = []
    for metric in names:
        found = sorted(" ".join(map(str, cell[1:])) for cell in follows if cell.metric_id == metric)
        rows.append((metric, sum(cell.metric_id == metric for cell in tested), len(found), "; ".join(found[:3])))
    return from_rows(("metric_id", "withheld", "follow", "example"), rows, ("metric_id",))


def _cells(con: Connection, table: str) -> dict[Cell, tuple[str, bool]]:
    found = con.execute(f"""
        select metric_id, entity_type, entity_id, period_type, period_start_on, dimension_value, status, is_closed
        from {table} as cells semi join ({_PEOPLE}) as people on cells.metric_id = people.metric_id
        where entity_type <> 'service' and not (status <> 'suppressed' and numerator = 0 and denominator = 0)
    """).fetchall()
    return {Cell(*row[:6]): (row[6], row[7]) for row in found}


def _published(con: Connection) -> tuple[frozenset[Cell], frozenset[Cell], set[Cell]]:
    """All cells in which there is anything, those withheld, and of these the ones that nobody may know.

    Splits that are withheld have no row: each value that there may be is one.
    """
    found = _cells(con, "scorecard.metric_values")
    tenures = _tenures(con)
    withheld = {cell for cell, (status, _) in found.items() if status == "suppressed"}
    tested: set[Cell] = set()
    words: dict[str, set[str]] = defaultdict(set)
    for metric, value in con.execute(_VOCABULARY).fetchall():
        words[metric].add(value)
    splits = [cell for cell in found if cell.split is not None]
    rows = con.execute(
        "select metric_id, entity_type, entity_id, period_type, period_start_on, is_split, reason "
        "from scorecard.suppressions where entity_type <> 'service'"
    ).fetchall()
    for metric, kind, name, period, start, is_split, reason in rows:
        whole = Cell(metric, kind, name, period, start, None)
        cells = possible_splits(splits, whole, tenures, words[whole.metric_id]) if is_split else [whole]
        withheld |= set(cells) if is_split else set()
        tested |= withheld & set(cells) if reason in _TESTED else set()
    return frozenset(found) | withheld, frozenset(withheld), tested


def possible_splits(
    shown: Iterable[Cell], whole: Cell, tenures: Iterable[Tenure], vocabulary: Iterable[str]
) -> list[Cell]:
    """The values that withheld splits may have: those of a sum that holds the cell and shows its own, else any."""
    areas = {one.area for one in tenures if one.team_id == whole.entity_id and whole.entity_type == "team"}
    above: dict[tuple[str, str], set[str]] = {}
    for cell in shown:
        holds = cell.entity_type == "portfolio" or (cell.entity_type == "area" and cell.entity_id in areas)
        if holds and cell.split is not None and (cell.metric_id, *cell[3:5]) == (whole.metric_id, *whole[3:5]):
            above.setdefault(cell[1:3], set()).add(cell.split)
    values = set(vocabulary).intersection(*above.values())
    return [whole._replace(split=value) for value in sorted(values)]


def _tenures(con: Connection) -> tuple[Tenure, ...]:
    """Which team was in which area when: a row holds until the next one begins, the first one ever before."""
    (zone,) = con.execute(f"select time_zone from {LANDED}.run").fetchone() or ("UTC",)
    rows = con.execute(f"""
        select team_id, area,
            case when row_number() over here > 1 then {local_day("valid_from", str(zone))} end,
            {local_day("lead(valid_from) over here", str(zone))}
        from core.dim_team window here as (partition by team_id order by coalesce(valid_from, timestamp '1970-01-01'))
    """).fetchall()
    return tuple(Tenure(*row) for row in rows)
