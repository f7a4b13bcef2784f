"""The scorecard door's frames: the published tables, reduced in SQL to what an expectation can look at.

Belongs here: counting violations. Does not belong here: what is expected of the counts (suites/).
"""

from collections.abc import Mapping

import duckdb

from data_quality.change_frames import changes_frame
from data_quality.connection import LANDED
from data_quality.disclosure_frames import attack_frame, disclosure_frame
from data_quality.events import COUNTED, EVENTS, UNITED, create_events
from data_quality.fingerprint import columns_of, published_tables, quote
from data_quality.frames import Frame, frame, from_rows
from data_quality.guardrail_frames import awards_frame, guardrails_frame
from data_quality.highlight_frames import highlights_frame
from data_quality.landing_frames import newest_rows
from data_quality.recognition_frames import recognition_frame
from data_quality.score_frames import metric_scores_frame, scores_frame
from data_quality.signal_frames import signals_frame
from data_quality.times import TIMES

Connection = duckdb.DuckDBPyConnection
_SHOWN = "('ok', 'provisional')"
_DURATIONS = "('minutes', 'hours', 'days', 'ms')"
_TIMES = ", ".join(f"'{metric}'" for metric in TIMES)
# A budget may be overspent.
_POSITIVE = "v.metric_id <> 'error_budget_remaining'"
_SIGNED = "'error_budget_remaining', 'hours_saved'"
# What people did may come to more than their capacity; any other ratio is a part of a whole.
_SHARE = f"v.metric_id not in ('error_budget_remaining', {_TIMES})"

# Column of the frame `cells` -> what is wrong with a row of metric_values (v), its catalogue row (c), its period (p).
CELL_VIOLATIONS: Mapping[str, str] = {
    "unit_or_version": (
        "c.metric_id is not null "
        "and ((v.unit is distinct from c.unit and not (v.unit = 'ms' and coalesce(v.dimension = 'statistic', false))) "
        "or v.metric_version is distinct from c.metric_version)"
    ),
    "ratio_out_of_range": (
        f"v.unit = 'ratio' and (({_POSITIVE} and (v.value < 0 or v.low < 0)) "
        f"or ({_SHARE} and (v.value > 1 or v.high > 1)))"
    ),
    "numerator_above_denominator": f"v.unit = 'ratio' and {_SHARE} and v.numerator > v.denominator",
    "interval_out_of_order": "v.low > v.value + 1e-9 or v.value > v.high + 1e-9 or v.low > v.high + 1e-9",
    "value_while_unknown": f"v.status not in {_SHOWN} and coalesce(v.value, v.low, v.high) is not null",
    "value_missing": (
        f"v.status in {_SHOWN} and v.value is null and not (v.unit in {_DURATIONS} and v.n > 0 and v.high is null)"
    ),
    "counted_without_source": (
        "v.status = 'missing_source' and v.entity_type in ('service', 'portfolio') and v.numerator > 0"
    ),
    "negative_part": (
        f"least(v.denominator, v.n, v.censored) < 0 or (v.numerator < 0 and v.metric_id not in ({_SIGNED}))"
    ),
    "not_finite": (
        "not (isfinite(coalesce(v.value, 0.0)) and isfinite(coalesce(v.low, 0.0)) and isfinite(coalesce(v.high, 0.0)))"
    ),
    "status_against_n": (
        "(v.status = 'ok' and coalesce(v.n < 20, true)) "
        "or (v.status = 'provisional' and coalesce(v.n < 5 or (v.n >= 20 and v.metric_id not in "
        "('net_automation_effect')), true)) "
        "or (v.status = 'insufficient' and v.n >= 5) or (v.status = 'no_exposure' and v.n > 0)"
    ),
    "value_is_not_its_parts": (
        "c.interval_method in ('wilson', 'jackknife', 'jackknife_open', 'weighted') and v.unit <> 'ms' "
        "and abs(v.value / case v.unit when 'per 1,000' then 1000 else 1 end "
        "- v.numerator / nullif(cast(v.denominator as double), 0)) > 1e-9 * greatest(1, abs(v.value))"
    ),
    "period_misplaced": "p.starts_on is distinct from v.period_start_on",
    "closed_misjudged": (
        "v.is_closed is null or (v.is_closed and p.ends_at > p.as_of) or (not v.is_closed and p.ends_at < p.as_of)"
    ),
    "dimension_unpaired": "(v.dimension is null) <> (v.dimension_value is null)",
    "name_missing": "v.entity_name is null or v.entity_id is null",
}

_PERIOD_LENGTH = """case {} when 'week' then interval 7 day when 'month' then interval 1 month
    else interval 3 month end"""
