-- Whose quarter is withheld, of what people worked.
{{ config(materialized='table') }}

{{ disclosure_withheld('quarter') }}
