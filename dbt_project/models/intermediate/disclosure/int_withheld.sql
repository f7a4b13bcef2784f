-- Whose quarters, months and weeks of a closed quarter are withheld, and why: all grains, one below the other.
{% for grain in ['quarters', 'months', 'weeks'] %}
select
    kind,
    entity_key,
    quarter_key,
    grain,
    reason
from {{ ref('int_withheld_' ~ grain) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
