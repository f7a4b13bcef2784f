-- What happened to incidents. Of values only what metrics rest on is told: severities, instants, and teams by their
-- identifier. Any other field is `other`; what it held is free text, in which a person may be named, and stays behind.
-- Whether a person or automation made one is not told here: from it anybody would have the time that the people of a
-- small team spent (int_incident_events has it, and is not published).
{% set instants = [
    'impact_started_at', 'detected_at', 'declared_at', 'acknowledged_at', 'mitigated_at', 'resolved_at', 'closed_at'
] %}

with

events as (select * from {{ ref('int_incident_events') }}),

names as (select * from {{ ref('stg_organisation__team_names') }})

select
    events.incident_id,
    events.source,
    events.source_record_id,
    events.batch_id,
    events.recorded_at,
    events.event_at,
    events.event,
    {% for side in ['from', 'to'] %}
    case
        when events.{{ side }}_value in ('sev1', 'sev2', 'sev3', 'sev4', 'sev5') then events.{{ side }}_value
        when {{ parse_instant('events.' ~ side ~ '_value', "'UTC'", "'iso'") }} is not null then events.{{ side }}_value
        else {{ side }}_names.team_id
    end as {{ side }}_value,
    {% endfor %}
    case
        when
            events.field in (
                {% for name in ['severity', 'team_id'] + instants %}
                '{{ name }}'{{ ',' if not loop.last }}
                {% endfor %}
            )
            then events.field
        when events.field is not null then 'other'
    end as field
from events
{% for side in ['from', 'to'] %}
left join names as {{ side }}_names
    on {{ name_key('events.' ~ side ~ '_value') }} = {{ side }}_names.name_key
{% endfor %}
