"""Numbers and statuses in the words of a reader.

Belongs here: formatting shared by page, headline and explanation. Does not belong here: any query.
"""

import math
from datetime import date

STATUS_WORDS = {
    "ok": "",
    "provisional": "provisional: few events",
    "insufficient": "too few events to say",
    "no_exposure": "nothing could have happened",
    "missing_source": "no source speaks of this",
    "immature": "too early to say",
    "quarantined": "withheld: too many rows in quarantine",
    "suppressed": "withheld: it is about few people, or not over",
}
STATUS_REASONS = {
    "ok": "20 events or more; the bar is the 95 % interval.",
    "provisional": "5 to 19 events: shown, with a wide interval; do not act on it alone.",
    "insufficient": "Fewer than 5 events: a value would be noise, so none is shown.",
    "no_exposure": "Nothing could have happened: no service, deployment or run to count.",
    "missing_source": "No source covers it in that period. Unknown is not zero.",
    "immature": "The follow-up window of the newest events is not over.",
    "quarantined": "Too many rows of its source are in quarantine.",
    "suppressed": "What people worked is shown when the quarter is over, if enough people and records are behind it.",
}
WITHHELD_REASONS = {
    "service": "people are in teams; how many work on a service nobody says",
    "open": "a quarter that it touches is not over; what people worked is shown after it",
    "few_members": "fewer than 5 people are known to be in it",
    "few_events": "fewer than 10 records stand behind it, or behind another period of its length in the quarter",
    "by_subtraction": "with it, a number beside it that is withheld would follow by subtraction",
    "split": "one of the values has few records, or what is withheld beside it would follow by subtraction",
}
"""Why a cell is suppressed, by the reason in scorecard.suppressions."""
SHOWN = ("ok", "provisional")
MOST_RECORDS = 20
"""How many records a line of the page names; the table has them all."""
NEARLY_ALL, MOST_DIGITS = 0.99, 6
_MINUTES_HOUR, _MINUTES_DAY = 60.0, 1440.0
_MINUTES = {"minutes": 1.0, "hours": _MINUTES_HOUR, "days": _MINUTES_DAY}


def number(value: float) -> str:
    """A number with three significant digits, no exponent: 0.0412, 3.2, 1,240."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration(minutes: float, like: float | None = None) -> str:
    """Minutes as min, h or days: in the unit that suits them, or that suits `like`."""
    size = abs(minutes if like is None else like)
    if size < 2 * _MINUTES_HOUR:
        return f"{number(minutes)} min"
    if size < 2 * _MINUTES_DAY:
        return f"{number(minutes / _MINUTES_HOUR)} h"
    return f"{number(minutes / _MINUTES_DAY)} days"


def quantity(value: float, unit: str) -> str:
    """A value with its unit: ratios as per cent, durations in the unit that reads best."""
    if unit == "ratio":
        return f"{_per_cent(value)} %"
    if unit in _MINUTES:
        return duration(value * _MINUTES[unit])
    return number(value)


def _per_cent(share: float) -> str:
    """Three significant digits; near 1, two digits of what is missing to it, which is what is read."""
    if not NEARLY_ALL <= share < 1:
        return number(share * 100)
    digits = min(MOST_DIGITS, 1 - math.floor(math.log10(100 * (1 - share))))
    return f"{share * 100:.{digits}f}".rstrip("0").rstrip(".")


def interval(low: float | None, high: float | None, unit: str, value: float | None = None) -> str:
    """The 95 % interval in words, in the unit of its value; an end that is not known is said to be open."""
    if low is None and high is None:
        return ""
    if high is None:
        return f"from {_like(low or 0.0, unit, value)}, no upper bound"
    between = high if value is None else value
    return f"{_like(low or 0.0, unit, between)} to {_like(high, unit, between)}"


def interval_name(unit: str) -> str:
    """What the limits of a value are: those of a percentile are the bounds of its bucket, and no sampling error."""
    return "between the bounds" if unit == "ms" else "95 % interval"


def _like(end: float, unit: str, value: float | None) -> str:
    if unit not in _MINUTES:
        return quantity(end, unit)
    return duration(end * _MINUTES[unit], like=None if value is None else value * _MINUTES[unit])


def unit_suffix(unit: str) -> str:
    """What follows the number: nothing where the quantity says it already."""
    return "" if unit == "ratio" or unit in _MINUTES else unit


def value_text(value: float | None, low: float | None, unit: str, status: str) -> str:
    """The value, or in words why there is none; never 0 for unknown.

    A median that was never reached is `> t`: its interval's lower end, when there is one.
    """
    if status not in SHOWN:
        return STATUS_WORDS.get(status, status)
    if value is None:
        return f"> {quantity(low, unit)}" if low is not None else "more than half are still open"
    return quantity(value, unit)


_STATISTICS = {
    "p90": "nine in ten within",
    "p50": "half of all within",
    "p95": "95 in 100 within",
    "p99": "99 in 100 within",
    "geometric_mean": "geometric mean",
    "longest_observed": "longest observed",
}


def split_name(dimension: str, value: str) -> str:
    """A split in words: `severity sev1`, `outcome unknown`, `nine in ten within`."""
    if dimension == "statistic":
        return _STATISTICS.get(value, value.replace("_", " "))
    return f"{dimension} {value}".replace("_", " ")


def period_name(period_type: str, start: date) -> str:
    """2026-05 as May 2026, Q2 2026, or week of 2026-05-04."""
    if period_type == "month":
        return f"{start:%B %Y}"
    if period_type == "quarter":
        return f"Q{(start.month + 2) // 3} {start.year}"
    return f"week of {start:%Y-%m-%d}"
