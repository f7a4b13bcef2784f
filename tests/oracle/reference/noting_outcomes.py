"""How business measures count, from the definitions: weighted by n, in the periods that hold all their days."""

from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from tests.oracle.reference.book import Book
from tests.oracle.reference.cells import Cell, Tally
from tests.oracle.reference.facts import Facts, Measure
from tests.oracle.reference.fates import Context, cleaned, is_blank
from tests.oracle.reference.finishing import status_of
from tests.oracle.reference.instants import DAY, EPOCH, UnparsableError, parse_instant
from tests.oracle.reference.readers import Values

MILLION = 1_000_000
EPOCH_DAY = EPOCH.toordinal()
UTC = ZoneInfo("UTC")


def day_named(text: str | None, context: Context, defects: list[str] | None = None, name: str = "") -> int | None:
    """The ordinal of the day that a value names; an unreadable one is None and noted as a defect."""
    if is_blank(text):
        return None
    try:
        return parse_instant(str(text), UTC, context.source.date_order) // DAY + EPOCH_DAY
    except UnparsableError:
        if defects is not None:
            defects.append(f"{name}: unparsable")
        return None


def measure_of(values: Values, context: Context) -> Measure:
    """A staged row; its days are calendar days of no zone."""
    value, n = cleaned(values.get("value")), cleaned(values.get("n"))
    return Measure(
        metric=str(context.mapped("measure", cleaned(values.get("measure")))),
        market=cleaned(values.get("market")),
        first_day=day_named(values.get("period_start_on"), context) or 0,
        last_day=day_named(values.get("period_end_on"), context) or 0,
        millionths=None if value is None else int((Decimal(value) * MILLION).quantize(Decimal(1), ROUND_HALF_UP)),
        n=None if n is None else int(Decimal(n)),
    )


def day_defects(first: int | None, last: int | None, recorded_at: int | None) -> list[str]:
    """What is wrong with the days of a measure, as ordinals."""
    defects = [] if first is None or last is None or first <= last else ["period_end_on: end before start"]
    if last is not None and recorded_at is not None and last > recorded_at // DAY + EPOCH_DAY:
        defects.append("period_end_on: later than recorded")
    return defects


def note_outcomes(book: Book, facts: Facts) -> None:
    """Notes all of them."""
    for measure in facts.measures:
        anchor = book.clock.calendar.day_start(measure.first_day)
        reason = "value_unknown" if measure.millionths is None else "weight_unknown" if measure.n is None else None
        weight = (measure.n or 0) if reason is None else 1
        splits = [] if measure.market is None else [("market", measure.market)]
        for split in (None, *splits):
            for tally in book.counting(
                measure.metric, measure, anchor, split, reason, weight, last_day=measure.last_day
            ):
                tally.numerator += (measure.millionths or 0) * weight
                tally.n += weight


def finish_weighted(tally: Tally, covered: bool, closed: bool) -> Cell:
    """A mean of delivered values, without limits."""
    status = status_of(tally.n, tally.excluded, covered)
    value = tally.numerator / MILLION / tally.n if status in ("ok", "provisional") else None
    return Cell(tally.numerator / MILLION, tally.n, tally.n, 0, value, None, None, status, closed)
