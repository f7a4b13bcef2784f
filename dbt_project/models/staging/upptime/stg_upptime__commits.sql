-- Upptime's commits with the service that organisation.yml gives their task: the page that they keep.
with

landed as (
    {{ landed_rows('upptime_commits') }}
),

services as (
    select * from {{ ref('stg_organisation__values') }}
    where field = 'service'
)

select
    landed._source,
    landed._batch_id,
    landed._file,
    landed._row,
    landed._op,
    landed.commit,
    landed.committed_at,
    landed.actor,
    landed.task,
    landed.batch_number,
    landed.known_at,
    landed.batch_time_zone,
    landed.batch_date_order,
    landed.is_declared,
    landed.as_of,
    services.ours as service
from landed
left join services on landed._source = services.stated_source and {{ word('landed.task') }} = services.theirs
