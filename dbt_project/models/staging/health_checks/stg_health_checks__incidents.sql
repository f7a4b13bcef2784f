-- Outages that a log of health checks saw. One goes on until a good check, however long nobody looked.
{{ outages_of_checks('stg_health_checks__incidents_flagged') }}
