-- The scratch warehouse: facts from landed rows, then cells from facts, in plain statements (see scratch_warehouse.py).

create or replace table core.dim_team as
    select team_id, name, area, cast(members as bigint) as members, rollout_cohort, null::timestamp as valid_from,
        null::timestamp as valid_to from landing.organisation_teams;

create or replace table core.dim_service as
    select service_id, s.name, cast(tier as bigint) as tier, null::timestamp as valid_from,
        null::timestamp as valid_to, team_id, area
    from landing.organisation_services as s left join core.dim_team using (team_id);

create or replace table reliability.fct_incidents as
    select incident_id, _source as source, source_record_id, _batch_id as batch_id, service_id, service.team_id, area, severity,
        is_planned::boolean as is_planned, impact_started_at::timestamp as started_at,
        acknowledged_at::timestamp as acknowledged_at, resolved_at::timestamp as resolved_at,
        null::timestamp as detected_at, null::timestamp as mitigated_at,
        resolved_at::timestamp as first_resolved_at, resolved_by, resolved_at is not null as is_resolved,
        case when resolved_at is not null then false end as is_reopened_in_7_days,
        case when resolved_at is not null then resolved_by = 'automation' end as is_self_healed,
        date_diff('second', started_at, acknowledged_at::timestamp) / 60.0::double as acknowledge_minutes,
        date_diff('second', started_at, resolved_at::timestamp) / 60.0::double as restore_minutes
    from landing.records_incidents as raw inner join staging.landed on landed.source = raw._source and landed._row = raw._row and fate = 'staged' left join core.dim_service as service using (service_id);

create or replace table reliability.fct_service_impacts as
    select source, source_record_id, incident_id, service_id, team_id, area, 'de' as market, started_at as anchored_at, started_at as starts_at,
        coalesce(resolved_at, timestamp '2026-04-02') as ends_at,
        case when service_id is null then 'service_unknown' end as exclusion_reason
    from reliability.fct_incidents;

create or replace table reliability.fct_slo_exclusions as
    select source, source_record_id, null::varchar as batch_id, service_id, null::varchar as sli, starts_at, ends_at,
        true as is_valid
    from reliability.fct_service_impacts where false;

create or replace table reliability.fct_incident_events as
    select incident_id, source, source_record_id, batch_id, started_at as event_at, 'declared' as event
    from reliability.fct_incidents where false;

create or replace table delivery.fct_deployments as
    select deployment_id, _source as source, source_record_id, _batch_id as batch_id, service_id, team_id, area,
        environment = 'production' as is_production, version, finished_at::timestamp as deployed_at, outcome,
        is_unplanned_fix::boolean as is_unplanned_fix,
        case when outcome is not null then outcome = 'failed' end as is_failed,
        deployed_at + interval 24 hour > timestamp '2026-04-02' as is_immature, false as is_version_return,
        null::timestamp as first_commit_at, deployed_at as finished_at, null::varchar as tests, null::boolean as is_progressive,
        null::boolean as is_on_green_path, false as is_first_of_service, false as is_averted, null::varchar as abort_trigger
    from landing.records_deployments as raw inner join staging.landed on landed.source = raw._source and landed._row = raw._row and fate = 'staged' left join core.dim_service as service using (service_id);

create or replace table delivery.fct_incident_deployment_links as
    select incident_id, null::varchar as deployment_id, service_id, 'none' as rule
    from reliability.fct_incidents where not is_planned;

create or replace table automation.fct_automation_runs as
    select run_id, _source as source, source_record_id, _batch_id as batch_id, automation_id, service_id, team_id, area,
        mode, outcome, started_at::timestamp as started_at, null::timestamp as taken_over_at,
        null::timestamp as reversed_at, null::varchar as harmed_incident_id, finished_at::timestamp as finished_at,
        null::double as manual_minutes, null::varchar as manual_minutes_basis
    from landing.records_automation_runs as raw inner join staging.landed on landed.source = raw._source and landed._row = raw._row and fate = 'staged' left join core.dim_service as service using (service_id);

