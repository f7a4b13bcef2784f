{{ config(materialized='table') }}

-- What every landed row needs to know of its batch. The organisation folder's first batch counts as known since
-- ever: services and teams existed before somebody wrote them down here.
with

ledger as (select * from {{ source('landing', 'ledger') }}),

run as (select * from {{ source('landing', 'run') }}),

stated_sources as (select * from {{ source('landing', 'organisation_sources') }}),

settings as (
    select
        stated_sources.source,
        stated_sources.time_zone,
        stated_sources.date_order,
        row_number() over (
            partition by stated_sources.source
            order by ledger.batch_number desc nulls last, stated_sources._row desc nulls last
        ) as version_rank
    from stated_sources
    inner join ledger on stated_sources._batch_id = ledger.batch_id
    where stated_sources._op = 'upsert'
),

numbered as (
    select
        *,
        row_number() over (partition by source, file order by batch_number nulls last) as load_number
    from ledger
)

select
    numbered.batch_id,
    numbered.batch_number,
    numbered.source,
    numbered.feed,
    numbered.file,
    numbered.rows,
    case
        when numbered.source = 'organisation' and numbered.load_number = 1 then {{ epoch_start() }}
        else numbered.extracted_at
    end as known_at,
    case
        when numbered.source = 'organisation' then run.time_zone
        else coalesce(settings.time_zone, 'UTC')
    end as time_zone,
    coalesce(settings.date_order, 'iso') as date_order,
    run.as_of
from numbered
cross join run
left join settings on numbered.source = settings.source and settings.version_rank = 1
