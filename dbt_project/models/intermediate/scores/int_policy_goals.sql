-- The policy with a row for each version and metric, the goals of its four tiers side by side. A metric that is shown
-- in a tier weighs nothing there.
with

policy as (select * from {{ ref('policy') }})

select
    policy_version,
    metric_id,
    valid_from,
    valid_to,
    max(pillar) as pillar,
    max(pillar_weight) as pillar_weight,
    {% for tier in [1, 2, 3, 4] -%}
    max(case when tier = {{ tier }} then floor end) as floor_{{ tier }},
    max(case when tier = {{ tier }} then target end) as target_{{ tier }},
    max(case when tier = {{ tier }} then coalesce(weight, 0e0) end) as weight_{{ tier }},
    max(case when tier = {{ tier }} then minimum_n end) as minimum_n_{{ tier }},
    {% endfor -%}
    max(case when excuses_no_exposure then 1 else 0 end) = 1 as excuses_no_exposure
from policy
group by policy_version, metric_id, valid_from, valid_to
