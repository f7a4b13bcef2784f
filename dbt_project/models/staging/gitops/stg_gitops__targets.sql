-- What each commit changes where: one row for each application and environment, and one row without either for a
-- commit that names none. Several clusters of one environment are one rollout.
with

landed as (
    {{ landed_rows('gitops_commits') }}
),

service_names as (select * from {{ ref('stg_organisation__service_names') }}),

environments as (
    select * from {{ ref('stg_organisation__values') }}
    where field = 'environment'
),

exploded as (
    select
        _source,
        _batch_id,
        _row,
        bump_name,
        {{ explode_targets('targets') }} as target
    from landed
),

named_targets as (
    select
        exploded._source,
        exploded._batch_id,
        exploded._row,
        exploded.target.position as target_position,
        {{ word("case exploded.target.app when '(helmfile)' then exploded.bump_name else exploded.target.app end") }}
            as app,
        {{ word('exploded.target.env') }} as env
    from exploded
),

resolved as (
    select
        named_targets.*,
        coalesce(environments.ours, {{ name_key('named_targets.env') }}) as environment,
        coalesce(service_names.service_id, named_targets.app) as service_or_app
    from named_targets
    left join service_names on {{ name_key('named_targets.app') }} = service_names.name_key
    left join environments
        on named_targets._source = environments.stated_source and named_targets.env = environments.theirs
),

ranked as (
    select
        *,
        row_number() over (
            partition by _batch_id, _row, service_or_app, environment order by target_position nulls last
        ) as repeat_number,
        max(case when app is not null then 1 else 0 end) over (partition by _batch_id, _row) as names_any
    from resolved
)

select
    _batch_id,
    _row,
    target_position,
    app,
    environment,
    service_or_app
from ranked
where repeat_number = 1 and (app is not null or (names_any = 0 and coalesce(target_position, 0) = 0))
