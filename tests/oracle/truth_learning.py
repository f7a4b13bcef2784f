"""Reviews of a simulated organisation and what became of their actions, from its state."""

from __future__ import annotations

from tests.oracle.truth_ledger import DAY, Ledger, Row


def note_reviews(truth: Ledger, reviews: list[Row], incidents: list[Row]) -> None:
    """Counts reviews, and incidents by whether they were reviewed or repeat one that was."""
    by_id = {row["incident"]: row for row in incidents}
    first: dict[int, int] = {}
    for row in reviews:
        at = row["published_at"]
        if at is not None and at <= truth.as_of:
            first[row["incident"]] = min(at, first.get(row["incident"], at))
            service = by_id[row["incident"]]["service"] if row["incident"] in by_id else None
            truth.count("review_breadth", service, row["team"], at, row["teams_present"] > 1)
    lessons: dict[int, int] = {}
    for incident, at in first.items():
        if incident in by_id:
            fingerprint = by_id[incident]["fingerprint"]
            lessons[fingerprint] = min(at, lessons.get(fingerprint, at))
    _repeats(truth, incidents, lessons)
    for row in incidents:
        if row["is_planned"] is True or row["severity"] not in (None, "sev1", "sev2"):
            continue
        _reviewed(truth, row, first.get(row["incident"]))


def _repeats(truth: Ledger, incidents: list[Row], lessons: dict[int, int]) -> None:
    """`lessons`: when the first review of each fingerprint was published."""
    for row in incidents:
        if row["is_planned"] is not True:
            at = lessons.get(row["fingerprint"])
            verdict: bool | str = at is not None and at < row["start"]
            unknown = "planned_unknown" if row["is_planned"] is None else None
            truth.count("repeat_share", row["service"], row["owner"], row["start"], unknown or verdict)


def _reviewed(truth: Ledger, row: Row, published: int | None) -> None:
    where, end = (row["service"], row["owner"]), row["end"]
    is_over = end is not None or row["closed"] is not None
    unknown = "planned_unknown" if row["is_planned"] is None else None
    unknown = unknown or ("severity_unknown" if row["severity"] is None else None)
    verdict: bool | str = published is not None
    if not is_over or (end is not None and end + 14 * DAY > truth.as_of):
        verdict = "immature"
    elif end is None:
        verdict = "resolution_time_unknown"
    truth.count("postmortem_coverage", *where, row["start"], unknown or verdict)
    if end is None:
        return
    length = (truth.as_of if published is None else published) - end
    if unknown or length < 0:
        truth.count("postmortem_delay", *where, end, unknown or "negative_duration")
        return
    for tally in truth.tallies_of("postmortem_delay", *where, end):
        tally.subjects.append((length, published is not None))


def note_actions(truth: Ledger, actions: list[Row], reviews: list[Row], incidents: list[Row]) -> None:
    """Counts actions by whether they were done in time."""
    services = {row["incident"]: row["service"] for row in incidents}
    reviewed = {row["postmortem"]: services.get(row["incident"]) for row in reviews}
    for row in actions:
        if row["agreed_at"] <= truth.as_of and row["due_at"] <= truth.as_of:
            in_time = row["done_at"] is not None and row["done_at"] <= row["due_at"]
            truth.count("actions_on_time", reviewed[row["postmortem"]], row["team"], row["due_at"], in_time)
