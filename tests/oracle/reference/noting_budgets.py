"""What an hour of samples counts: requests, and what it spends of its objective's budget (of time slices, in seconds).

Belongs here: what is valid, what is bad, what the objective allows, what was agreed not to count. Does not belong here:
windows (book.py).
"""

from tests.oracle.reference.book import Book
from tests.oracle.reference.cells import Split
from tests.oracle.reference.facts import Objective, Sample, SloHour

MILLION = 1_000_000
REQUESTS = "availability_requests"
AGREED = "agreed_exclusion"
AS_IF_NOT_AGREED = ("exclusions", "none")


def budgeted(parts: list[Sample], stated: Objective) -> tuple[int, int]:
    """(valid, bad): events, or seconds of slices that had any and whose length is known."""
    if stated.budgeting != "time_slices":
        return sum(part.valid for part in parts), sum(part.valid - part.good for part in parts)
    target = stated.slice_target or 0
    slices = [(part.seconds or 0, part.good < target * part.valid) for part in parts if part.valid]
    return sum(seconds for seconds, _ in slices), sum(seconds for seconds, is_bad in slices if is_bad)


def note_requests(book: Book, hour: SloHour) -> None:
    """Notes one hour in availability_requests, if its objective is about that or nobody states it."""
    splits = (None,) if hour.market is None else (None, ("market", hour.market))
    if hour.sli is None:
        book.requests(REQUESTS, hour, "slo_unknown", *splits, AS_IF_NOT_AGREED)
    elif hour.sli == "availability" and hour.valid:
        book.requests(REQUESTS, hour, AGREED if hour.is_agreed else None, *splits)
        book.requests(REQUESTS, hour, None, AS_IF_NOT_AGREED)


def note_budget(book: Book, hour: SloHour) -> None:
    """Notes one hour in error_budget_remaining and burn_rate, in millionths."""
    stated, splits = hour.stated, [None, ("slo", hour.slo_id)]
    if stated is None:
        for metric in ("error_budget_remaining", "burn_rate"):
            _note(book, metric, hour, "slo_unknown", hour.samples, 0, splits)
        return
    splits.append(("budgeting", stated.budgeting))
    window = stated.window_days or 0
    is_sliced = stated.budgeting == "time_slices"
    lengthless = sum(part.valid > 0 and part.seconds is None for part in hour.parts)
    if is_sliced and stated.slice_target is None:
        _note(book, "error_budget_remaining", hour, "slice_target_unknown", hour.samples, window, splits)
        _note(book, "burn_rate", hour, "slice_target_unknown", hour.samples, 0, splits)
        return
    if is_sliced and lengthless:
        _note(book, "error_budget_remaining", hour, "length_unknown", lengthless, window, splits)
        _note(book, "burn_rate", hour, "length_unknown", lengthless, 0, splits)
    valid, bad = budgeted(hour.parts, stated)
    if not valid:
        return
    allowed = int((1 - stated.objective) * valid * MILLION)
    left = (allowed - bad * MILLION, allowed)
    _note(book, "burn_rate", hour, (bad * MILLION, allowed), hour.samples, 0, splits)
    _note(book, "error_budget_remaining", hour, left if window else "window_unknown", hour.samples, window, splits)


def _note(
    book: Book,
    metric: str,
    hour: SloHour,
    part: tuple[int, int] | str,
    rows: int,
    window: int,
    splits: list[Split],
) -> None:
    """What counts, or why it does not, as if nothing had been agreed; and the same but for what was agreed."""
    book.budgeted(metric, hour, part, rows, window, AS_IF_NOT_AGREED)
    is_left_out = hour.is_agreed and not isinstance(part, str)
    book.budgeted(metric, hour, AGREED if is_left_out else part, rows, window, *splits)
