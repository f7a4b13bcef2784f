{{ config(materialized='table') }}

{{ every_name_of('stg_organisation__services', 'service_id') }}
