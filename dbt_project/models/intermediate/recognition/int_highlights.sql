-- Highlights of every team and quarter, five at most: the first of each kind in the order of kinds, then the second of
-- each, and so on; within a kind by the subject's name. Nothing is chosen by its size.
{{ config(materialized='table') }}

with

found as (

    {{ rows_of_models(
        columns={
            'kind': 'string',
            'team_id': 'string',
            'period_key': 'bigint',
            'subject_id': 'string',
            'alert_class': 'string',
            'events': 'bigint',
            'parties': 'bigint',
            'evidence_kind': 'string',
            'evidence_ids': 'string',
            'live_from': 'timestamp',
            'events_before': 'bigint',
            'events_after': 'bigint',
            'tenths_before': 'bigint',
            'tenths_after': 'bigint',
            'ratio': 'double',
            'ratio_low': 'double',
            'ratio_high': 'double',
            'least_remaining': 'double'
        },
        without={
            'int_highlight_counts': [
                'alert_class', 'live_from', 'events_before', 'events_after', 'tenths_before', 'tenths_after', 'ratio',
                'ratio_low', 'ratio_high', 'least_remaining'
            ],
            'int_restore_falls': ['parties', 'least_remaining'],
            'int_highlight_budgets': [
                'alert_class', 'parties', 'live_from', 'events_before', 'events_after', 'tenths_before',
                'tenths_after', 'ratio', 'ratio_low', 'ratio_high'
            ]
        }
    ) }}

),

ordered as (

    select
        *,
        case kind
            {% for kind in highlight_kinds() %}
            when '{{ kind }}' then {{ loop.index }}
            {% endfor %}
        end as kind_order,
        row_number() over (
            partition by team_id, period_key, kind
            order by subject_id nulls last, alert_class nulls last
        ) as turn
    from found

),

chosen as (

    select
        *,
        row_number() over (
            partition by team_id, period_key
            order by turn nulls last, kind_order nulls last
        ) as place
    from ordered

)

select
    kind,
    team_id,
    period_key,
    subject_id,
    alert_class,
    events,
    -- Of rollouts and incidents each is its own party, which says nothing.
    case when kind in ('recipe_reused', 'actions_on_time') then parties end as parties,
    evidence_kind,
    evidence_ids,
    live_from,
    events_before,
    events_after,
    tenths_before,
    tenths_after,
    ratio,
    ratio_low,
    ratio_high,
    least_remaining
from chosen
where place <= 5
