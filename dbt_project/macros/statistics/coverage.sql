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

{#- Segments of coverage in which a metric is covered. -#}
{% macro segments_of_metric(metric_id) -%}
    select segments.*
    from {{ ref('int_coverage_segments') }} as segments
    inner join {{ ref('int_segment_metrics') }} as segment_metrics
        on segments.segment_key = segment_metrics.segment_key
    where segment_metrics.is_covered and segment_metrics.metric_id = '{{ metric_id }}'
{%- endmacro %}
