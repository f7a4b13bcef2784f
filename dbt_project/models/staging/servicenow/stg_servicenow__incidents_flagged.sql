-- Every audit row, a version of its incident. `?` is this log's null. The final values that the log copies onto
-- early rows (resolved_at, closed_at) are not read.
{{ config(materialized='table') }}
{%- set nullable = ['incident_state', 'sys_mod_count', 'sys_updated_at', 'opened_at', 'priority', 'category',
    'assignment_group'] -%}
{%- set said = {} -%}
{%- for column in nullable -%}
{%- do said.update({column: 'nullif(' ~ trimmed('landed.' ~ column) ~ ", '?')"}) -%}
{%- endfor -%}
{%- set updated_at = known_since(said.sys_updated_at) -%}
{%- set states = ['New', 'Active', 'Awaiting User Info', 'Awaiting Vendor', 'Awaiting Problem', 'Awaiting Evidence',
    'Resolved', 'Closed'] -%}
{%- set severities = {'1': 'sev1', '2': 'sev2', '3': 'sev3', '4': 'sev4'} -%}
{%- set columns = [
    text('incident_id', raw='landed.number', required=true),
    choice('state', states, raw=said.incident_state, required=true),
    required(count('version', raw=said.sys_mod_count)),
    unseen(instant('source_updated_at', raw=said.sys_updated_at, required=true)),
    instant('declared_at', raw=said.opened_at, happened=true),
    translated('severity', severities, raw='substr(' ~ said.priority ~ ', 1, 1)'),
    named('service_id', 'service', raw=said.category),
    named('team_id', 'team', raw=said.assignment_group),
] -%}

with

landed as (
    {{ landed_rows('servicenow_audit') }}
),

{{ flagged_rows(
    'servicenow_audit', columns, record=['number'], key=['number', 'sys_mod_count'],
    source_record_id='landed.number', recorded_at=updated_at, sequence=parse_count('landed.sys_mod_count'), history=true
) }}
