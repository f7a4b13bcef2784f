"""What is expected at the doors, as declarations that can be read, a file for each door or subject.

Belongs here: the expectations, each with what a stranger needs to know when it fails.
Does not belong here: how frames are made (landing_frames.py, scorecard_frames.py), how they are judged
(expectations.py), sums that must agree between layers (reconciliation.py), rules of one model (dbt tests).
"""
