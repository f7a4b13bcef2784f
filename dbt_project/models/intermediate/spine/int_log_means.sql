-- Geometric mean (minutes) of the clocks that stopped, with the limits of the mean of logarithms, and the longest clock
-- seen (running ones too, in microseconds). For whole cells only. Two passes, so that equal durations have no spread at
-- all.
{{ config(materialized='table') }}

with

curves as (

    select distinct curve_key from {{ ref('int_clock_cells') }}

    where dimension is null

),

subjects as (

    select
        subjects.curve_key,
        subjects.duration,
        case
            when subjects.is_event and subjects.duration > 0
                then cast({{ statistics_ln('cast(subjects.duration as double) / 6e7') }} as decimal(38, 18))
        end as log_minutes
    from {{ ref('int_clock_subjects') }} as subjects
    inner join curves
        on subjects.curve_key = curves.curve_key

),

means as (

    select
        curve_key,
        max(duration) as longest,
        cast(count(log_minutes) as bigint) as stopped,
        cast(sum(log_minutes) as double) / cast(nullif(count(log_minutes), 0) as double) as mean_log
    from subjects
    group by curve_key

),

deviations as (

    select
        subjects.curve_key,
        cast(subjects.log_minutes as double) - means.mean_log as deviation
    from subjects
    inner join means
        on subjects.curve_key = means.curve_key
    where subjects.log_minutes is not null

),

sums_of_squares as (

    select
        curve_key,
        cast(sum(cast(deviation * deviation as decimal(38, 18))) as double) as squares
    from deviations
    group by curve_key

),

spreads as (

    select
        means.*,
        case
            when means.stopped > 1
                then sqrt(sums_of_squares.squares / cast(means.stopped - 1 as double) / cast(means.stopped as double))
        end as standard_error
    from means
    left join sums_of_squares
        on means.curve_key = sums_of_squares.curve_key

)

select
    curve_key,
    cast(longest as double) as longest,
    stopped,
    exp(mean_log) as geometric_mean_minutes,
    exp(mean_log - {{ statistics_z() }} * standard_error) as geometric_mean_low_minutes,
    exp(mean_log + {{ statistics_z() }} * standard_error) as geometric_mean_high_minutes
from spreads
