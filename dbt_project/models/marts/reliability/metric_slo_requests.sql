-- Parts of availability_requests: requests by the local day in which their hour began. Of samples of an objective that
-- nobody states it is not known what they measure. The split `exclusions = none` is the same as if nothing had been
-- agreed not to count.
with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

judged as (

    select
        'availability_requests' as metric_id,
        service_id,
        team_id,
        area,
        hour_at as anchored_at,
        market,
        samples,
        good,
        valid,
        'none' as exclusions,
        case when sli is null then 'slo_unknown' end as reason_without,
        case when sli is null then 'slo_unknown' when is_excluded then 'agreed_exclusion' end as reason
    from {{ ref('fct_slo_hours') }}
    where
        coalesce(sli, 'availability') = 'availability'
        and (sli is null or valid > 0)

),

dated as (

    {{ statistics_dated('judged') }}

)

{{ statistics_judged_parts('dated', splits=['market'], hits='good', events='valid', rows='samples') }}
union all
{{ statistics_judged_parts(
    'dated', splits=['exclusions'], hits='good', events='valid', rows='samples',
    split_reason='reason_without', whole=false
) }}