create or replace table scorecard.metric_catalogue as
    select * from (values ('incident_rate', 'Incident rate', 'reliability', 'per service-month', 'down', 'event', 'none', 'poisson', 'What incident_rate means.', 'A case.', 'a paper', 5, 1), ('time_to_acknowledge', 'Time to acknowledge', 'reliability', 'minutes', 'down', 'event', 'none', 'kaplan_meier', 'What time_to_acknowledge means.', 'A case.', 'a paper', 5, 1), ('time_to_restore', 'Time to restore', 'reliability', 'minutes', 'down', 'event', 'none', 'kaplan_meier', 'What time_to_restore means.', 'A case.', 'a paper', 5, 1), ('reopen_rate', 'Reopen rate', 'reliability', 'ratio', 'down', 'event', 'none', 'wilson', 'What reopen_rate means.', 'A case.', 'a paper', 5, 1), ('deployment_frequency', 'Deployment frequency', 'delivery', 'per week', 'context only', 'event', 'none', 'poisson', 'What deployment_frequency means.', 'A case.', 'a paper', 5, 1), ('change_fail_rate', 'Change fail rate', 'delivery', 'ratio', 'down', 'event', 'none', 'wilson', 'What change_fail_rate means.', 'A case.', 'a paper', 5, 1), ('rework_rate', 'Rework rate', 'delivery', 'ratio', 'down', 'event', 'none', 'wilson', 'What rework_rate means.', 'A case.', 'a paper', 5, 1), ('rollback_rate', 'Rollback rate', 'delivery', 'ratio', 'context only', 'event', 'none', 'wilson', 'What rollback_rate means.', 'A case.', 'a paper', 5, 1), ('automation_success', 'Automation success', 'automation', 'ratio', 'up', 'event', 'none', 'wilson', 'What automation_success means.', 'A case.', 'a paper', 5, 1), ('self_healing_share', 'Self healing share', 'automation', 'ratio', 'up', 'event', 'none', 'wilson', 'What self_healing_share means.', 'A case.', 'a paper', 5, 1)) as c(metric_id, name, pillar, unit, better, anchor, follow_up, interval_method,
        definition, example, source, minimum_n, metric_version);

create or replace temp table events as
    with i as (select *, started_at as happened_at from reliability.fct_incidents),
    d as (select *, deployed_at as happened_at from delivery.fct_deployments),
    run as (select as_of from landing.run)
    select 'incident_rate' as metric_id, service_id, team_id, area, happened_at, true as counted, true as hit,
        null::varchar as reason, null::double as minutes from i
    union all select 'time_to_acknowledge', service_id, team_id, area, happened_at, true, true, null, acknowledge_minutes from i
    union all select 'time_to_restore', service_id, team_id, area, happened_at, true, restore_minutes is not null, null, restore_minutes from i
    union all select 'reopen_rate', service_id, team_id, area, first_resolved_at,
        first_resolved_at + interval 7 day <= as_of, is_reopened_in_7_days,
        case when first_resolved_at + interval 7 day > as_of then 'immature' end, null
        from i cross join run where first_resolved_at is not null
    union all select 'self_healing_share', service_id, team_id, area, happened_at,
        coalesce(resolved_at + interval 24 hour <= as_of, false), is_self_healed,
        case when not coalesce(resolved_at + interval 24 hour <= as_of, false) then 'immature' end, null from i cross join run
    union all select 'deployment_frequency', service_id, team_id, area, happened_at, outcome = 'succeeded', true,
        case when outcome is null then 'outcome_unknown' end, null from d
    union all select 'change_fail_rate', service_id, team_id, area, happened_at, not is_immature and is_failed is not null, is_failed,
        case when is_immature then 'immature' when is_failed is null then 'outcome_unknown' end, null from d
    union all select 'rework_rate', service_id, team_id, area, happened_at, true, is_unplanned_fix, null, null from d
    union all select 'rollback_rate', service_id, team_id, area, happened_at, true, is_version_return, null, null from d
    union all select 'automation_success', service_id, team_id, area, started_at, true, outcome = 'succeeded', null, null
        from automation.fct_automation_runs;

create or replace temp table local_events as
    select *, timezone('Europe/Berlin', timezone('UTC', happened_at)) as local_at from events;

create or replace temp table periods as
    with starts(period_type, period_start_on, length) as (
        select 'week', unnest(generate_series(timestamp '2025-12-29', timestamp '2026-04-02', interval 7 day)), interval 7 day
        union all
        select 'month', unnest(generate_series(timestamp '2026-01-01', timestamp '2026-04-02', interval 1 month)), interval 1 month
        union all
        select 'quarter', unnest(generate_series(timestamp '2026-01-01', timestamp '2026-04-02', interval 3 month)), interval 3 month
    )
    select period_type, cast(period_start_on as date) as period_start_on, period_start_on + length as ends,
        cast(timezone('Europe/Berlin', period_start_on) as timestamp) as from_at,
        cast(timezone('Europe/Berlin', period_start_on + length) as timestamp) as to_at
    from starts;

