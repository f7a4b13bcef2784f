"""Moves data: extraction, landing, orchestration, release. Computes no metric; metrics are SQL in `dbt_project`."""
