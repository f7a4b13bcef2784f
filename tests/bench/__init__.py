"""`make bench`: time and peak memory of whole runs, of their dbt part, and of the same SQL in bare DuckDB.

Figures are printed, never asserted: a busy machine is no defect.
"""
