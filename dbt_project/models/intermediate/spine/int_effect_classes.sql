-- What automation did for each class of alerts of a cell, beyond what clears by itself: r - s with limits by the method
-- of variance estimates recovery (Newcombe 1998, method 10), from Wilson's of either. A class of which none was left
-- alone is gross: its s is taken for 0.
{{ config(materialized='table') }}

with

cells as (

    select * from {{ ref('int_cell_counts') }}

    where interval_method = 'mover'

),

answered as (

    select * from cells

    where dimension = 'alert_class'

),

left_alone as (

    select * from cells

    where dimension = 'held_out'

),

shares as (

    select
        answered.*,
        coalesce(left_alone.denominator, 0) = 0 as is_gross,
        coalesce(left_alone.immature, 0) as immature_left_alone,
        cast(answered.numerator as double) as cleared,
        cast(answered.denominator as double) as answers,
        cast(coalesce(left_alone.numerator, 0) as double) as self_cleared,
        cast(coalesce(left_alone.denominator, 0) as double) as alone
    from answered
    left join left_alone
        on
            answered.entity_key = left_alone.entity_key
            and answered.period_key = left_alone.period_key
            and answered.metric_id = left_alone.metric_id
            and answered.dimension_value = left_alone.dimension_value

),

limits as (

    select
        *,
        cleared / nullif(answers, 0e0) as r,
        {{ statistics_wilson_low('cleared', 'answers') }} as r_low,
        {{ statistics_wilson_high('cleared', 'answers') }} as r_high,
        coalesce(self_cleared / nullif(alone, 0e0), 0e0) as s,
        coalesce({{ statistics_wilson_low('self_cleared', 'alone') }}, 0e0) as s_low,
        coalesce({{ statistics_wilson_high('self_cleared', 'alone') }}, 0e0) as s_high
    from shares

)

select
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    is_covered,
    excluded,
    immature + immature_left_alone as immature,
    minimum_n,
    numerator,
    denominator,
    is_gross,
    r - s as difference,
    r - s - {{ statistics_hypotenuse('r - r_low', 's_high - s') }} as low,
    r - s + {{ statistics_hypotenuse('r_high - r', 's - s_low') }} as high
from limits
