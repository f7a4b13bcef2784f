-- One rule, one number: the settings in the project's vars are those of the published policy.
with

policy as (

    select * from {{ ref('default_policy') }}

),

settings as (

    {% for name in ['rollback_window_hours', 'link_window_hours', 'reopen_window_days', 'planned_lead_minutes'] %}
    select
        '{{ name }}' as setting,
        cast({{ var(name, 'null') }} as double) as value
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    settings.setting,
    settings.value,
    policy.value as published
from settings
left join policy
    on settings.setting = policy.setting
where settings.value is distinct from policy.value
