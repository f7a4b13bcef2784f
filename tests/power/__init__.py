"""How often integrity signals find what they look for, and how often they accuse an honest team.

`python -m tests.power`. Belongs here: simulated organisations in which every signal is planted in a team of its own, at
three strengths, and the count of what fires. Does not belong here: how a signal is computed (dbt models), whether it is
computed right (tests/oracle).
"""