create or replace temp table entities as
    select 'service' as entity_type, service_id as entity_id, name as entity_name from core.dim_service
    union all select 'team', team_id, name from core.dim_team
    union all select distinct 'area', area, area from core.dim_team
    union all select 'portfolio', organisation, title from landing.run;

create or replace temp table parts as
    select e.*, c.metric_id, p.period_type, p.period_start_on, p.to_at, c.unit, c.metric_version, run.as_of,
        date_diff('second', p.from_at, least(p.to_at, run.as_of)) * case e.entity_type when 'service' then 1
            when 'team' then (select count(*) from core.dim_service where team_id = e.entity_id) else 3 end as seconds,
        count(*) filter (where v.counted) as counted, count(*) filter (where v.counted and v.hit) as hits,
        median(v.minutes) filter (where v.hit) as middle, min(v.minutes) as least_minutes, max(v.minutes) as most_minutes
    from entities as e cross join scorecard.metric_catalogue as c cross join periods as p cross join landing.run
    left join local_events as v on v.metric_id = c.metric_id and v.local_at >= p.period_start_on and v.local_at < p.ends
        and (e.entity_type = 'portfolio' or e.entity_id = case e.entity_type when 'service' then v.service_id
            when 'team' then v.team_id else v.area end)
    group by all;

create or replace table scorecard.exclusions as
    select e.entity_type, e.entity_id, e.entity_name, v.metric_id, p.period_type, p.period_start_on,
        null::varchar as dimension, null::varchar as dimension_value, reason, count(*) as rows
    from entities as e cross join periods as p
    inner join local_events as v on v.reason is not null and v.local_at >= p.period_start_on and v.local_at < p.ends
        and (e.entity_type = 'portfolio' or e.entity_id = case e.entity_type when 'service' then v.service_id
            when 'team' then v.team_id else v.area end)
    group by all;

create or replace table scorecard.metric_values as
    with shaped as (
        select *, case when unit like 'per %' then seconds // 86400 else counted end as n,
            case unit when 'per service-month' then seconds / 2629800.0::double when 'per week' then seconds / 604800.0::double
                else counted end as denominator
        from parts
    ),
    judged as (
        select *, case
            when exists (select 1 from scorecard.exclusions as x where x.reason = 'immature'
                and x.entity_type = shaped.entity_type and x.entity_id = shaped.entity_id and x.metric_id = shaped.metric_id
                and x.period_type = shaped.period_type and x.period_start_on = shaped.period_start_on) then 'immature'
            when n = 0 then 'no_exposure' when n < 5 then 'insufficient' when n < 20 then 'provisional' else 'ok' end as status
        from shaped
    ),
    valued as (
        select *, case when status not in ('ok', 'provisional') then null when unit = 'minutes' then middle
            else hits / denominator::double end as value,
            1.959963984540054 as z
        from judged
    )
    select entity_type, entity_id, entity_name, metric_id, period_type, period_start_on, to_at <= as_of as is_closed,
        null::varchar as dimension, null::varchar as dimension_value, hits as numerator, denominator::double as denominator,
        n::bigint as n, (case when unit = 'minutes' then counted - hits else 0 end)::bigint as censored, value,
        case when value is null then null when unit = 'minutes' then least_minutes when unit like 'per %' then value * 0.6
            else greatest(0, (value + z*z/(2*n) - z*sqrt((value*(1-value) + z*z/(4*n))/n)) / (1 + z*z/n)) end as low,
        case when value is null then null when unit = 'minutes' then most_minutes when unit like 'per %' then value * 1.5 + 1
            else least(1, (value + z*z/(2*n) + z*sqrt((value*(1-value) + z*z/(4*n))/n)) / (1 + z*z/n)) end as high,
        unit, status, metric_version, as_of
    from valued;

