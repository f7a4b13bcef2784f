"""Gates at the two doors, conservation between layers, and the fingerprint that ties an audit to its rows.

Belongs here: what must hold before anything is published, and the proof that it was looked at.
Does not belong here: row and column rules of one model (dbt tests and contracts beside it).
"""
