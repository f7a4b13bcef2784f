-- One rule, one number: the settings in the project's vars are those of the published policy.
{% set names = ['rollback_window_hours', 'link_window_hours', 'reopen_window_days', 'planned_lead_minutes'] %}
select *
from {{ ref('default_policy') }}
where false
    {% for name in names %}
    or (setting = '{{ name }}' and value <> {{ var(name) }})
    {% endfor %}