insert into scorecard.metric_values
    select entity_type, entity_id, entity_name, 'deployment_frequency', period_type, period_start_on, false, 'outcome',
        coalesce(outcome, 'unknown'), count(*), 1.0, 30, 0, count(*), 0.0, count(*) * 2.0, 'per week', 'ok', 1, any_value(run.as_of)
    from entities as e cross join periods as p cross join landing.run
    inner join (select *, deployed_at as happened_at from delivery.fct_deployments) as d
        on d.happened_at >= p.from_at and d.happened_at < p.to_at
    where entity_type = 'portfolio' group by all;

update scorecard.metric_values as m set is_closed = p.to_at <= m.as_of from periods as p
    where p.period_type = m.period_type and p.period_start_on = m.period_start_on;

create or replace table scorecard.changes as
    with cells as (
        select * from scorecard.metric_values inner join (select metric_id, better from scorecard.metric_catalogue) using (metric_id)
    ),
    pairs as (
        select now.*, old.value as was, old.low as was_low, old.high as was_high, old.status as old_status,
            case when now.value is null or old.value is null then null
                when now.unit = 'minutes' and now.value > 0 and old.value > 0 then 'ratio' else 'difference' end as kind
        from cells as now
        left join cells as old on old.entity_type = now.entity_type and old.entity_id = now.entity_id
            and old.metric_id = now.metric_id and old.period_type = now.period_type
            and old.dimension is not distinct from now.dimension and old.dimension_value is not distinct from now.dimension_value
            and old.period_start_on = case now.period_type when 'week' then now.period_start_on - interval 7 day
                when 'month' then now.period_start_on - interval 1 month else now.period_start_on - interval 3 month end
        where now.is_closed and now.status in ('ok', 'provisional')
    ),
    measured as (
        select *, case kind when 'ratio' then value / was when 'difference' then value - was end as change,
            case kind when 'ratio' then case when low <= 0 then 0 else exp(ln(value / was) - sqrt(ln(value / low) ** 2 + ln(was_high / was) ** 2)) end
                when 'difference' then value - was - sqrt((value - low) ** 2 + (was_high - was) ** 2) end as change_low,
            case kind when 'ratio' then case when was_low > 0 then exp(ln(value / was) + sqrt(ln(high / value) ** 2 + ln(was / was_low) ** 2)) end
                when 'difference' then value - was + sqrt((high - value) ** 2 + (was - was_low) ** 2) end as change_high,
            case kind when 'ratio' then 1.0 else 0.0 end as none
        from pairs
    )
    select entity_type, entity_id, entity_name, metric_id, period_type, period_start_on, is_closed, dimension, dimension_value,
        value, was as previous_value, kind as change_kind, change, change_low, change_high,
        case kind when 'ratio' then 'x' when 'difference' then unit end as change_unit,
        case when change is null or better = 'context only' then null when change_low > none + 1e-9 then if(better = 'up', 'better', 'worse')
            when change_high < none - 1e-9 then if(better = 'up', 'worse', 'better') else 'unclear' end as verdict,
        case when old_status is null then 'no_previous' when old_status not in ('ok', 'provisional') then 'previous_' || old_status
            when change is null then 'not_reached' when better = 'context only' then 'context_only'
            when change_low is null and change_high is null then 'no_interval' end as reason
    from measured;

create or replace table scorecard.coverage as
    select e.entity_type, e.entity_id, c.metric_id, timestamp '2025-12-31 23:00:00' as covered_from,
        null::timestamp as covered_to
    from entities as e cross join scorecard.metric_catalogue as c;

-- The shipped policy, of the metrics that are here: three pillars, whose weights are made to sum to 1 again.
create or replace table scorecard.policy as
    select policy_version, coalesce(valid_from::date, date '1970-01-01') as valid_from, null::date as valid_to, metric_id,
        tier::bigint as tier, pillar, 1 / 3::double as pillar_weight, floor::double as floor, target::double as target,
        weight::double / sum(weight::double) over (partition by tier, pillar) as weight, minimum_n::bigint as minimum_n, phase,
        excuses_no_exposure::boolean as excuses_no_exposure, why, false as is_retroactive
    from landing.organisation_policy where metric_id in (select metric_id from scorecard.metric_catalogue);

create or replace table scorecard.policy_settings as
    select policy_version, coalesce(valid_from::date, date '1970-01-01') as valid_from, null::date as valid_to, section, setting,
        item::bigint as item, value, try_cast(value as double) as number, why, false as is_retroactive
    from landing.organisation_policy_settings;

