"""What changed since the period before, in the words of a reader.

Belongs here: rows of scorecard.changes, and how they are said on the page, in the headline and in explanations.
Does not belong here: the change itself, its limits or its verdict (dbt).
"""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from pipelines.publish import words

COLUMNS = (
    "metric_id, entity_type, entity_id, period_type, period_start_on, dimension, dimension_value, previous_value, "
    "change_kind, change, change_low, change_high, change_unit, verdict, reason"
)
VERDICTS = {
    "better": "the whole interval of the change lies on the better side",
    "worse": "the whole interval of the change lies on the worse side",
    "unclear": "the interval holds no change too: nothing can be said, neither that it changed nor that it did not",
}
_WITHOUT_CHANGE = {
    "no_previous": "nothing to compare with in {before}",
    "not_reached": "not compared with {before}: a median was not reached",
}
_PREVIOUS = "previous_"
_POINTS = " points"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of scorecard.changes, in the order of COLUMNS."""

    metric_id: str
    entity_type: str
    entity_id: str
    period_type: str
    start: date
    dimension: str | None
    dimension_value: str | None
    previous_value: float | None
    kind: str | None
    change: float | None
    low: float | None
    high: float | None
    unit: str | None
    verdict: str | None
    reason: str | None

    @property
    def before(self) -> str:
        """Name of the period before."""
        return words.period_name(self.period_type, previous_start(self.period_type, self.start))

    @property
    def amount(self) -> str:
        """How much: `-22 %`, `+1.2 points`, `+0.16 per service-month`; empty without a change."""
        if self.change is None:
            return ""
        suffix = words.unit_suffix(self.unit or "") if self.kind == "difference" else ""
        return " ".join(filter(None, [self._signed(self.change), suffix]))

    @property
    def interval(self) -> str:
        """Its 95 % interval in the same terms; an end that is not known is said to be open."""
        if self.low is None and self.high is None:
            return ""
        if self.high is None:
            return f"from {self._signed(self.low or 0.0)}, no upper bound"
        if self.low is None:
            return f"up to {self._signed(self.high)}, no lower bound"
        low = self._signed(self.low)
        return f"{low.removesuffix(_POINTS)} to {self._signed(self.high)}"

    @property
    def title(self) -> str:
        """The verdict in words, or why there is none."""
        if self.verdict in ("better", "worse"):
            return f"{self.verdict} than {self.before}"
        if self.verdict == "unclear":
            return f"unclear against {self.before}"
        if self.change is not None:
            return f"beside {self.before}, without verdict"
        reason = self.reason or ""
        if reason.startswith(_PREVIOUS):
            said = words.STATUS_WORDS.get(reason.removeprefix(_PREVIOUS), reason)
            return f"not compared with {self.before}: {said} then"
        return _WITHOUT_CHANGE.get(reason, reason).format(before=self.before)

    @property
    def text(self) -> str:
        """`better than Q4 2025: -22 % (-40 % to -5 %)`, in one line."""
        if self.change is None:
            return self.title
        ends = f" ({self.interval})" if self.interval else " (a sum has no interval)" if self.verdict else ""
        return f"{self.title}: {self.amount}{ends}"

    def _signed(self, number: float) -> str:
        """One number of the change with its sign: a quotient as per cent, a difference of shares in points."""
        if self.kind == "ratio":
            return f"{_sign(number - 1)}{words.number(abs(number - 1) * 100)} %"
        if self.unit == "ratio":
            return f"{_sign(number)}{words.number(abs(number) * 100)}{_POINTS}"
        return f"{_sign(number)}{words.quantity(abs(number), self.unit or '')}"


def is_told(con: duckdb.DuckDBPyConnection) -> bool:
    """False for a release of an older version, which has no table of changes."""
    found = con.execute(
        "select 1 from information_schema.tables where table_catalog = current_catalog() "
        "and table_schema = 'scorecard' and table_name = 'changes'"
    )
    return found.fetchone() is not None


def previous_start(period_type: str, start: date) -> date:
    """First day of the week, month or quarter before."""
    if period_type == "week":
        return start - timedelta(days=7)
    months = 3 if period_type == "quarter" else 1
    year, month = divmod(start.year * 12 + start.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _sign(number: float) -> str:
    return "+" if number > 0 else "-" if number < 0 else ""