_CELL_SOURCE = f"""
    scorecard.metric_values as v
    left join scorecard.metric_catalogue as c on v.metric_id = c.metric_id
    left join (
        select period_type, period_start_on, run.as_of,
            cast(date_trunc(case when period_type in ('week', 'month', 'quarter') then period_type else 'day' end,
                period_start_on) as date) as starts_on,
            cast(timezone(run.time_zone, period_start_on + {_PERIOD_LENGTH.format("period_type")}) as timestamp)
                as ends_at
        from (select distinct period_type, period_start_on from scorecard.metric_values)
        cross join {LANDED}.run as run
    ) as p on v.period_type = p.period_type and v.period_start_on = p.period_start_on
"""


def shape_frames(con: Connection) -> dict[str, Frame]:
    """The frame `columns`, which needs nothing to be there."""
    return {"columns": _columns(con)}


def scorecard_frames(con: Connection) -> dict[str, Frame]:
    """Frames by name: totals, cells, changes, scores, signals, guardrails, awards, disclosure and the rest."""
    create_events(con)
    return {
        "totals": _totals(con),
        "cells": _cells(con),
        "changes": changes_frame(con),
        "metric_scores": metric_scores_frame(con),
        "scores": scores_frame(con),
        "signals": signals_frame(con),
        "catalogue": _catalogue(con),
        "spine": _spine(con),
        "portfolio": _portfolio(con),
        "persons": persons_frame(con),
        "quarantine": _quarantine(con),
        "guardrails": guardrails_frame(con),
        "awards": awards_frame(con),
        "recognition": recognition_frame(con),
        "highlights": highlights_frame(con),
        "disclosure": disclosure_frame(con),
        "attack": attack_frame(con),
    }


def cell_examples(con: Connection, violation: str, limit: int = 3) -> list[str]:
    """The first cells with that violation, in words."""
    shown = con.execute(f"""
        select concat_ws(' ', v.metric_id, v.entity_type, v.entity_id, v.period_type, v.period_start_on,
                nullif(concat_ws('=', v.dimension, v.dimension_value), '')),
            v.numerator, v.denominator, v.n, v.value, v.low, v.high, v.status
        from {_CELL_SOURCE} where {CELL_VIOLATIONS[violation]} order by 1 limit {limit}
    """).fetchall()
    names = ("numerator", "denominator", "n", "value", "low", "high", "status")
    return [
        f"{cell} ({', '.join(f'{k}={_short(v)}' for k, v in zip(names, rest, strict=True))})" for cell, *rest in shown
    ]


def _short(value: object) -> object:
    return round(value, 6) if isinstance(value, float) else value


def _columns(con: Connection) -> Frame:
    """One row per column of the published tables."""
    tables = published_tables(con)
    return from_rows(["column"], [(f"{t}.{name}",) for t in tables for name, _ in columns_of(con, t)], ("column",))


def _totals(con: Connection) -> Frame:
    """One row: size, keys, as_of of metric_values; exclusions without a cell."""
    key = "entity_type, entity_id, metric_id, period_type, period_start_on"
    sql = f"""
        with keyed as (
            select {key}, dimension, dimension_value, count(*) as size from scorecard.metric_values group by all
        ),
        cells as (select distinct {key} from keyed)
        select
            (select count(*) from scorecard.metric_values) as rows,
            (select coalesce(sum(size - 1), 0)::bigint from keyed) as double_keys,
            (select count(*) from scorecard.metric_values cross join {LANDED}.run
                where metric_values.as_of is distinct from run.as_of) as other_as_of,
            (select count(*) from scorecard.exclusions anti join cells using ({key})) as orphan_exclusions,
            (select count(*) from scorecard.exclusions where reason is null or coalesce(rows, 0) <= 0)
                as empty_exclusions
    """
    return frame(con, sql, ())


def _cells(con: Connection) -> Frame:
    """One row per metric, kind of entity and period, status, dimension: how many rows break each rule."""
    counts = ", ".join(f"count(*) filter (where {test}) as {name}" for name, test in CELL_VIOLATIONS.items())
    sql = f"""
        select v.metric_id, v.entity_type, v.period_type, v.status, v.dimension, count(*) as rows, {counts},
            max(abs(v.value)) as largest_value,
            case when v.metric_id in ({_TIMES}) then 1000000000.0 when any_value(v.unit) = 'minutes' then 5256000.0
                when any_value(v.unit) = 'ratio' and v.metric_id <> 'error_budget_remaining' then 1.0
                else 10000000.0 end as plausible_limit
        from {_CELL_SOURCE}
        group by v.metric_id, v.entity_type, v.period_type, v.status, v.dimension
        order by all
    """
    return frame(con, sql, ("metric_id", "entity_type", "period_type", "status", "dimension"))