create or replace table scorecard.policy_cohorts as
    select 'pilot' as cohort, date '2026-01-01' as starts_on, null::date as scored_from, 'why' as why, false as is_retroactive;

create or replace table scorecard.policy_exceptions as
    select 'team' as entity_type, 'shop' as entity_id, 'lead_time' as metric_id, null::varchar as guardrail_id,
        date '2026-01-01' as valid_from, date '2026-02-01' as expires_on, 'cto' as approver_role, 'why' as reason,
        false as is_retroactive;

-- Scores without shrinkage, in bands of ten; all services are of tier 1.
create or replace table scorecard.metric_scores as
    with held as (
        select distinct entity_type, entity_id, entity_name, period_type, period_start_on, is_closed, as_of
        from scorecard.metric_values where entity_type <> 'service' and period_type <> 'week'
    ),
    goals as (select * from scorecard.policy where tier = 1),
    joined as (
        select held.*, goals.pillar, metric_id, v.value, v.n, goals.floor, goals.target, goals.weight, goals.minimum_n,
            goals.policy_version, case when goals.weight is null then 'shown' else v.status end as status,
            v.status = 'no_exposure' and excuses_no_exposure as is_excused,
            100 * least(1, greatest(0, (v.value - goals.floor) / (goals.target - goals.floor))) as reached
        from held cross join goals inner join (select * from scorecard.metric_values where dimension is null) as v
            using (entity_type, entity_id, period_type, period_start_on, metric_id)
    )
    select entity_type, entity_id, entity_name, period_type, period_start_on, is_closed, pillar, metric_id, value,
        value as shrunk_value, first(value) over (partition by period_type, period_start_on, metric_id order by entity_type = 'portfolio' desc)
            as portfolio_value, case when value is not null then 1.0::double end as own_weight, n, minimum_n, floor, target,
        90.0::double as tier_1_days, 0.0::double as tier_2_days, 0.0::double as tier_3_days, 0.0::double as tier_4_days,
        0.0::double as tier_unknown_days, weight, case when status in ('ok', 'provisional') then reached end as score,
        greatest(0, score - 5) as low, case when score is not null then least(100, score + 5) end as high, status,
        is_excused, policy_version, as_of
    from joined;
update scorecard.metric_scores set low = null where score is null;

create or replace table scorecard.scores as
    with pillars as (
        select entity_type, entity_id, entity_name, period_type, period_start_on, is_closed, pillar,
            least(100, exp(sum(weight * ln(greatest(score, 1))) / sum(weight) filter (where score is not null))) as mean,
            count(*) as metrics, count(score) as scored_metrics, count(*) filter (where is_excused) as excused_metrics,
            coalesce(sum(weight) filter (where is_excused), 0) as excused_weight, policy_version, as_of,
            case when excused_metrics = metrics then 'excused' when scored_metrics + excused_metrics < metrics then 'incomplete'
                when bool_or(status = 'provisional') then 'provisional' else 'ok' end as judged
        from scorecard.metric_scores where weight is not null group by all
    ),
    valued as (
        select * exclude (mean, judged), judged as status, 1 / 3::double as pillar_weight,
            case when judged in ('ok', 'provisional') then mean end as value
        from pillars
    ),
    united as (
        select * from valued
        union all by name
        select entity_type, entity_id, entity_name, period_type, period_start_on, is_closed, 'overall' as pillar,
            case when count(value) = 3 then exp(avg(ln(value))) end as value, sum(metrics)::bigint as metrics,
            sum(scored_metrics)::bigint as scored_metrics, sum(excused_metrics)::bigint as excused_metrics,
            sum(excused_weight / 3) as excused_weight, policy_version, as_of, 1.0 as pillar_weight,
            case when count(value) < 3 then 'incomplete' when bool_or(status = 'provisional') then 'provisional' else 'ok' end as status
        from valued group by all
    )
    select *, case when value is not null then greatest(1, value - 5) end as low, case when value is not null then least(100, value + 5) end as high
    from united;

create or replace table scorecard.gaps_to_target as
    select entity_type, entity_id, entity_name, period_type, period_start_on, is_closed, metric_id, value, target,
        case when value is not null then greatest(0, (value - target) * if(better = 'up', -1, 1)) end as gap, unit as gap_unit,
        case when gap > 0 then 'open' when gap = 0 then 'reached' else status end as status, policy_version, as_of
    from scorecard.metric_scores inner join scorecard.metric_catalogue using (metric_id) where entity_type = 'team';

