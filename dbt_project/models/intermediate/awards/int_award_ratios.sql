-- Shares of countable events against the baseline: Fisher's exact test of what went well among as many.
with

cells as (

    select * from {{ ref('int_award_cells') }}
    where interval_method = 'wilson'

),

counts as (

    select * from {{ ref('int_cell_counts') }}
    where dimension is null

),

parts as (

    select
        cells.comparison_key,
        cells.is_new,
        counts.denominator as n,
        case cells.better when 'up' then counts.numerator else counts.denominator - counts.numerator end as hits
    from cells
    inner join counts
        on
            cells.entity_key = counts.entity_key
            and cells.period_key = counts.period_key
            and cells.metric_id = counts.metric_id

),

tests as (

    select
        comparison_key as test_key,
        cast(sum(case when is_new then hits else 0 end) as bigint) as hits,
        cast(sum(case when is_new then n else 0 end) as bigint) as n,
        cast(sum(hits) as bigint) as all_hits,
        cast(sum(n) as bigint) as all_n,
        cast(null as double) as share
    from parts
    group by comparison_key

),

tails as (

    {{ statistics_exact_tails('tests') }}

)

select
    tests.test_key as comparison_key,
    tests.hits * (tests.all_n - tests.n) > (tests.all_hits - tests.hits) * tests.n as is_better,
    tails.p_value
from tests
inner join tails
    on tests.test_key = tails.test_key