def _catalogue(con: Connection) -> Frame:
    """One row per metric of catalogue or values, and where it is missing."""
    sql = """
        with used as (select distinct metric_id from scorecard.metric_values)
        select coalesce(used.metric_id, known.metric_id) as metric_id,
            cast(known.metric_id is null as int) as not_in_catalogue,
            cast(used.metric_id is null as int) as not_in_values
        from used
        full outer join scorecard.metric_catalogue as known on used.metric_id is not distinct from known.metric_id
        order by 1
    """
    return frame(con, sql, ("metric_id",))


def _spine(con: Connection) -> Frame:
    """One row per kind of entity, metric and period: cells that ought to be there and are not.

    A service ought to have those periods of the portfolio that overlap its validity; any other entity those between
    its own first and last; the portfolio has no gap in the calendar.
    """
    sql = f"""
        with cells as (
            select entity_type, entity_id, metric_id, period_type, period_start_on
            from scorecard.metric_values where dimension is null
        ),
        entity_periods as (select distinct entity_type, entity_id, period_type, period_start_on from cells),
        calendar as (
            select period_type, cast(unnest(generate_series(cast(min(period_start_on) as timestamp),
                cast(max(period_start_on) as timestamp), case period_type
                when 'week' then interval 7 day when 'month' then interval 1 month else interval 3 month end)) as date)
                as period_start_on
            from entity_periods where entity_type = 'portfolio' group by period_type
        ),
        services as (
            select service_id, timezone(run.time_zone, timezone('UTC', valid_from)) as valid_from,
                timezone(run.time_zone, timezone('UTC', valid_to)) as valid_to
            from core.dim_service cross join {LANDED}.run as run
        ),
        lives as (
            select entity_type, entity_id, period_type, min(period_start_on) as first_on,
                max(period_start_on) as last_on
            from entity_periods where entity_type <> 'service' group by all
        ),
        expected as (
            select lives.entity_type, lives.entity_id, calendar.period_type, calendar.period_start_on
            from lives inner join calendar on lives.period_type = calendar.period_type
                and calendar.period_start_on between lives.first_on and lives.last_on
            union all
            select 'service', services.service_id, calendar.period_type, calendar.period_start_on
            from services inner join calendar
                on coalesce(calendar.period_start_on < services.valid_to, true)
                and coalesce(calendar.period_start_on + case calendar.period_type
                    when 'week' then interval 7 day when 'month' then interval 1 month else interval 3 month end
                    > services.valid_from, true)
        ),
        wanted as (select expected.*, metric_id from expected cross join scorecard.metric_catalogue),
        missing as (
            select * from wanted anti join cells using (entity_type, entity_id, metric_id, period_type, period_start_on)
        )
        select entity_type, metric_id, period_type, count(*) as expected_cells,
            (select count(*) from missing where missing.entity_type = wanted.entity_type
                and missing.metric_id = wanted.metric_id and missing.period_type = wanted.period_type) as missing_cells,
            (select min(entity_id || ' ' || period_start_on) from missing where missing.entity_type = wanted.entity_type
                and missing.metric_id = wanted.metric_id and missing.period_type = wanted.period_type) as first_missing
        from wanted group by all order by all
    """
    return frame(con, sql, ("entity_type", "metric_id", "period_type", "first_missing"))


