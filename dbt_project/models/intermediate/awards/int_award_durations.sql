-- Durations against the baseline: the log-rank test (Mantel 1966), with what is still running censored. More ends than
-- expected is quicker.
with

cells as (

    select * from {{ ref('int_award_cells') }}
    where interval_method = 'kaplan_meier'

),

curves as (

    select * from {{ ref('int_clock_cells') }}
    where dimension is null

),

clocks as (select * from {{ ref('int_clock_subjects') }}),

directions as (

    select distinct
        comparison_key,
        better
    from cells

),

subjects as (

    select
        cells.comparison_key,
        cells.is_new,
        clocks.duration,
        clocks.is_event
    from cells
    inner join curves
        on
            cells.entity_key = curves.entity_key
            and cells.period_key = curves.period_key
            and cells.metric_id = curves.metric_id
    inner join clocks
        on curves.curve_key = clocks.curve_key

),

tested as (

    {{ statistics_log_rank('subjects', 'comparison_key') }}

),

directed as (

    select
        tested.comparison_key,
        case directions.better when 'up' then -tested.z else tested.z end as z
    from tested
    inner join directions
        on tested.comparison_key = directions.comparison_key

)

select
    comparison_key,
    z > 0e0 as is_better,
    {{ statistics_normal_tail('z') }} as p_value
from directed