create or replace table scorecard.score_draws as select * from landing.draws;

create or replace table scorecard.guardrails as
    select e.entity_type, e.entity_id, e.entity_id as entity_name, g.guardrail_id, e.period_type, e.period_start_on,
        true as is_closed, case when g.status = 'held' then true end as held, g.status, g.measure, g.observed, g.threshold, g.unit,
        g.n, g.failed, 0::bigint as unknown, 0::bigint as excepted, null::varchar as evidence_ids, 0::bigint as evidence_rows,
        null::varchar as approver_role, 12.0::double as median_review_minutes, null::varchar as restored_by,
        'default-1' as policy_version, timestamp '2026-04-02' as as_of
    from (
        select distinct entity_type, entity_id, period_type, period_start_on from scorecard.metric_values
        where entity_type in ('team', 'portfolio') and period_type in ('month', 'quarter')
        union select distinct entity_type, entity_id, 'quarter', date '2025-10-01' from scorecard.metric_values
        where entity_type in ('team', 'portfolio')
    ) as e
    cross join (values
        ('oversight', 'held', 'unapproved', 0.0::double, 0.0::double, 'count', 12::bigint, 0::bigint),
        ('audit_trail', 'held', 'untraceable', 0.0, 0.0, 'count', 40, 0),
        ('harm', 'held', 'automation_harm', 5.0, 5.0, 'per 1,000', 200, 1),
        ('risk_taking', 'no_exposure', 'over_budget', 0.0, 0.0, 'count', 0, 0),
        ('over_automation', 'held', 'takeover_rate', 0.1, 0.1, 'ratio', 30, 3),
        ('escalation', 'held', 'unanswered', 0.0, 0.0, 'count', 6, 0),
        ('non_inferiority', 'held', 'change_fail_rate', 0.3, 0.05, 'p value', 80, 0)
    ) as g(guardrail_id, status, measure, observed, threshold, unit, n, failed);

create or replace table scorecard.awards as
    select 'team' as entity_type, entity_id, entity_id as entity_name, 'sustained_improvement' as award_id,
        'quarter' as period_type, date '2026-01-01' as period_start_on, entity_id = 'payments' as granted,
        case when entity_id <> 'payments' then 'no_improvement' end as withheld_codes,
        case when entity_id <> 'payments' then 'nothing improved' end as withheld_because,
        case when entity_id = 'payments' then 'lead_time p 0.000010 from 2025-10-01' end as evidence,
        'default-1' as policy_version, timestamp '2026-04-02' as as_of
    from (select distinct entity_id from scorecard.metric_values where entity_type = 'team') as teams;

create or replace table scorecard.award_tests as
    select entity_type, entity_id, entity_name, award_id, period_type, period_start_on, 'lead_time' as metric_id,
        2::bigint as quarters, 2::bigint as quarters_better, 19::bigint as metrics,
        case when granted then 1e-5 else 0.3 end as p_value, case when granted then 76e-5 else 1.0 end as corrected_p,
        granted as is_improved, policy_version, as_of
    from scorecard.awards;

create or replace table scorecard.quality as
    select 'rows' as section, source, feed, kind, batch_id, fate, reason, rows, records, null::varchar as check_name,
        null::boolean as passed, null::varchar as observed from intermediate.int_row_fates;

create or replace table scorecard.freshness as
    select source, kind, sum(rows)::bigint as records, timestamp '2026-04-01' as newest_recorded_at
    from intermediate.int_row_fates where source <> 'organisation' group by all;

