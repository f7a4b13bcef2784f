-- The exposure of a rate, of its cells and of its splits: the time for which a source speaks of what they count.
with

catalogue as (

    select * from {{ ref('metric_catalogue') }}

    where exposure_unit_seconds is not null

)

select
    metric_id,
    false as of_dimension,
    requires_kind as kind,
    exposure_unit_seconds
from catalogue

union all

select
    metric_id,
    true as of_dimension,
    coalesce(dimension_requires_kind, requires_kind) as kind,
    exposure_unit_seconds
from catalogue
