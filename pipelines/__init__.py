"""Moves data: extraction, landing, orchestration, release. No metric: that is SQL in `dbt_project`."""
