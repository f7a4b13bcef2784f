-- What every measure of a guardrail counts, by entity and period, with the records that count against it: at most 20 by
-- name, those that fail before those of which it is not known and those that are excused.
{{ config(materialized='table') }}

with

records as (select * from {{ ref('int_guardrail_records') }}),

spine as (select * from {{ ref('int_guardrail_spine') }}),

period_days as (select * from {{ ref('int_period_days') }}),

measures as (

    select distinct
        guardrail_id,
        part,
        measure
    from {{ ref('guardrail_measures') }}

),

judged as (

    select
        *,
        case
            when coalesce(is_failed, true) and approver_role is not null then 'excepted'
            when is_failed then 'failed'
            when is_failed is null then 'unknown'
        end as verdict
    from records

),

placed as (

    select
        spine.entity_key,
        spine.period_key,
        measures.measure,
        judged.record_id,
        judged.is_in_scope,
        judged.verdict,
        case when judged.verdict = 'excepted' then judged.approver_role end as approver_role,
        judged.review_microseconds
    from judged
    inner join measures
        on
            judged.guardrail_id = measures.guardrail_id
            and judged.part = measures.part
    inner join period_days
        on judged.day_on = period_days.day_on
    inner join spine
        on
            period_days.period_key = spine.period_key
            and coalesce(judged.policy_version, spine.policy_version) = spine.policy_version
            and (spine.entity_type = 'portfolio' or judged.team_id = spine.entity_id)

),

ranked as (

    select
        *,
        row_number() over (
            partition by entity_key, period_key, measure
            order by
                case verdict when 'failed' then 1 when 'unknown' then 2 when 'excepted' then 3 end nulls last,
                record_id nulls last
        ) as place,
        row_number() over (
            partition by entity_key, period_key, measure order by review_microseconds nulls last, record_id nulls last
        ) as review_place,
        count(review_microseconds) over (partition by entity_key, period_key, measure) as reviews
    from placed

)

select
    entity_key,
    period_key,
    measure,
    cast(count(case when is_in_scope then 1 end) as bigint) as n,
    {% for verdict in ['failed', 'unknown', 'excepted'] %}
    cast(count(case when verdict = '{{ verdict }}' then 1 end) as bigint) as {{ verdict }},
    {% endfor %}
    min(approver_role) as approver_role,
    {{ texts_in_order('case when verdict is not null and place <= 20 then record_id end') }} as evidence_ids,
    cast(count(verdict) as bigint) as evidence_rows,
    cast(sum(case when 2 * review_place between reviews and reviews + 2 then review_microseconds end) as double)
    / nullif(count(case when 2 * review_place between reviews and reviews + 2 then review_microseconds end), 0)
    / 6e7 as median_review_minutes
from ranked
group by entity_key, period_key, measure
