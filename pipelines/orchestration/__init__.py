"""Assets, checks, jobs, schedules, sensors: with definitions.py the only files that know Dagster.

What a step does lives elsewhere (`pipelines.landing`, `dbt_project`, `data_quality`, `pipelines.publish`);
here it is only put in order.
"""
