"""Alerts that automation answered, and those that were left alone, from the definition of net_automation_effect."""

from bisect import bisect_right
from collections import defaultdict

from tests.oracle.reference.book import Book, Outcome
from tests.oracle.reference.catalogue import FOLLOW_UP
from tests.oracle.reference.facts import Alert, Facts, Run

METRIC = "net_automation_effect"
ALERT_CLASS, HELD_OUT = "alert_class", "held_out"


def note_effects(book: Book, facts: Facts) -> None:
    """Notes every alert that either of them is."""
    runs: dict[str, list[Run]] = defaultdict(list)
    for run in facts.runs:
        if run.alert_id is not None:
            runs[run.alert_id].append(run)
    firings: dict[tuple[str, str], list[int]] = defaultdict(list)
    for alert in facts.alerts:
        if alert.service is not None and alert.alert_class is not None and alert.at is not None:
            firings[alert.service, alert.alert_class].append(alert.at)
    for times in firings.values():
        times.sort()
    for alert in facts.alerts:
        if alert.at is not None:
            _note(book, alert, alert.at, runs[alert.alert_id], firings)


def _note(book: Book, alert: Alert, at: int, runs: list[Run], firings: dict[tuple[str, str], list[int]]) -> None:
    modes = {run.mode for run in runs}
    nameless = "service_unknown" if alert.service is None else "class_unknown" if alert.alert_class is None else None
    kind = [] if alert.alert_class is None else [alert.alert_class]
    if "live" in modes or None in modes:
        outcome: Outcome = "mode_unknown"
        if "live" in modes:
            began = min(run.started_at for run in runs if run.mode == "live" and run.started_at is not None)
            outcome = nameless or _was_cleared(book.clock.as_of, alert, began, firings)
        book.ratio(METRIC, alert, at, outcome, *((ALERT_CLASS, name) for name in kind))
    elif alert.is_held_out or "shadow" in modes:
        alone: Outcome = nameless or _cleared_itself(book.clock.as_of, alert, at)
        book.share(METRIC, alert, at, alone, *((HELD_OUT, name) for name in kind))


def _was_cleared(as_of: int, alert: Alert, began: int, firings: dict[tuple[str, str], list[int]]) -> Outcome:
    """Without a person, after the run had begun, and quiet for the follow-up."""
    end = alert.resolved_at
    if (began if end is None else end) + FOLLOW_UP > as_of:
        return "immature"
    if end is None:
        return False
    if alert.resolved_by is None:
        return "outcome_unknown"
    times = firings[alert.service or "", alert.alert_class or ""]
    after = bisect_right(times, end)
    is_quiet = after == len(times) or times[after] > end + FOLLOW_UP
    return alert.resolved_by in ("automation", "self_cleared") and end >= began and is_quiet


def _cleared_itself(as_of: int, alert: Alert, at: int) -> Outcome:
    if alert.resolved_at is None:
        return "immature" if at + FOLLOW_UP > as_of else False
    return "outcome_unknown" if alert.resolved_by is None else alert.resolved_by == "self_cleared"
