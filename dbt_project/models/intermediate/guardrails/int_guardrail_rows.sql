-- The verdicts of all guardrails, one below the other.
{{ config(materialized='table') }}

select * from {{ ref('int_guardrail_verdicts') }}
union all
select * from {{ ref('int_guardrail_non_inferiority') }}
