-- What a source must speak for before a metric means anything: each requirement is met by any of its kinds. Rows
-- of_dimension hold for the metric's splits, which may need less than the metric itself.
with

catalogue as (

    select * from {{ ref('metric_catalogue') }}

)

select
    metric_id,
    false as of_dimension,
    'all' as requirement,
    requires_kind as kind
from catalogue

union all

select
    metric_id,
    false as of_dimension,
    'either' as requirement,
    requires_either_kind as kind
from catalogue
where requires_either_kind is not null

union all

select
    metric_id,
    false as of_dimension,
    'either' as requirement,
    requires_or_kind as kind
from catalogue
where requires_or_kind is not null

union all

select
    metric_id,
    true as of_dimension,
    'all' as requirement,
    coalesce(dimension_requires_kind, requires_kind) as kind
from catalogue
