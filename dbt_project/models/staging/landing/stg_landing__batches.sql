{{ config(materialized='table') }}

-- What every landed row needs to know of its batch. The organisation folder's first batch counts as known since
-- ever: services and teams existed before somebody wrote them down here. A source is declared if the folder said so
-- at as_of; how it is read is always taken from its last statement.
with

ledger as (select * from {{ source('landing', 'ledger') }}),

run as (select * from {{ source('landing', 'run') }}),

stated_sources as (select * from {{ source('landing', 'organisation_sources') }}),

numbered as (
    select
        *,
        row_number() over (partition by source, file order by batch_number nulls last) as load_number
    from ledger
),

batches as (
    select
        numbered.*,
        run.time_zone,
        run.as_of,
        case
            when numbered.source = 'organisation' and numbered.load_number = 1 then {{ epoch_start() }}
            else numbered.extracted_at
        end as known_at
    from numbered
    cross join run
),

statements as (
    select
        stated_sources.*,
        batches.batch_number,
        batches.known_at <= batches.as_of as is_known
    from stated_sources
    inner join batches on stated_sources._batch_id = batches.batch_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by source order by batch_number desc nulls last, _row desc nulls last
        ) as recency,
        row_number() over (
            partition by source, is_known order by batch_number desc nulls last, _row desc nulls last
        ) as recency_of_known
    from statements
)

select
    batches.batch_id,
    batches.batch_number,
    batches.source,
    batches.feed,
    batches.file,
    batches.rows,
    batches.known_at,
    case
        when batches.source = 'organisation' then batches.time_zone
        else coalesce(settings.time_zone, 'UTC')
    end as time_zone,
    coalesce(settings.date_order, 'iso') as date_order,
    batches.source = 'organisation' or coalesce(declared._op <> 'delete', false) as is_declared,
    batches.as_of
from batches
left join ranked as settings on batches.source = settings.source and settings.recency = 1
left join ranked as declared
    on
        batches.source = declared.source
        and batches.feed = declared.feed
        and declared.is_known
        and declared.recency_of_known = 1
