"""How often the award for sustained improvement goes to a team that did not change, and how soon to one that did.

`make award-study` draws teams, applies the rule of DECISIONS.md D101, and writes the tables of docs/awards.md. The
statistics are numpy's and scipy's own; tests/unit/test_award_study.py holds them to the SQL of the models.
"""