def _portfolio(con: Connection) -> Frame:
    """One row per metric: months in which the portfolio's numerator is not that of its services and the unattributed.

    Unattributed is counted from the facts: events of no service, or of one that has no cell in that month. Those that
    are not covered are no part of the portfolio: at most as many as its exclusions hold beyond those of its services,
    each standing for so much at most (a sample, for any number of bad requests), and at most all that are unattributed
    (what is left of a budget, or saved, may be less than nothing, so there it says nothing).
    """
    united = ", ".join(f"'{metric}'" for metric in UNITED)
    most = ", ".join(f"('{counted.metric_id}', {counted.most_a_row:e})" for counted in COUNTED)
    sql = f"""
        with cells as (
            select metric_id, entity_type, entity_id, period_start_on, cast(numerator as double) as numerator
            from scorecard.metric_values
            where dimension is null and period_type = 'month' and metric_id not in ({_TIMES}, {united})
        ),
        sums as (
            select metric_id, period_start_on,
                sum(numerator) filter (where entity_type = 'portfolio') as portfolio,
                coalesce(sum(numerator) filter (where entity_type = 'service'), 0) as services,
                coalesce(sum(numerator) filter (where entity_type = 'team'), 0) as teams,
                coalesce(sum(numerator) filter (where entity_type = 'area'), 0) as areas,
                1e-9 * max(abs(numerator)) as slack
            from cells group by all
        ),
        unattributed as (
            select metric_id, period_start_on, sum(hits) as hits
            from {EVENTS} as events
            anti join (
                select metric_id, entity_id as service_id, period_start_on from cells where entity_type = 'service'
            ) as known using (metric_id, service_id, period_start_on)
            group by all
        ),
        not_covered as (
            select metric_id, period_start_on,
                coalesce(sum(rows) filter (where entity_type = 'portfolio'), 0)
                - coalesce(sum(rows) filter (where entity_type = 'service'), 0) as rows
            from scorecard.exclusions
            where reason = 'not_covered' and dimension is null and period_type = 'month' group by all
        ),
        largest as (
            select metric_id, max(value) as value
            from (
                select metric_id, 1e0 as value from scorecard.metric_catalogue
                union all from (values {most}) as counted (metric_id, value)
            ) group by metric_id
        ),
        judged as (
            select sums.*, coalesce(unattributed.hits, 0) as unattributed, coalesce(not_covered.rows, 0) as not_covered,
                coalesce(case
                    when metric_id in ({_SIGNED}) and not_covered.rows <> 0 then false
                    else sums.portfolio - sums.services - coalesce(unattributed.hits, 0)
                        not between -greatest(0, least(
                            coalesce(unattributed.hits, 0), coalesce(not_covered.rows, 0) * largest.value
                        )) - slack and slack
                end, true) as is_wrong
            from sums
            inner join largest using (metric_id)
            left join unattributed using (metric_id, period_start_on)
            left join not_covered using (metric_id, period_start_on)
        )
        select metric_id, count(*) as periods, count(*) filter (where is_wrong) as disagreeing_periods,
            count(*) filter (
                where greatest(teams, areas) > portfolio + slack and metric_id not in ({_SIGNED})
            ) as teams_above_portfolio,
            min(concat(period_start_on, ': portfolio ', portfolio, ', services ', services,
                ', unattributed ', unattributed, ', of which not covered at most ', not_covered))
                filter (where is_wrong) as example
        from judged group by metric_id order by metric_id
    """
    return frame(con, sql, ("metric_id", "example"))


def persons_frame(con: Connection) -> Frame:
    """One row per text column of the published tables: rows that look like the name of a person."""
    found: list[tuple[object, ...]] = []
    for table in published_tables(con):
        texts = [name for name, kind in columns_of(con, table) if kind == "VARCHAR"]
        if texts:
            sums = ", ".join(f"coalesce(sum({_names_a_person(quote(name))}), 0)::bigint" for name in texts)
            counts = con.execute(f"select {sums} from {table}").fetchone() or ()
            found += [(f"{table}.{name}", count) for name, count in zip(texts, counts, strict=True)]
    return from_rows(["column", "rows_naming_a_person"], found, ("column",))


def _names_a_person(column: str) -> str:
    """SQL: 1 for a text that names a person. A cheap test stands in front of the regular expression: `case` does not
    evaluate what follows for the millions of ids that fail it, whereas `and` does.
    """
    return (
        f"case when contains({column}, '@') or contains({column}, ' by ') or starts_with({column}, 'Caller ') "
        rf"then cast(regexp_matches({column}, '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]"
        # A handle stands by itself: neither a version behind a name (`drain@v2`) nor a scope of packages (`@acme/web`).
        r"|(^|[^A-Za-z0-9._%+/-])@[A-Za-z][A-Za-z0-9_-]*($|[^A-Za-z0-9_/-])"
        rf"|^(Caller|Opened by|Updated by|Created by|Resolved by) +[0-9]+$') as int) end"
    )


def _quarantine(con: Connection) -> Frame:
    """One row per source and kind: rows by fate against the threshold. The organisation's own folder may have none.

    A source that is no longer declared is held to what was declared last: an earlier as_of sees its rows again.
    """
    sql = f"""
        with fates as (
            select source, feed, kind, fate, coalesce(reason, '') as reason, sum(rows)::bigint as rows
            from intermediate.int_row_fates group by all
        ),
        thresholds as (
            select source, try_cast(quarantine_share as double) as threshold
            from {newest_rows("organisation_sources", ["source"], with_deleted=True)}
        )
        select source, feed, kind, sum(rows)::bigint as rows,
            coalesce(sum(rows) filter (where fate = 'quarantined'), 0)::bigint as quarantined,
            coalesce(sum(rows) filter (where fate = 'quarantined'), 0) / nullif(sum(rows)::double, 0)
                as quarantined_share,
            coalesce(any_value(threshold), 0.0) as threshold,
            arg_max(reason, rows) filter (where fate = 'quarantined') as main_reason,
            coalesce(sum(rows) filter (where fate is null
                or fate not in ('staged', 'quarantined', 'superseded', 'deleted', 'not_applicable')
                or (fate = 'not_applicable' and reason = '')), 0)::bigint as unknown_fates
        from fates left join thresholds using (source)
        group by source, feed, kind order by source, feed, kind
    """
    return frame(con, sql, ("source", "feed", "kind"))
