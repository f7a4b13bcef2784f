-- P(as many suspicious records or more) of every tested cell: by its binomial or beta-binomial, or as it was given.
with

tests as (

    select * from {{ ref('int_integrity_tests') }}

    where status = 'ok'

),

counted as (

    select
        test_key,
        suspicious,
        n,
        share,
        spread
    from tests
    where given_p_value is null

),

tails as (

    {{ statistics_upper_tails('counted') }}

)

select
    test_key,
    p_value
from tails

union all

select
    test_key,
    given_p_value as p_value
from tests
where given_p_value is not null
