-- Integrity signals: what asks for a person's look. A signal never changes a score. It fires where as many suspicious
-- records would seldom come by chance, and is silent once a review has cleared what it rests on: evidence that was
-- recorded after the review makes it fire again.
with

tested as (

    select * from {{ ref('int_integrity_q_values') }}

),

signals as (

    select * from {{ ref('signal_catalogue') }}

),

entities as (

    select * from {{ ref('int_entities') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

rescored as (

    select * from {{ ref('int_integrity_rescored') }}

),

reviews as (

    select * from {{ ref('fct_signal_reviews') }}

    where is_last

),

run as (

    select * from {{ source('landing', 'run') }}

),

judged as (

    select
        tested.*,
        entities.entity_name,
        periods.period_type,
        periods.period_start_on,
        periods.is_closed,
        reviews.verdict,
        reviews.reviewed_at,
        coalesce(
            tested.q_value < {{ var('signal_q_limit') }}
            and cast(tested.suspicious as double) > tested.share * cast(tested.n as double)
            and coalesce(tested.holds, tested.signal_id not in ('incident_splitting', 'deployment_splitting')),
            false
        ) as is_conspicuous,
        coalesce(
            reviews.verdict = 'cleared' and tested.evidence_recorded_at <= reviews.reviewed_at, false
        ) as is_cleared
    from tested
    inner join entities
        on tested.entity_key = entities.entity_key
    inner join periods
        on tested.period_key = periods.period_key
    left join reviews
        on
            tested.signal_id = reviews.signal_id
            and tested.entity_id = reviews.entity_id
            and periods.period_start_on = reviews.period_start_on

)

select
    judged.signal_id,
    signals.name as signal_name,
    judged.entity_type,
    judged.entity_id,
    judged.entity_name,
    judged.period_type,
    judged.period_start_on,
    judged.is_closed,
    case when judged.status = 'ok' then cast(judged.suspicious as double) / cast(judged.n as double) end as statistic,
    case when judged.status = 'ok' then judged.share end as baseline,
    judged.p_value,
    judged.q_value,
    judged.suspicious,
    judged.n,
    judged.baseline_n,
    judged.status,
    judged.holds as condition_holds,
    judged.is_conspicuous and not judged.is_cleared as is_fired,
    judged.is_conspicuous and judged.is_cleared as is_cleared,
    signals.evidence_kind,
    judged.evidence as evidence_rows,
    judged.evidence_ids,
    rescored.published_value,
    rescored.rescored_value,
    signals.innocent_explanation,
    judged.verdict as review_verdict,
    judged.reviewed_at,
    run.as_of
from judged
cross join run
inner join signals
    on judged.signal_id = signals.signal_id
left join rescored
    on
        judged.signal_id = rescored.signal_id
        and judged.entity_id = rescored.entity_id
        and judged.period_key = rescored.period_key
