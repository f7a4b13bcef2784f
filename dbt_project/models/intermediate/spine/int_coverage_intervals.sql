-- When the sources speak for a kind, by service and within its validity. Overlapping statements of several sources
-- are united: two sources do not make two months.
{{ config(materialized='table') }}

with

bounds as (

    select * from {{ ref('int_calendar_bounds') }}

),

coverage as (

    select * from {{ ref('int_source_coverage') }}

),

services as (

    select * from {{ ref('int_service_spans') }}

),

stated as (

    select
        services.service_id,
        coverage.kind,
        greatest(coverage.covers_from, coalesce(services.valid_from, coverage.covers_from)) as covered_from,
        least(coverage.covers_to, coalesce(services.valid_to, bounds.as_of), bounds.as_of) as covered_to
    from coverage
    inner join services
        on coalesce(coverage.service_id, services.service_id) = services.service_id
    cross join bounds

),

reached as (

    select
        *,
        max(covered_to) over (
            partition by service_id, kind
            order by covered_from nulls last, covered_to nulls last
            rows between unbounded preceding and 1 preceding
        ) as reached_at
    from stated
    where covered_from < covered_to

),

islands as (

    select
        *,
        sum(case when reached_at >= covered_from then 0 else 1 end) over (
            partition by service_id, kind
            order by covered_from nulls last, covered_to nulls last
            rows between unbounded preceding and current row
        ) as island
    from reached

)

select
    service_id,
    kind,
    min(covered_from) as covered_from,
    max(covered_to) as covered_to
from islands
group by service_id, kind, island
