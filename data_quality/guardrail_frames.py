"""The frames of scorecard.guardrails and scorecard.awards: their rows beside each other and beside the policy.

Belongs here: counting violations. Does not belong here: what is expected of the counts (suites/).

By another way than the models: limits are compared by the published numbers, and an award asks for as many guardrails
that stand as there must be, so that none passes by being left out.
"""

from collections.abc import Mapping

import duckdb

from data_quality.frames import Frame, frame

GUARDRAILS = (
    "oversight", "audit_trail", "harm", "risk_taking", "over_automation", "escalation", "non_inferiority",
)  # fmt: skip
_IS_OVER = """case unit
    when 'count' then failed > threshold
    when 'per 1,000' then failed * 1000 > threshold * n * (1 + 1e-12)
    when 'ratio' then failed > threshold * n * (1 + 1e-12)
    else observed < threshold and excepted = 0 end"""

# Column of the frame -> what is wrong with a row of guardrails.
VIOLATIONS: Mapping[str, str] = {
    "held_without_ground": (
        "held is not null and (coalesce(n, 0) = 0 "
        "or status in ('missing_source', 'no_exposure', 'unknown', 'no_baseline'))"
    ),
    "against_its_limit": (
        f"coalesce({_IS_OVER}, false) <> (status = 'breached') or coalesce(held, true) = (status = 'breached')"
    ),
}


def guardrails_frame(con: duckdb.DuckDBPyConnection) -> Frame:
    """One row per guardrail: rows that break each rule, and teams' months and quarters without it."""
    counts = ", ".join(f"count(*) filter (where {test}) as {name}" for name, test in VIOLATIONS.items())
    known = ", ".join(f"('{name}')" for name in GUARDRAILS)
    sql = f"""
        with known as (select * from (values {known}) as names(guardrail_id)),
        places as (
            select distinct entity_type, entity_id, period_type, period_start_on from scorecard.metric_values
            where entity_type in ('team', 'portfolio') and period_type in ('month', 'quarter')
        ),
        missing as (
            select guardrail_id, count(*) as missing,
                min(concat_ws(' ', entity_type, entity_id, period_type, period_start_on)) as missing_example
            from places cross join known
            anti join scorecard.guardrails using (guardrail_id, entity_type, entity_id, period_type, period_start_on)
            group by guardrail_id
        ),
        broken as (
            select guardrail_id, {counts},
                min(concat_ws(' ', entity_id, period_type, period_start_on, status, 'held', held, 'n', n, 'failed',
                    failed, 'observed', observed, 'threshold', threshold))
                    filter (where {" or ".join(f"({test})" for test in VIOLATIONS.values())}) as example
            from scorecard.guardrails group by guardrail_id
        )
        select coalesce(known.guardrail_id, broken.guardrail_id) as guardrail_id,
            cast(known.guardrail_id is null as int) as not_known, coalesce(missing, 0) as missing,
            {", ".join(f"coalesce({name}, 0) as {name}" for name in VIOLATIONS)},
            concat_ws('; ', missing_example, example) as example
        from known full outer join broken using (guardrail_id) left join missing using (guardrail_id)
        order by all
    """
    return frame(con, sql, ("guardrail_id",))


def awards_frame(con: duckdb.DuckDBPyConnection) -> Frame:
    """One row: awards that were granted beside a guardrail that does not stand, or without anything that improved."""
    sql = f"""
        with rules as (
            select policy_version, max(number) as quarters from scorecard.policy_settings
            where section = 'awards.sustained_improvement' and setting = 'quarters' group by policy_version
        ),
        standing as (
            select award.entity_id, award.period_start_on, count(*) as standing
            from scorecard.awards as award
            join rules using (policy_version)
            join scorecard.guardrails as gate on gate.entity_type = award.entity_type
                and gate.entity_id = award.entity_id and gate.period_type = 'quarter'
                and date_diff('month', gate.period_start_on, award.period_start_on)
                    between 0 and 3 * (rules.quarters - 1)
            where gate.status in ('held', 'excepted', 'no_exposure') and coalesce(gate.held, true)
            group by award.entity_id, award.period_start_on
        ),
        improved as (
            select entity_id, period_start_on, count(*) as improved from scorecard.award_tests
            where is_improved and quarters_better = quarters group by entity_id, period_start_on
        ),
        beside as (
            select award.*, coalesce(standing, 0) < {len(GUARDRAILS)} * coalesce(quarters, 0) as lacks_a_guardrail,
                coalesce(improved, 0) = 0 as lacks_improvement
            from scorecard.awards as award left join rules using (policy_version)
            left join standing using (entity_id, period_start_on)
            left join improved using (entity_id, period_start_on)
        )
        select count(*) as awards, count(*) filter (where granted and lacks_a_guardrail) as beside_a_guardrail,
            count(*) filter (where granted and lacks_improvement) as without_improvement,
            count(*) filter (where coalesce(granted, false) <> (withheld_codes is null)) as withheld_in_silence,
            min(concat_ws(' ', entity_id, period_start_on, withheld_codes))
                filter (where granted and (lacks_a_guardrail or lacks_improvement)
                    or coalesce(granted, false) <> (withheld_codes is null)) as example
        from beside
    """
    return frame(con, sql, ())
