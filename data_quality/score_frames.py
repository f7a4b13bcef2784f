"""The frames of metric_scores, scores and gaps_to_target: their rows beside cells, policy and each other.

Belongs here: counting violations. Does not belong here: what is expected of the counts (suites/).

By another way than the models: means are products of powers and not sums of logarithms, goals are asked of the policy's
rows tier by tier, a gap is judged by what the value says. Bands are only looked at: the oracle makes them again.
"""

from collections.abc import Mapping

import duckdb

from data_quality.frames import Frame, frame

_SHOWN = "('ok', 'provisional')"
_ROLLOUT = "('not_scored_yet', 'not_started')"
_PLACE = "entity_type, entity_id, period_type, period_start_on"
_TIERS = ("1", "2", "3", "4", "unknown")
_DAYS = " + ".join(f"tier_{tier}_days" for tier in _TIERS)


def _mean(column: str) -> str:
    """SQL: a goal's mean by days; of what owned nothing, tier 4's. Days of no tier count as tier 4."""
    days = " ".join(f"when {tier} then tier_{tier}_days" for tier in _TIERS[:3])
    share = f"case when {_DAYS} = 0 then cast(p.tier = 4 as int) else case p.tier {days} else tier_4_days "
    return f"sum(p.{column} * {share}+ tier_unknown_days end / ({_DAYS}) end)"


# Column of the frame `metric_scores` -> what is wrong with one of its rows (m), or with a cell (v) that has none.
METRIC_VIOLATIONS: Mapping[str, str] = {
    "cells_without_score": "m.metric_id is null or v.metric_id is null",
    "other_cell": "m.value is distinct from v.value or m.n is distinct from v.n",
    "out_of_range": "m.score not between 0 and 100 or m.low not between 0 and 100 or m.high not between 0 and 100",
    "outside_band": "m.score < m.low or m.score > m.high or (m.low is null) <> (m.high is null)",
    "known_misjudged": f"(m.score is not null) <> (m.status in {_SHOWN}) or (m.score is null and m.low is not null)",
    "other_goals": (
        "abs(m.floor - p.floor) > 1e-9 * (1 + abs(p.floor)) or abs(m.target - p.target) > 1e-9 * (1 + abs(p.target)) "
        "or abs(coalesce(m.weight, 0) - coalesce(p.weight, 0)) > 1e-9"
    ),
    "other_score": (
        "abs(m.score - greatest(0, least(100, 100 - 100 * (m.target - m.shrunk_value) / (m.target - m.floor)))) > 1e-6"
    ),
    "shrunk_beyond": (
        "m.shrunk_value > greatest(m.value, m.portfolio_value) + 1e-9 * (1 + abs(m.value)) "
        "or m.shrunk_value < least(m.value, m.portfolio_value) - 1e-9 * (1 + abs(m.value)) "
        "or (m.n >= 4 * m.minimum_n and m.own_weight < 0.5 - 1e-9) "
        "or (m.entity_type = 'portfolio' and m.own_weight < 1)"
    ),
    "scored_early": (
        f"(m.status in {_ROLLOUT}) <> "
        "coalesce(m.weight is not null and r.is_listed and coalesce(m.period_start_on < r.scored_from, true), false) "
        "or (m.status = 'not_started' and m.period_start_on >= r.starts_on) "
        "or (m.status = 'not_scored_yet' and coalesce(m.period_start_on < r.starts_on, true))"
    ),
    "other_gap": (
        "m.entity_type = 'team' and m.shrunk_value is not null and g.status is distinct from case "
        "when m.status in ('excepted', 'not_started') then m.status "
        "when (m.value - m.target) * case c.better when 'up' then -1 else 1 end > 1e-9 then 'open' else 'reached' end"
    ),
}

# Column of the frame `scores` -> what is wrong with one of its rows (s), beside what its parts say (e).
SCORE_VIOLATIONS: Mapping[str, str] = {
    "pillars_apart": "s.pillar is null or e.pillar is null",
    "out_of_range": ("s.value not between 1 and 100 or s.low not between 1 and 100 or s.high not between 1 and 100"),
    "outside_band": "s.value < s.low or s.value > s.high or (s.low is null) <> (s.high is null)",
    "known_misjudged": f"(s.value is not null) <> (s.status in {_SHOWN}) or (s.value is null and s.low is not null)",
    "weights_apart": "abs(e.weight - 1) > 1e-9",
    "other_mean": (
        "s.status is distinct from e.status or coalesce(abs(s.value - e.value) > 1e-6, false) "
        "or s.excused_metrics is distinct from e.excused or abs(s.excused_weight - e.excused_weight) > 1e-9"
    ),
}


def _counts(violations: Mapping[str, str]) -> str:
    return ", ".join(f"count(*) filter (where {test}) as {name}" for name, test in violations.items())


def _any(violations: Mapping[str, str]) -> str:
    return " or ".join(f"({test})" for test in violations.values())


