-- One rule, one number: the settings in the project's vars are those of the published policy.
{%- set settings = [
    'rollback_window_hours', 'link_window_hours', 'reopen_window_days', 'planned_lead_minutes',
    'change_follow_up_hours', 'healing_follow_up_hours', 'rollback_follow_up_hours', 'postmortem_days',
    'automation_follow_up_days', 'automation_minimum_runs', 'effect_follow_up_hours', 'signal_q_limit',
    'signal_minimum_n', 'signal_minimum_baseline', 'signal_organisation_n', 'signal_padding_share',
    'signal_answer_seconds', 'disclosure_minimum_members', 'disclosure_minimum_events'
] %}

with

policy as (

    select * from {{ ref('default_policy') }}

),

settings as (

    {% for name in settings %}
    select
        '{{ name }}' as setting,
        cast({{ var(name, 'null') }} as double) as value
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    coalesce(settings.setting, policy.setting) as setting,
    settings.value,
    policy.value as published
from settings
full outer join policy
    on settings.setting = policy.setting
where settings.value is distinct from policy.value
