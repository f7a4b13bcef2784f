{{ config(materialized='table') }}
{%- set columns = [
    text('policy_version', raw='landed.policy_version', required=true),
    day('stated_from', raw='landed.valid_from'),
    text('metric_id', raw='landed.metric_id', required=true),
    required(count('tier', raw='landed.tier', low=1, high=4)),
    choice('pillar', ['reliability', 'delivery', 'automation', 'toil', 'learning'], raw='landed.pillar', required=true),
    number('pillar_weight', raw='landed.pillar_weight', high=1),
    number('weight', raw='landed.weight', high=1),
    required(number('floor', raw='landed.floor', low=none)),
    required(number('target', raw='landed.target', low=none)),
    required(count('minimum_n', raw='landed.minimum_n', low=1)),
    choice('phase', ['scored', 'shown'], raw='landed.phase', required=true),
    flag('excuses_no_exposure', raw='landed.excuses_no_exposure', required=true),
    text('why', raw='landed.why', required=true)
] -%}

{{ flagged_folder_rows('organisation_policy', columns, key=['policy_version', 'metric_id', 'tier']) }}
