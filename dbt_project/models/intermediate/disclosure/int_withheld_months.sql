-- Whose months of a quarter are withheld, of what people worked: all three, or none, since a quarter less two months
-- is the third.
{{ config(materialized='table') }}

{{ disclosure_withheld('month', coarser='int_withheld_quarters') }}
