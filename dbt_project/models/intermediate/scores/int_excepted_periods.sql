-- Metrics of teams of which an exception holds on at least half of the days of a month or quarter: one of a day does
-- not excuse a quarter.
with

exceptions as (

    select * from {{ ref('policy_exceptions') }}
    where entity_type = 'team' and metric_id is not null

),

entities as (

    select * from {{ ref('int_entities') }}
    where entity_type = 'team'

),

days as (select * from {{ ref('int_period_days') }}),

lengths as (

    select
        period_key,
        count(*) as days
    from days
    group by period_key

),

excepted as (

    select
        entities.entity_key,
        exceptions.metric_id,
        days.period_key,
        count(*) as days
    from exceptions
    inner join entities
        on exceptions.entity_id = entities.entity_id
    inner join days
        on
            exceptions.valid_from <= days.day_on
            and exceptions.expires_on > days.day_on
    group by entities.entity_key, exceptions.metric_id, days.period_key

)

select
    excepted.entity_key,
    excepted.period_key,
    excepted.metric_id
from excepted
inner join lengths
    on excepted.period_key = lengths.period_key
where lengths.days <= excepted.days * 2
