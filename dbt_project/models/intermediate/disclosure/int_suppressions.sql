-- What is withheld of every metric of people's working time, by entity and period, of the whole and of its splits,
-- and why: the first reason that holds. A period is shown when all quarters that it touches are over, and its grain is
-- shown in each of them, for every kind of records that the metric is made of.
{{ config(materialized='table') }}

with

metrics as (

    select
        metric_id,
        {{ explode_words('people_records', "'|'") }} as kind
    from {{ ref('metric_catalogue') }}

),

entities as (select * from {{ ref('int_entities') }}),

periods as (select * from {{ ref('int_periods') }}),

touched as (

    select
        periods.period_key,
        periods.period_type as grain,
        quarters.period_key as quarter_key,
        quarters.is_closed
    from periods
    inner join periods as quarters
        on
            periods.period_end_on >= quarters.period_start_on
            and periods.period_start_on <= quarters.period_end_on
            and quarters.period_type = 'quarter'

),

splits as (

    select false as is_split
    union all
    select true as is_split

),

withheld as (

    {% for is_split in ['false', 'true'] %}
    select
        kind,
        entity_key,
        quarter_key,
        grain,
        {{ is_split }} as is_split,
        reason
    from {{ ref('int_withheld') }}
    union all
    {% endfor %}

    select
        kind,
        entity_key,
        quarter_key,
        grain,
        true as is_split,
        'split' as reason
    from {{ ref('int_withheld_splits') }}

),

reasons as (

    select
        entities.entity_key,
        touched.period_key,
        metrics.metric_id,
        splits.is_split,
        'open' as reason
    from touched
    cross join entities
    cross join metrics
    cross join splits
    where not touched.is_closed and entities.entity_type <> 'service'

    union all

    select
        entities.entity_key,
        periods.period_key,
        metrics.metric_id,
        splits.is_split,
        'service' as reason
    from periods
    cross join entities
    cross join metrics
    cross join splits
    where entities.entity_type = 'service'

    union all

    select
        withheld.entity_key,
        touched.period_key,
        metrics.metric_id,
        withheld.is_split,
        withheld.reason
    from withheld
    inner join touched
        on
            withheld.quarter_key = touched.quarter_key
            and withheld.grain = touched.grain
    inner join metrics
        on withheld.kind = metrics.kind

    union all

    select
        sums.entity_key,
        touched.period_key,
        sums.metric_id,
        splits.is_split,
        'by_subtraction' as reason
    from {{ ref('int_unsafe_sums') }} as sums
    inner join touched
        on
            sums.quarter_key = touched.quarter_key
            and sums.grain = touched.grain
    cross join splits

),

{%- set order = ['service', 'open', 'few_members', 'few_events', 'by_subtraction', 'split'] %}

placed as (

    select
        entity_key,
        period_key,
        metric_id,
        is_split,
        min(case reason
            {% for reason in order -%}
            when '{{ reason }}' then {{ loop.index }}
            {% endfor -%}
        end) as place
    from reasons
    group by entity_key, period_key, metric_id, is_split

)

select
    entity_key,
    period_key,
    metric_id,
    is_split,
    case place
        {% for reason in order -%}
        when {{ loop.index }} then '{{ reason }}'
        {% endfor -%}
    end as reason
from placed
