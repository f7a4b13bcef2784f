{#-
    Which flagged model gives the fates of which feed and kind. `fan_out`: a landed row may give several records;
    `events`: the model whose rows are the events that a landed row gives.
-#}
{% macro staged_feeds() -%}
    {{ return([
        {'feed': 'organisation_teams', 'kind': 'teams', 'model': 'stg_organisation__teams_flagged'},
        {'feed': 'organisation_slos', 'kind': 'slos', 'model': 'stg_organisation__slos_flagged'},
        {'feed': 'organisation_services', 'kind': 'services', 'model': 'stg_organisation__services_flagged'},
        {'feed': 'organisation_sources', 'kind': 'sources', 'model': 'stg_organisation__sources_flagged'},
        {'feed': 'organisation_values', 'kind': 'source_values', 'model': 'stg_organisation__values_flagged'},
        {'feed': 'organisation_coverage', 'kind': 'source_coverage', 'model': 'stg_organisation__coverage_flagged'},
        {'feed': 'organisation_policy', 'kind': 'policy', 'model': 'stg_organisation__policy_flagged'},
        {'feed': 'organisation_policy_settings', 'kind': 'policy_settings',
            'model': 'stg_organisation__policy_settings_flagged'},
        {'feed': 'organisation_policy_exceptions', 'kind': 'policy_exceptions',
            'model': 'stg_organisation__policy_exceptions_flagged'},
        {'feed': 'ownership_changes', 'kind': 'services', 'model': 'stg_ownership__services_flagged'},
        {'feed': 'cstate_revisions', 'kind': 'incidents', 'model': 'stg_cstate__incidents_flagged'},
        {'feed': 'cstate_revisions', 'kind': 'incident_events', 'model': 'stg_cstate__incident_events_flagged',
            'events': 'stg_cstate__incident_events'},
        {'feed': 'servicenow_audit', 'kind': 'incidents', 'model': 'stg_servicenow__incidents_flagged'},
        {'feed': 'servicenow_audit', 'kind': 'incident_events', 'model': 'stg_servicenow__incident_events_flagged',
            'events': 'stg_servicenow__incident_events'},
        {'feed': 'statuspage_incidents', 'kind': 'incidents', 'model': 'stg_statuspage__incidents_flagged'},
        {'feed': 'upptime_checks', 'kind': 'incidents', 'model': 'stg_upptime__incidents_flagged',
            'events': 'stg_upptime__incidents'},
        {'feed': 'health_checks', 'kind': 'incidents', 'model': 'stg_health_checks__incidents_flagged',
            'events': 'stg_health_checks__incidents'},
        {'feed': 'records_incidents', 'kind': 'incidents', 'model': 'stg_records__incidents_flagged'},
        {'feed': 'records_incident_events', 'kind': 'incident_events', 'model': 'stg_records__incident_events_flagged'},
        {'feed': 'records_incident_services', 'kind': 'incident_services',
            'model': 'stg_records__incident_services_flagged'},
        {'feed': 'gitops_commits', 'kind': 'deployments', 'model': 'stg_gitops__deployments_flagged', 'fan_out': true},
        {'feed': 'gitops_commits', 'kind': 'automation_runs', 'model': 'stg_gitops__automation_runs_flagged'},
        {'feed': 'upptime_commits', 'kind': 'deployments', 'model': 'stg_upptime__deployments_flagged'},
        {'feed': 'upptime_commits', 'kind': 'automation_runs', 'model': 'stg_upptime__automation_runs_flagged'},
        {'feed': 'image_tag_changes', 'kind': 'deployments', 'model': 'stg_image_tags__deployments_flagged'},
        {'feed': 'image_tag_changes', 'kind': 'automation_runs', 'model': 'stg_image_tags__automation_runs_flagged'},
        {'feed': 'records_deployments', 'kind': 'deployments', 'model': 'stg_records__deployments_flagged'},
        {'feed': 'records_automations', 'kind': 'automations', 'model': 'stg_records__automations_flagged'},
        {'feed': 'records_alerts', 'kind': 'alerts', 'model': 'stg_records__alerts_flagged'},
        {'feed': 'records_toil_entries', 'kind': 'toil_entries', 'model': 'stg_records__toil_entries_flagged'},
        {'feed': 'records_capacity_events', 'kind': 'capacity_events', 'model': 'stg_records__capacity_events_flagged'},
        {'feed': 'records_postmortems', 'kind': 'postmortems', 'model': 'stg_records__postmortems_flagged'},
        {'feed': 'records_postmortem_actions', 'kind': 'postmortem_actions',
            'model': 'stg_records__postmortem_actions_flagged'},
        {'feed': 'records_slos', 'kind': 'slos', 'model': 'stg_records__slos_flagged'},
        {'feed': 'records_slo_exclusions', 'kind': 'slo_exclusions', 'model': 'stg_records__slo_exclusions_flagged'},
        {'feed': 'records_sli_samples', 'kind': 'sli_samples', 'model': 'stg_records__sli_samples_flagged'},
        {'feed': 'records_markets', 'kind': 'markets', 'model': 'stg_records__markets_flagged'},
        {'feed': 'records_outcomes', 'kind': 'outcomes', 'model': 'stg_records__outcomes_flagged'},
        {'feed': 'records_contributions', 'kind': 'contributions', 'model': 'stg_records__contributions_flagged'},
        {'feed': 'records_signal_reviews', 'kind': 'signal_reviews', 'model': 'stg_records__signal_reviews_flagged'},
        {'feed': 'records_latency_histograms', 'kind': 'latency_histograms',
            'model': 'stg_records__latency_histograms_flagged'},
        {'feed': 'records_automation_runs', 'kind': 'automation_runs', 'model': 'stg_records__automation_runs_flagged'},
    ]) }}
{%- endmacro %}

{#- Rows by their fate, and records by theirs. A row that fans out is staged when any of its records is. -#}
{% macro fates_of_feed(staged) -%}
{%- set reason = "case when fate in ('not_applicable', 'quarantined') then fate_reason end" -%}
{%- if staged.fan_out %}
    select
        source, batch_id, fate, reason,
        cast(count(*) as bigint) as row_count,
        cast(0 as bigint) as record_count
    from (
        select
            source, batch_id, fate, {{ reason }} as reason,
            row_number() over (
                partition by batch_id, landed_row
                order by
                    case fate when 'staged' then 1 when 'quarantined' then 2 when 'deleted' then 3
                        when 'superseded' then 4 else 5 end nulls last,
                    source_record_id nulls last
            ) as fate_rank
        from {{ ref(staged.model) }}
    ) as ranked
    where fate_rank = 1
    group by source, batch_id, fate, reason

    union all

    select
        source, batch_id, fate, {{ reason }} as reason,
        cast(0 as bigint) as row_count,
        cast(count(*) as bigint) as record_count
    from {{ ref(staged.model) }}
    where fate in ('staged', 'quarantined')
    group by source, batch_id, fate, {{ reason }}
{%- else %}
    select
        source, batch_id, fate, {{ reason }} as reason,
        cast(count(*) as bigint) as row_count,
        cast(sum(case when fate = 'quarantined'{{ " or fate = 'staged'" if not staged.events }} then 1 else 0 end) as bigint)
            as record_count
    from {{ ref(staged.model) }}
    group by source, batch_id, fate, {{ reason }}
{%- if staged.events %}

    union all

    select
        source, batch_id, 'staged' as fate, cast(null as string) as reason,
        cast(0 as bigint) as row_count,
        cast(count(*) as bigint) as record_count
    from {{ ref(staged.events) }}
    group by source, batch_id
{%- endif %}
{%- endif %}
{%- endmacro %}
