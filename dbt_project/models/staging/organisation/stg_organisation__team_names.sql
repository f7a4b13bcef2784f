{{ config(materialized='table') }}

{{ every_name_of('stg_organisation__teams', 'team_id') }}
