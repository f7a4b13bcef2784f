-- Every cell as it may be seen: of what is withheld about people's working time no number is left, neither of the value
-- nor of its parts. A cell in which there is nothing keeps its status: nothing hides behind it.
{{ config(materialized='table') }}

with

cells as (select * from {{ ref('int_measured_cells') }}),

suppressions as (select * from {{ ref('int_suppressions') }}),

judged as (

    select
        cells.*,
        coalesce(
            suppressions.metric_id is not null and (cells.n > 0 or cells.denominator > 0e0 or cells.numerator <> 0e0),
            false
        ) as is_suppressed
    from cells
    left join suppressions
        on
            cells.entity_key = suppressions.entity_key
            and cells.period_key = suppressions.period_key
            and cells.metric_id = suppressions.metric_id
            and (cells.dimension is not null) = suppressions.is_split

)

select
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    {% for column in ['numerator', 'denominator', 'n', 'censored', 'value', 'low', 'high'] -%}
    case when not is_suppressed then {{ column }} end as {{ column }},
    {% endfor -%}
    case when is_suppressed then 'suppressed' else status end as status
from judged
where not (is_suppressed and dimension is not null)
