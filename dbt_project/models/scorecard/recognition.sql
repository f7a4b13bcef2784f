-- Recognition of teams in every month and quarter: what they shared, whose recipes and contributions others took up,
-- which reviews they published. Listed and counted, never scored, and in no order of counts.
with

items as (

    {% for item, kind in recognised_items() %}
    select
        '{{ item }}' as item_id,
        '{{ kind }}' as record_kind
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

spine as (

    select * from {{ ref('int_guardrail_spine') }}
    where entity_type = 'team'

),

periods as (select * from {{ ref('int_periods') }}),

covered as (

    select distinct
        coverage.entity_key,
        coverage.kind,
        periods.period_key
    from {{ ref('int_entity_coverage') }} as coverage
    inner join periods
        on
            coverage.covered_from < periods.ends_at
            and coverage.covered_to > periods.starts_at

),

recognised as (

    select
        records.item_id,
        records.team_id,
        days.period_key,
        cast(count(*) as bigint) as records,
        {{ texts_in_order('records.record_id') }} as evidence_ids
    from {{ ref('int_recognised_records') }} as records
    inner join {{ ref('int_period_days') }} as days
        on records.day_on = days.day_on
    group by records.item_id, records.team_id, days.period_key

),

run as (select * from {{ source('landing', 'run') }})

select
    spine.entity_type,
    spine.entity_id,
    spine.entity_name,
    spine.period_type,
    spine.period_start_on,
    spine.is_closed,
    items.item_id,
    items.record_kind,
    case when recognised.records is not null or covered.kind is not null then 'ok' else 'missing_source' end as status,
    case when recognised.records is not null or covered.kind is not null then coalesce(recognised.records, 0) end
        as records,
    recognised.evidence_ids,
    run.as_of
from spine
cross join items
cross join run
left join recognised
    on
        items.item_id = recognised.item_id
        and spine.entity_id = recognised.team_id
        and spine.period_key = recognised.period_key
left join covered
    on
        items.record_kind = covered.kind
        and spine.entity_key = covered.entity_key
        and spine.period_key = covered.period_key
