-- Outages that Upptime saw. It commits every change of state: the silence after a commit has the state of it.
{{ outages_of_checks('stg_upptime__incidents_flagged') }}
