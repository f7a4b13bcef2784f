-- What each metric means, for readers of the scorecard.
{{ config(alias='metric_catalogue') }}

select
    metric_id,
    name,
    pillar,
    unit,
    better,
    anchor,
    follow_up,
    interval_method,
    definition,
    example,
    source,
    minimum_n,
    metric_version,
    people_records
from {{ ref('metric_catalogue') }}
