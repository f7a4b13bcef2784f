-- The newest record of each source and kind, and how old it was at the instant of the run. A kind that a source should
-- speak for and of which nothing came is a row without instants.
{% set facts = [
    ('incidents', 'fct_incidents', 'started_at'),
    ('incident_events', 'fct_incident_events', 'event_at'),
    ('incident_services', 'fct_incident_services', 'impact_started_at'),
    ('deployments', 'fct_deployments', 'deployed_at'),
    ('automation_runs', 'fct_automation_runs', 'started_at'),
    ('alerts', 'fct_alerts', 'fired_at'),
    ('toil_entries', 'fct_toil_entries', 'performed_at'),
    ('capacity_events', 'fct_capacity_events', 'happened_at'),
    ('postmortems', 'fct_postmortems', 'published_at'),
    ('postmortem_actions', 'fct_postmortem_actions', 'done_at'),
    ('slos', 'dim_slo', 'in_force_from'),
    ('latency_histograms', 'fct_latency_hours', 'hour_at'),
    ('markets', 'dim_market', 'in_force_from'),
    ('slo_exclusions', 'fct_slo_exclusions', 'registered_at'),
    ('outcomes', 'fct_outcomes', 'starts_at'),
    ('contributions', 'fct_contributions', 'contributed_at'),
    ('signal_reviews', 'fct_signal_reviews', 'reviewed_at'),
    ('sli_samples', 'fct_slo_hours', 'hour_at'),
] %}

with

run as (

    select * from {{ source('landing', 'run') }}

),

records as (

    {% for kind, fact, happened_at in facts %}
    select
        source,
        '{{ kind }}' as kind,
        cast({{ 'sum(samples)' if happened_at == 'hour_at' else 'count(*)' }} as bigint) as records,
        max(recorded_at) as newest_recorded_at,
        max({{ happened_at }}) as newest_event_at
    from {{ ref(fact) }}
    group by source
    union all
    {% endfor %}
    select distinct
        source,
        kind,
        cast(0 as bigint) as records,
        cast(null as timestamp) as newest_recorded_at,
        cast(null as timestamp) as newest_event_at
    from {{ ref('int_source_coverage') }}
    where
        kind in (
            {% for kind, fact, happened_at in facts %}
            '{{ kind }}'{% if not loop.last %},{% endif %}
            {% endfor %}
        )

),

newest as (

    select
        source,
        kind,
        cast(sum(records) as bigint) as records,
        max(newest_recorded_at) as newest_recorded_at,
        max(newest_event_at) as newest_event_at
    from records
    group by source, kind

)

select
    newest.source,
    newest.kind,
    newest.records,
    newest.newest_recorded_at,
    newest.newest_event_at,
    cast({{ microseconds_between('newest.newest_recorded_at', 'run.as_of') }} as double) / 3.6e9 as age_hours,
    run.as_of
from newest
cross join run
