{#- Finds the segment of coverage (int_coverage_segments) that holds an event's anchor; none where no source says
    anything. An event is judged by what it names most closely: its service, else its team, else the portfolio.
    Needs the relations `segments` and `run`. -#}
{% macro statistics_join_segments(events, anchor) -%}
    left join segments
        on
            segments.entity_type = case
                when {{ events }}.service_id is not null then 'service'
                when {{ events }}.team_id is not null then 'team'
                else 'portfolio'
            end
            and segments.entity_id = coalesce({{ events }}.service_id, {{ events }}.team_id, run.organisation)
            and {{ events }}.{{ anchor }} >= segments.starts_at
            and {{ events }}.{{ anchor }} <= segments.last_at
{%- endmacro %}