create or replace table scorecard.integrity_signals as
    select s.signal_id, s.signal_id as signal_name, 'team' as entity_type, s.entity_id, s.entity_id as entity_name,
        'quarter' as period_type, date '2026-01-01' as period_start_on, true as is_closed, s.suspicious / s.n as statistic,
        s.baseline, s.p_value, s.q_value, s.suspicious, s.n, 40::bigint as baseline_n,
        case when s.p_value is null then 'insufficient' else 'ok' end as status, null::boolean as condition_holds,
        coalesce(s.q_value < 0.1, false) as is_fired, false as is_cleared, 'incidents' as evidence_kind,
        s.suspicious as evidence_rows, s.evidence_ids, null::double as published_value, null::double as rescored_value,
        'look' as innocent_explanation, null::varchar as review_verdict, null::timestamp as reviewed_at,
        timestamp '2026-04-02' as as_of
    from (values ('quick_close_reopen', 'payments', 2::bigint, 20::bigint, 0.02, 0.01, 0.03, 'INC-001,INC-002'),
        ('quick_close_reopen', 'finding', 0::bigint, 19::bigint, 0.1, 1.0, 1.0, null),
        ('severity_downgrade', 'payments', 1::bigint, 20::bigint, 0.04, 0.3, 0.45, 'INC-003'),
        ('late_edit', 'payments', 1::bigint, 1::bigint, 0.5, null, null, 'INC-003')
    ) as s(signal_id, entity_id, suspicious, n, baseline, p_value, q_value, evidence_ids);

create or replace table automation.fct_recipe_reuses as
    select 'log' as source, record as source_record_id, null::varchar as service_id, 'payments' as team_id, by_team_id,
        'restart' as derived_from, timestamp '2026-02-03 09:00:00' as reused_at
    from (values ('R-1', 'finding'), ('R-2', 'finding'), ('R-3', 'payments')) as reused(record, by_team_id);

create or replace table scorecard.recognition as
    select 'team' as entity_type, entity_id, entity_id as entity_name, period_type, period_start_on, true as is_closed, items.item_id,
        record_kind, if(record_kind = 'automations', 'ok', 'missing_source') as status,
        case when record_kind = 'automations' then if(evidence is null, 0, 2)::bigint end as records, evidence as evidence_ids,
        timestamp '2026-04-02' as as_of
    from (
        select distinct entity_id, period_type, period_start_on from scorecard.metric_values
        where entity_type = 'team' and period_type in ('month', 'quarter')
    ) as places
    cross join (values ('contribution_recipe', 'contributions'), ('contribution_instrumentation', 'contributions'),
        ('contribution_training', 'contributions'), ('contribution_review', 'contributions'),
        ('contribution_reused', 'contributions'), ('recipe_reused', 'automations'), ('review_published', 'postmortems')
    ) as items(item_id, record_kind)
    left join (values ('month', date '2026-02-01'), ('quarter', date '2026-01-01')) as shown(shown_type, shown_on)
        on shown_type = period_type and shown_on = period_start_on
    cross join lateral (select case when shown_on is not null and entity_id = 'payments' and record_kind = 'automations'
        then 'log/R-1,log/R-2' end as evidence) as proofs;

create or replace table scorecard.highlights as
    select 'team' as entity_type, 'payments' as entity_id, 'Payments' as entity_name, 'quarter' as period_type,
        date '2026-01-01' as period_start_on, true as is_closed, 'recipe_reused/payments/2026-01-01/restart' as highlight_id,
        'recipe_reused' as kind, '1 other team derived 2 automations from recipe restart.' as sentence, 'restart' as subject_id,
        null::varchar as alert_class, 2::bigint as events, 1::bigint as parties, null::timestamp as live_from,
        null::bigint as events_before, null::bigint as events_after, null::double as median_before_minutes,
        null::double as median_after_minutes, null::double as ratio, null::double as ratio_low, null::double as ratio_high,
        null::double as least_remaining_ratio, 'automations' as evidence_kind, 'log/R-1,log/R-2' as evidence_ids,
        timestamp '2026-04-02' as as_of;
alter table scorecard.metric_catalogue add column people_records varchar;

create or replace table scorecard.suppressions as
    select entity_type, entity_id, entity_name, metric_id, period_type, period_start_on, is_closed, false as is_split,
        'few_events' as reason, as_of
    from scorecard.metric_values where false;

create or replace table scorecard.metric_parts as
    select metric_id, period_start_on as day_on, entity_id as team_id, numerator, denominator
    from scorecard.metric_values where false;

create or replace view intermediate.int_entities as
    select entity_type, entity_id, entity_type || '/' || entity_id as entity_key
    from scorecard.metric_values group by all;

create or replace view intermediate.int_periods as
    select period_type, period_start_on, period_type || '/' || period_start_on as period_key
    from scorecard.metric_values group by all;

create or replace view intermediate.int_measured_cells as
    select * exclude (entity_type, entity_id, entity_name, period_type, period_start_on),
        entity_type || '/' || entity_id as entity_key, period_type || '/' || period_start_on as period_key
    from scorecard.metric_values;
