-- The clocks of every duration metric, one below the other; a new family is one more line here. A clock has a split
-- where its column is not null, so a family that has no such split says nothing there.
{% set families = {
    'metric_incident_clocks': ['severity', 'detected_by', 'resolved_by', 'start_basis'],
    'metric_deployment_clocks': ['strategy'],
    'metric_review_clocks': ['severity'],
} %}

{% for family, splits in families.items() %}
select
    metric_id,
    service_id,
    team_id,
    area,
    day_on,
    segment_key,
    {% for split in clock_splits() %}
    {{ split if split in splits else 'cast(null as string) as ' ~ split }},
    {% endfor %}
    is_event,
    duration_microseconds,
    exclusion_reason
from {{ ref(family) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
