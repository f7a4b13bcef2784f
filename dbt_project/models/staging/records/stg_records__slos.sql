with

flagged as (select * from {{ ref('stg_records__slos_flagged') }})

{{ staged_slos('flagged') }}
