-- Highlights: sentences made from data, five at most a team and quarter, each with the rows that prove it and the
-- numbers that it states. What followed after something is said to be after it, never because of it.

with

highlights as (

    select
        highlights.*,
        {{ dates_local_day('highlights.live_from', 'run.time_zone') }} as live_on,
        {{ statistics_quotient(statistics_millionths('highlights.least_remaining'), 10000) }} as least_percent,
        run.as_of
    from {{ ref('int_highlights') }} as highlights
    cross join {{ source('landing', 'run') }} as run

),

spine as (

    select * from {{ ref('int_guardrail_spine') }}
    where entity_type = 'team' and period_type = 'quarter'

)

select
    spine.entity_type,
    spine.entity_id,
    spine.entity_name,
    spine.period_type,
    spine.period_start_on,
    spine.is_closed,
    concat_ws(
        '/', highlights.kind, spine.entity_id, cast(spine.period_start_on as string), highlights.subject_id,
        highlights.alert_class
    ) as highlight_id,
    highlights.kind,
    case highlights.kind
        when 'averted_outage'
            then concat_ws(
                ' ',
                'Analysis stopped',
                cast(highlights.events as string),
                'canary or blue-green',
                {{ one_or_many('highlights.events', 'rollout', 'rollouts') }},
                'of',
                highlights.subject_id,
                'before full exposure, and no incident is linked to',
                {{ one_or_many('highlights.events', 'it.', 'them.') }}
            )
        when 'restore_time_fell'
            then concat_ws(
                ' ',
                'Incidents of',
                highlights.alert_class,
                'took',
                {{ tenths_as_text('highlights.tenths_after') }},
                'minutes to restore (median of',
                cast(highlights.events_after as string) || ') after automation',
                highlights.subject_id,
                'first ran live on',
                cast(highlights.live_on as string) || ', and',
                {{ tenths_as_text('highlights.tenths_before') }},
                'minutes before (median of',
                cast(highlights.events_before as string) || '); ratio',
                {{ thousandths_as_text('highlights.ratio') }} || ', 95 % interval',
                {{ thousandths_as_text('highlights.ratio_low') }},
                'to',
                {{ thousandths_as_text('highlights.ratio_high') }} || '.',
                'This is what was seen after it, not what it did.'
            )
        when 'healed_by_automation'
            then concat_ws(
                ' ',
                'Automation resolved',
                cast(highlights.events as string),
                {{ one_or_many('highlights.events', 'incident', 'incidents') }},
                'of',
                highlights.subject_id,
                'before a person acted;',
                {{ one_or_many('highlights.events', 'it was not', 'none was') }},
                'reopened within 24 hours.'
            )
        when 'recipe_reused'
            then concat_ws(
                ' ',
                cast(highlights.parties as string),
                'other',
                {{ one_or_many('highlights.parties', 'team', 'teams') }},
                'derived',
                cast(highlights.events as string),
                {{ one_or_many('highlights.events', 'automation', 'automations') }},
                'from recipe',
                highlights.subject_id || '.'
            )
        when 'error_budget_held'
            then concat_ws(
                ' ',
                'The error budget of every objective of',
                highlights.subject_id,
                'held at the end of each of the',
                cast(highlights.events as string),
                'weeks that ended in the quarter: at least',
                cast(highlights.least_percent as string),
                '% of it was left.'
            )
        when 'actions_on_time'
            then concat_ws(
                ' ',
                case
                    when highlights.events = 1 then 'The action'
                    else 'All ' || cast(highlights.events as string) || ' actions'
                end,
                'of',
                cast(highlights.parties as string),
                {{ one_or_many('highlights.parties', 'review', 'reviews') }},
                {{ one_or_many('highlights.events', 'was', 'were') }},
                'done on time; the last was due in the quarter.'
            )
    end as sentence,
    highlights.subject_id,
    highlights.alert_class,
    highlights.events,
    highlights.parties,
    highlights.live_from,
    highlights.events_before,
    highlights.events_after,
    cast(highlights.tenths_before as double) / 1e1 as median_before_minutes,
    cast(highlights.tenths_after as double) / 1e1 as median_after_minutes,
    highlights.ratio,
    highlights.ratio_low,
    highlights.ratio_high,
    highlights.least_remaining as least_remaining_ratio,
    highlights.evidence_kind,
    highlights.evidence_ids,
    highlights.as_of
from highlights
inner join spine
    on
        highlights.team_id = spine.entity_id
        and highlights.period_key = spine.period_key
