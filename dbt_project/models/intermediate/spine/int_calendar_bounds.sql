-- The reporting calendar reaches from the first day that any source speaks for to the day of the clock.
with

run as (

    select * from {{ source('landing', 'run') }}

),

first_coverage as (

    select min(covers_from) as covered_from from {{ ref('int_source_coverage') }}

),

bounds as (

    select
        run.time_zone,
        run.as_of,
        least(coalesce(first_coverage.covered_from, run.as_of), run.as_of) as first_at
    from run
    cross join first_coverage

)

select
    time_zone,
    as_of,
    {{ dates_local_day('first_at', 'time_zone') }} as first_on,
    {{ dates_local_day('as_of', 'time_zone') }} as last_on
from bounds
