"""What one column of a ready-made record says. No kind of record belongs here."""

import math

from tests.oracle.reference.fates import Context, cleaned
from tests.oracle.reference.readers import Values


def value_of(values: Values, name: str, context: Context) -> str | None:
    """A column's trimmed value, in the source's own words where organisation.yml translates it."""
    return context.mapped(name, cleaned(values.get(name)))


def flag(text: str | None) -> bool | None:
    """True, False, or None when nothing or something else is written."""
    return {"true": True, "false": False}.get((text or "").strip().lower())


def number(text: str | None) -> float:
    """The number written; not a number when none is."""
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def found(register_name: str, values: Values, name: str, context: Context) -> str | None:
    """The id that a service or team is written for, by that or any other of its names."""
    value = cleaned(values.get(name))
    register = context.teams if register_name == "team" else context.services
    return None if value is None else register.find(value)
