-- Is a metric that the policy names worse than its frozen baseline: Fisher's exact test, one-sided, of what went
-- wrong among as many, and its p-value times how many could be tested (Bonferroni). What went wrong is the numerator
-- of a metric that should fall, the rest of one that should rise.
with

spine as (select * from {{ ref('int_guardrail_spine') }}),

settings as (

    {{ guardrail_settings('non_inferiority', 'metrics') }}

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}
    where interval_method = 'wilson'

),

cells as (

    select * from {{ ref('int_cell_counts') }}
    where dimension is null

),

baselines as (select * from {{ ref('int_baseline_counts') }}),

compared as (

    select
        spine.entity_key,
        spine.period_key,
        catalogue.metric_id,
        cells.is_covered,
        cells.denominator as n,
        case catalogue.better
            when 'down' then cells.numerator else cells.denominator - cells.numerator
        end as wrong,
        baselines.denominator as baseline_n,
        case catalogue.better
            when 'down' then baselines.numerator else baselines.denominator - baselines.numerator
        end as baseline_wrong
    from spine
    inner join settings
        on spine.policy_version = settings.policy_version
    inner join catalogue
        on settings.value = catalogue.metric_id
    inner join cells
        on
            spine.entity_key = cells.entity_key
            and spine.period_key = cells.period_key
            and catalogue.metric_id = cells.metric_id
    left join baselines
        on
            spine.entity_key = baselines.entity_key
            and catalogue.metric_id = baselines.metric_id
            and spine.period_start_on >= baselines.judged_from_on

),

keyed as (

    select
        *,
        row_number() over (
            order by entity_key nulls last, period_key nulls last, metric_id nulls last
        ) as test_key
    from compared

),

tests as (

    select
        test_key,
        wrong as hits,
        n,
        wrong + baseline_wrong as all_hits,
        n + baseline_n as all_n,
        cast(null as double) as share
    from keyed
    where is_covered and n > 0 and baseline_n is not null

),

tails as (

    {{ statistics_exact_tails('tests') }}

)

select
    keyed.entity_key,
    keyed.period_key,
    keyed.metric_id,
    keyed.is_covered,
    keyed.n,
    keyed.wrong,
    keyed.baseline_n,
    keyed.baseline_wrong,
    tails.p_value,
    case
        when tails.p_value is not null
            then least(1e0, tails.p_value * cast(
                count(tails.p_value) over (partition by keyed.entity_key, keyed.period_key) as double
            ))
    end as corrected_p
from keyed
left join tails
    on keyed.test_key = tails.test_key
