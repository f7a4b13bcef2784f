-- What a source must speak for before a metric means anything: each requirement is met by any of its kinds. A metric's
-- splits may need less than the metric itself. The scope `record` is the record kind alone: what is outside of it is
-- outside of the log, while a row that only lacks a column is in the log and says so itself. What a guardrail judges
-- has requirements too, under its name and the part's.
with

catalogue as (

    select * from {{ ref('metric_catalogue') }}

),

required as (

    select
        metric_id,
        'cell' as scope,
        {{ explode_words('requires_kind', "'|'") }} as kind
    from catalogue

    union all

    select
        metric_id,
        'split' as scope,
        {{ explode_words('coalesce(dimension_requires_kind, requires_kind)', "'|'") }} as kind
    from catalogue

    union all

    select
        metric_id,
        'record' as scope,
        split_part(split_part(requires_kind, '|', 1), '.', 1) as kind
    from catalogue

    union all

    select
        guardrail_id || '.' || part as metric_id,
        'cell' as scope,
        {{ explode_words('requires_kind', "'|'") }} as kind
    from {{ ref('guardrail_measures') }}

)

select
    metric_id,
    scope,
    kind as requirement,
    kind
from required

{% for scope, column in [
    ('cell', 'requires_either_kind'), ('cell', 'requires_or_kind'),
    ('split', 'requires_either_kind'), ('split', 'requires_or_kind')
] %}
union all

select
    metric_id,
    '{{ scope }}' as scope,
    'either' as requirement,
    {{ column }} as kind
from catalogue
where {{ column }} is not null{{ ' and dimension_requires_kind is null' if scope == 'split' }}

{% endfor %}
