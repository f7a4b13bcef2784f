-- False discovery rates over all tests of a quarter, whatever their signal and entity.
with

tests as (select * from {{ ref('int_integrity_tests') }}),

p_values as (select * from {{ ref('int_integrity_p_values') }}),

tested as (

    select
        tests.*,
        p_values.p_value
    from tests
    left join p_values
        on tests.test_key = p_values.test_key

)

{{ statistics_false_discoveries('tested', 'period_key') }}
