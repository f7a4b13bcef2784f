-- What a source must speak for before a metric means anything: each requirement is met by any of its kinds. A metric's
-- splits may need less than the metric itself. The scope `record` is the record kind alone: what is outside of it is
-- outside of the log, while a row that only lacks a column is in the log and says so itself.
with

catalogue as (

    select * from {{ ref('metric_catalogue') }}

)

select
    metric_id,
    'cell' as scope,
    'all' as requirement,
    requires_kind as kind
from catalogue

union all

select
    metric_id,
    'cell' as scope,
    'either' as requirement,
    requires_either_kind as kind
from catalogue
where requires_either_kind is not null

union all

select
    metric_id,
    'cell' as scope,
    'either' as requirement,
    requires_or_kind as kind
from catalogue
where requires_or_kind is not null

union all

select
    metric_id,
    'split' as scope,
    'all' as requirement,
    coalesce(dimension_requires_kind, requires_kind) as kind
from catalogue

union all

select
    metric_id,
    'record' as scope,
    'all' as requirement,
    split_part(requires_kind, '.', 1) as kind
from catalogue
