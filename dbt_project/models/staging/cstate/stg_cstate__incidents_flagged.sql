-- Every revision of every page. A page is an incident; a revision is a version of it. Planned work may state its end
-- ahead, and be marked as done; an incident that ended after it was written down is a slip of the pen.
{{ config(materialized='table') }}
{%- set committed_at = known_since('landed.committed_at') -%}
{%- set columns = [
    text('incident_id', raw='landed.file', required=true),
    absent('front_matter_error', raw="case when landed.op <> 'deleted' then landed.front_matter_error end",
        reason='front matter that cannot be read'),
    choice('operation', ['created', 'edited', 'deleted'], raw='landed.op', required=true),
    translated('actor', {'human': 'person', 'bot': 'automation'}, raw='landed.author'),
    instant('committed_at', raw='landed.committed_at'),
    derived('has_history', 'boolean', sql='raw_committed_at is not null'),
    translated('severity', {'down': 'sev1', 'disrupted': 'sev2', 'notice': 'sev3'}, raw='landed.severity'),
    with_rules(flag('is_resolved', raw='landed.resolved'), [
        ['raw_is_resolved is null and raw_front_matter_error is null and not is_deleted', 'missing'],
    ]),
    instant('impact_started_at', raw='landed.date'),
    derived('is_named_planned', 'boolean', sql=matches(
        "concat_ws(chr(10), raw_incident_id, raw_title)", 'maintenance|upgrade|migrat|advisory|brownout')),
    with_rules(instant('stated_end_at', raw='landed.resolvedWhen'), [
        ['is_resolved and stated_end_at < impact_started_at', 'end before start'],
        ['is_resolved and stated_end_at > recorded_at and not is_named_planned', 'later than it was recorded'],
    ]),
    named('service_id', 'service', raw=first_of_json_list('landed.affected')),
    text('title', raw='landed.title'),
] -%}

with

landed as (
    {{ landed_rows('cstate_revisions') }}
),

{{ flagged_rows(
    'cstate_revisions', columns, record=['file'], key=['file', 'commit'],
    source_record_id='landed.file', recorded_at=committed_at, tombstone="coalesce(landed.op = 'deleted', false)",
    history=true, applies="landed.file like '%.md'", not_applicable="case when landed.file not like '%.md' then 'not a page' end"
) }}
