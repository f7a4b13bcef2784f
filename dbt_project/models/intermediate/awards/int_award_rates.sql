-- Rates against the baseline: given how many events there were in all, those of the worse side are binomial by the
-- shares of the exposure (Przyborowski and Wilenski 1940). Where days vary by more than chance, events count as many as
-- their dispersion leaves: divided by the greatest of the quarters that are compared, and rounded down.
with

events as (select * from {{ ref('int_award_events') }}),

thinned as (

    select
        *,
        {{ statistics_whole_part('cast(new_events as double) / dispersion') }} as new_counted,
        {{ statistics_whole_part('cast(old_events as double) / dispersion') }} as old_counted,
        cast(new_events as double) * cast(old_exposure as double) as new_weighed,
        cast(old_events as double) * cast(new_exposure as double) as old_weighed,
        cast(case better when 'up' then new_exposure else old_exposure end as double)
        / cast(new_exposure + old_exposure as double) as share
    from events

),

tests as (

    select
        comparison_key as test_key,
        case better when 'up' then new_counted else old_counted end as hits,
        new_counted + old_counted as n,
        cast(0 as bigint) as all_hits,
        cast(0 as bigint) as all_n,
        share
    from thinned

),

tails as (

    {{ statistics_exact_tails('tests') }}

)

select
    thinned.comparison_key,
    case thinned.better
        when 'up' then thinned.new_weighed > thinned.old_weighed else thinned.new_weighed < thinned.old_weighed
    end as is_better,
    tails.p_value
from thinned
inner join tails
    on thinned.comparison_key = tails.test_key
