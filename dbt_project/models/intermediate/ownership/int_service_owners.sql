-- Who owned a service when, as changes that hold until the next: services.csv until the first change that an
-- ownership source recorded, that source from then on.
with

services as (select * from {{ ref('stg_organisation__services') }}),

changes as (select * from {{ ref('stg_ownership__services') }}),

first_changes as (
    select
        service_id,
        min(valid_from) as first_changed_at
    from changes
    group by service_id
),

stated as (
    select
        services.service_id,
        services.team_id,
        coalesce(services.valid_from, {{ epoch_start() }}) as owned_from,
        services.valid_to,
        first_changes.first_changed_at
    from services
    left join first_changes on services.service_id = first_changes.service_id
),

points as (
    select
        service_id,
        {{ epoch_start() }} as owned_from,
        cast(null as string) as team_id,
        0 as precedence
    from stated
    union all
    select
        service_id,
        valid_to as owned_from,
        cast(null as string) as team_id,
        1 as precedence
    from stated
    where valid_to is not null and (first_changed_at is null or valid_to < first_changed_at)
    union all
    select
        service_id,
        owned_from,
        team_id,
        2 as precedence
    from stated
    where first_changed_at is null or owned_from < first_changed_at
    union all
    select
        service_id,
        valid_from as owned_from,
        team_id,
        3 as precedence
    from changes
),

ranked as (
    select
        *,
        row_number() over (
            partition by service_id, owned_from order by precedence desc nulls last, team_id asc nulls last
        ) as point_rank
    from points
)

select
    service_id,
    team_id,
    owned_from,
    lead(owned_from) over (partition by service_id order by owned_from nulls last) as owned_to
from ranked
where point_rank = 1
