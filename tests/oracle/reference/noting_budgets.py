"""What an hour of samples spends of its objective's error budget: occurrences, and time slices in seconds.

Belongs here: what is valid, what is bad, what the objective allows. Does not belong here: windows (book.py).
"""

from tests.oracle.reference.book import Book
from tests.oracle.reference.facts import Objective, Sample, SloHour

MILLION = 1_000_000


def budgeted(parts: list[Sample], stated: Objective) -> tuple[int, int]:
    """(valid, bad): events, or seconds of slices that had any and whose length is known."""
    if stated.budgeting != "time_slices":
        return sum(part.valid for part in parts), sum(part.valid - part.good for part in parts)
    target = stated.slice_target or 0
    slices = [(part.seconds or 0, part.good < target * part.valid) for part in parts if part.valid]
    return sum(seconds for seconds, _ in slices), sum(seconds for seconds, is_bad in slices if is_bad)


def note_budget(book: Book, hour: SloHour) -> None:
    """Notes one hour in error_budget_remaining and burn_rate, in millionths."""
    stated, slo = hour.stated, ("slo", hour.slo_id)
    if stated is None:
        for metric in ("error_budget_remaining", "burn_rate"):
            book.budgeted(metric, hour, "slo_unknown", hour.samples, 0, slo)
        return
    splits = (slo, ("budgeting", stated.budgeting))
    window = stated.window_days or 0
    is_sliced = stated.budgeting == "time_slices"
    lengthless = sum(part.valid > 0 and part.seconds is None for part in hour.parts)
    if is_sliced and stated.slice_target is None:
        book.budgeted("error_budget_remaining", hour, "slice_target_unknown", hour.samples, window, *splits)
        book.budgeted("burn_rate", hour, "slice_target_unknown", hour.samples, 0, *splits)
        return
    if is_sliced and lengthless:
        book.budgeted("error_budget_remaining", hour, "length_unknown", lengthless, window, *splits)
        book.budgeted("burn_rate", hour, "length_unknown", lengthless, 0, *splits)
    valid, bad = budgeted(hour.parts, stated)
    if not valid:
        return
    allowed = int((1 - stated.objective) * valid * MILLION)
    left = (allowed - bad * MILLION, allowed)
    book.budgeted("burn_rate", hour, (bad * MILLION, allowed), hour.samples, 0, *splits)
    book.budgeted("error_budget_remaining", hour, left if window else "window_unknown", hour.samples, window, *splits)
