-- What each source speaks for, up to the clock. Without it, nothing and zero look alike.
with

coverage as (select * from {{ ref('stg_organisation__coverage') }}),

run as (select * from {{ source('landing', 'run') }})

select
    coverage.stated_source as source,
    coverage.kind,
    coverage.service_id,
    coverage.covers_from,
    least(coalesce(coverage.covers_to, run.as_of), run.as_of) as covers_to
from coverage
cross join run
where coverage.covers_from < run.as_of
