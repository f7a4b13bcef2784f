-- Parts of the metrics of how a production deployment was made: tested, rolled out step by step, on the green path,
-- undone by automation, stopped before it could hurt. Unknown is left out and counted.
{% set counts = {
    'environment_unknown': 'is_production is null',
    'tests_passed': "is_production and tests = 'passed'",
    'tests_known': 'is_production and tests is not null',
    'tests_unknown': 'is_production and tests is null',
    'progressive': 'is_production and is_progressive',
    'strategy_known': 'is_production and strategy is not null',
    'strategy_unknown': 'is_production and strategy is null',
    'on_green_path': 'is_production and is_on_green_path',
    'path_known': 'is_production and is_on_green_path is not null',
    'path_unknown': 'is_production and outcome is not null and is_on_green_path is null',
    'outcome_unknown': 'is_production and outcome is null',
    'rollback_immature': 'is_rollback and is_rollback_immature',
    'rollback_automatic': 'is_rollback and not is_rollback_immature and is_automatic_success',
    'rollback_known': 'is_rollback and not is_rollback_immature and is_automatic_success is not null',
    'rollback_unknown': 'is_rollback and not is_rollback_immature and is_automatic_success is null',
    'averted_immature': 'is_production and outcome is not null and is_immature',
    'averted': "is_production and not is_immature and is_averted and abort_trigger = 'analysis'",
    'stop_known': 'is_production and outcome is not null and not is_immature and not is_stop_unknown',
    'stop_unknown': 'is_production and not is_immature and is_stop_unknown',
} %}

with

deployments as (

    select * from {{ ref('fct_deployments') }}

),

rollbacks as (

    select * from {{ ref('fct_rollbacks') }}

),

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

in_scope as (

    select
        deployments.*,
        rollbacks.deployment_id is not null as is_rollback,
        rollbacks.is_automatic_success,
        rollbacks.is_immature as is_rollback_immature,
        deployments.is_averted and deployments.abort_trigger is null as is_stop_unknown,
        {{ dates_local_day('deployments.deployed_at', 'run.time_zone') }} as day_on,
        segments.segment_key
    from deployments
    left join rollbacks
        on deployments.deployment_id = rollbacks.deployment_id
    cross join run
    {{ statistics_join_segments('deployments', 'deployed_at') }}
    where coalesce(deployments.is_production, true)

),

counted as (

    select
        service_id,
        team_id,
        area,
        day_on,
        segment_key,
        {% for name, condition in counts.items() %}
        count(case when {{ condition }} then 1 end) as {{ name }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from in_scope
    group by service_id, team_id, area, day_on, segment_key

)

{{ statistics_unpivot_parts(
    'counted',
    counted=[
        ['tested_share', none, none, 'tests_passed', 'tests_known'],
        ['progressive_share', none, none, 'progressive', 'strategy_known'],
        ['green_path_share', none, none, 'on_green_path', 'path_known'],
        ['rollback_automatic_success', none, none, 'rollback_automatic', 'rollback_known'],
        ['averted_outages', none, none, 'averted', 'stop_known'],
    ],
    excluded=[
        ['tested_share', 'environment_unknown', 'environment_unknown'],
        ['tested_share', 'tests_unknown', 'tests_unknown'],
        ['progressive_share', 'environment_unknown', 'environment_unknown'],
        ['progressive_share', 'strategy_unknown', 'strategy_unknown'],
        ['green_path_share', 'environment_unknown', 'environment_unknown'],
        ['green_path_share', 'outcome_unknown', 'outcome_unknown'],
        ['green_path_share', 'path_unknown', 'path_unknown'],
        ['rollback_automatic_success', 'immature', 'rollback_immature'],
        ['rollback_automatic_success', 'rollback_unknown', 'rollback_unknown'],
        ['averted_outages', 'environment_unknown', 'environment_unknown'],
        ['averted_outages', 'outcome_unknown', 'outcome_unknown'],
        ['averted_outages', 'immature', 'averted_immature'],
        ['averted_outages', 'abort_trigger_unknown', 'stop_unknown'],
    ]
) }}
