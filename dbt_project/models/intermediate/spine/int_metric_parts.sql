-- The parts of every metric family, one below the other. A new family is one more line here.
{% set families = [
    'metric_incidents',
    'metric_reopened_incidents',
    'metric_incident_durations',
    'metric_deployments',
    'metric_automation_runs',
] %}

{% for family in families %}
select
    metric_id,
    service_id,
    team_id,
    area,
    day_on,
    dimension,
    dimension_value,
    exclusion_reason,
    numerator,
    denominator,
    excluded
from {{ ref(family) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