def metric_scores_frame(con: duckdb.DuckDBPyConnection) -> Frame:
    """One row per metric and kind of period: rows of metric_scores and gaps_to_target that break each rule."""
    sql = f"""
        with v as (
            select distinct {_PLACE}, values_.metric_id, value, n from scorecard.metric_values as values_
            inner join scorecard.policy as policy on values_.metric_id = policy.metric_id
                and period_start_on >= policy.valid_from and coalesce(period_start_on < policy.valid_to, true)
            where dimension is null and entity_type <> 'service' and period_type <> 'week'
        ),
        p as (
            select {_PLACE}, m.metric_id, {_mean("floor")} as floor, {_mean("target")} as target,
                {_mean("weight")} as weight
            from scorecard.metric_scores as m
            inner join scorecard.policy as p on m.metric_id = p.metric_id and m.policy_version = p.policy_version
            group by all
        ),
        r as (
            select 'team' as entity_type, team_id as entity_id, true as is_listed, starts_on, scored_from
            from (from core.dim_team qualify row_number() over (partition by team_id order by valid_from desc) = 1) as t
            inner join scorecard.policy_cohorts as c on t.rollout_cohort = c.cohort
        )
        select coalesce(m.metric_id, v.metric_id) as metric_id, coalesce(m.period_type, v.period_type) as period_type,
            count(*) as rows, {_counts(METRIC_VIOLATIONS)},
            min(concat_ws(' ', coalesce(m.entity_type, v.entity_type), coalesce(m.entity_id, v.entity_id),
                coalesce(m.period_start_on, v.period_start_on), 'value', m.value, 'shrunk', m.shrunk_value, 'score',
                m.score, 'band', m.low, m.high, 'weight', m.weight, m.status, 'gap', g.gap, g.status))
                filter (where {_any(METRIC_VIOLATIONS)}) as example
        from scorecard.metric_scores as m
        full outer join v using ({_PLACE}, metric_id)
        left join p using ({_PLACE}, metric_id)
        left join scorecard.gaps_to_target as g using ({_PLACE}, metric_id)
        left join r using (entity_type, entity_id)
        left join scorecard.metric_catalogue as c using (metric_id)
        group by 1, 2 order by all
    """
    return frame(con, sql, ("metric_id", "period_type"))


def scores_frame(con: duckdb.DuckDBPyConnection) -> Frame:
    """One row per pillar and kind of period: rows of scores that break each rule."""
    status = f"""case when max(case when status in {_ROLLOUT} then status end) is not null then max(status)
        when count(*) = count(*) filter (where is_excused) then 'excused'
        when bool_or(score is null and not is_excused) then 'incomplete'
        when bool_or(status = 'provisional') then 'provisional' else 'ok' end"""
    mean = "product(power(greatest(score, 1), weight / whole)) filter (where score is not null)"
    sql = f"""
        with parts as (
            select *, sum(weight) filter (where not is_excused) over (partition by {_PLACE}, pillar) as whole
            from scorecard.metric_scores where weight is not null
        ),
        pillars as (
            select {_PLACE}, pillar, {status} as judged, case when {status} in {_SHOWN} then {mean} end as value,
                sum(weight) as weight, count(*) filter (where is_excused) as excused,
                coalesce(sum(weight) filter (where is_excused), 0) as excused_weight
            from parts group by {_PLACE}, pillar
        ),
        weighed as (
            select pillars.*, s.pillar_weight, s.value as said from pillars
            left join scorecard.scores as s using ({_PLACE}, pillar)
        ),
        standing as (
            select * exclude (value), judged = 'excused' as is_excused, judged as status, said as score,
                sum(pillar_weight) filter (where judged <> 'excused') over (partition by {_PLACE}) as whole
            from weighed
        ),
        e as (
            select {_PLACE}, pillar, judged as status, value, weight, excused, excused_weight from pillars
            union all
            select {_PLACE}, 'overall', {status},
                case when {status} in {_SHOWN} then {mean.replace("weight /", "pillar_weight /")} end,
                sum(pillar_weight), sum(excused), sum(excused_weight * pillar_weight)
            from standing group by {_PLACE}
        )
        select coalesce(s.pillar, e.pillar) as pillar, coalesce(s.period_type, e.period_type) as period_type,
            count(*) as rows, {_counts(SCORE_VIOLATIONS)},
            min(concat_ws(' ', coalesce(s.entity_type, e.entity_type), coalesce(s.entity_id, e.entity_id),
                coalesce(s.period_start_on, e.period_start_on), 'value', s.value, 'band', s.low, s.high, s.status,
                'by its parts', e.value, e.status, 'weights', e.weight))
                filter (where {_any(SCORE_VIOLATIONS)}) as example
        from scorecard.scores as s
        full outer join e on {" and ".join(f"s.{name} = e.{name}" for name in [*_PLACE.split(", "), "pillar"])}
        group by 1, 2 order by all
    """
    return frame(con, sql, ("pillar", "period_type"))
