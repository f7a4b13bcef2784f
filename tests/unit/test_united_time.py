"""United time in SQL, against a plain set of minutes: people who answer two incidents at once are at work once.

Belongs here: the models that cut answers at midnights and unite them. Does not belong here: which incidents count
(dbt unit tests), whole organisations (tests/oracle).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.macros import Macros, connection

SQL = Macros()
CON = connection()
PIECES = SQL.model("intermediate/toil/int_response_pieces.sql")
SPANS = SQL.model("intermediate/toil/int_response_spans.sql")
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
# Three local days each; the middle one has 23, 24 or 25 hours.
SATURDAYS = {"spring": date(2026, 3, 28), "usual": date(2026, 6, 6), "autumn": date(2026, 10, 24)}


class Answer(NamedTuple):
    """An incident: whom it belongs to, and minutes from the first midnight."""

    service: str | None
    team: str | None
    starts: int
    length: int


class Said(NamedTuple):
    """Minutes from the first midnight in which sources speak of a service, a team or the portfolio."""

    entity: tuple[str, str]
    starts: int
    length: int


Key = tuple[str, str | None, str | None, date]
"""level, service, team, local day."""
MINUTES = st.integers(0, 71 * 60)
ANSWERS = st.lists(
    st.builds(
        Answer,
        st.sampled_from(["a", "b", None]),
        st.sampled_from(["red", "blue", None]),
        MINUTES,
        st.one_of(st.integers(1, 90), st.integers(1, 60 * 60)),
    ),
    max_size=14,
)
ENTITIES = [("service", "a"), ("service", "b"), ("team", "red"), ("team", "blue"), ("portfolio", "acme")]


def midnights(first: date) -> list[datetime]:
    """Four in a row, as naive UTC."""
    days = [first + timedelta(days=number) for number in range(4)]
    return [datetime(d.year, d.month, d.day, tzinfo=BERLIN).astimezone(UTC).replace(tzinfo=None) for d in days]


def by_sql(answers: Sequence[Answer], said: Sequence[Said], first: date) -> Counter[Key]:
    """Minutes by level, service, team and day, as the models have them."""
    days = midnights(first)
    zero = days[0]
    CON.execute("create or replace table run as select 'acme' as organisation")
    CON.execute(
        "create or replace table fct_incident_responses (incident_id varchar, service_id varchar, team_id varchar, "
        "first_action_at timestamp, ended_at timestamp)"
    )
    CON.execute(
        "create or replace table int_coverage_segments (segment_key bigint, entity_type varchar, entity_id varchar, "
        "starts_at timestamp, ends_at timestamp)"
    )
    CON.execute("create or replace table int_calendar_days (day_on date, starts_at timestamp, ends_at timestamp)")
    for number, one in enumerate(answers):
        low, high = zero + one.starts * MINUTE, zero + (one.starts + one.length) * MINUTE
        values = [str(number), one.service, one.team, low, high]
        CON.execute("insert into fct_incident_responses values (?, ?, ?, ?, ?)", values)
    for number, part in enumerate(said):
        low, high = zero + part.starts * MINUTE, zero + (part.starts + part.length) * MINUTE
        CON.execute("insert into int_coverage_segments values (?, ?, ?, ?, ?)", [number, *part.entity, low, high])
    CON.execute(
        "create or replace table int_segment_metrics as select segment_key, true as is_covered, "
        "'manual_intervention_minutes' as metric_id from int_coverage_segments"
    )
    for number in range(3):
        row = [first + timedelta(days=number), days[number], days[number + 1]]
        CON.execute("insert into int_calendar_days values (?, ?, ?)", row)
    CON.execute(f"create or replace table int_response_pieces as {PIECES}")
    found: Counter[Key] = Counter()
    for *key, minutes in CON.execute(
        "select level, service_id, team_id, day_on, sum(epoch_us(ends_at) - epoch_us(starts_at)) // 60000000 "
        f"from ({SPANS}) group by all"
    ).fetchall():
        found[(key[0], key[1], key[2], key[3])] = minutes
    return found


def by_minutes(answers: Sequence[Answer], said: Sequence[Said], first: date) -> Counter[Key]:
    """The same by looking at every minute."""
    days = midnights(first)
    bounds = [int((day - days[0]) / MINUTE) for day in days]
    at_work: set[tuple[str, str | None, str | None, date, int]] = set()
    for one in answers:
        entity = ("portfolio", "acme")
        if one.service is not None:
            entity = ("service", one.service)
        elif one.team is not None:
            entity = ("team", one.team)
        spoken = {m for part in said if part.entity == entity for m in range(part.starts, part.starts + part.length)}
        for minute in range(one.starts, min(one.starts + one.length, bounds[3])):
            if minute not in spoken:
                continue
            day = first + timedelta(days=next(n for n in range(3) if minute < bounds[n + 1]))
            if one.service is not None:
                at_work.add(("service", one.service, None, day, minute))
            at_work.add(("team", None if one.team else one.service, one.team, day, minute))
    return Counter((level, service, team, day) for level, service, team, day, _ in at_work)


@pytest.mark.parametrize("first", SATURDAYS.values(), ids=SATURDAYS)
@settings(max_examples=40, deadline=None)
@given(answers=ANSWERS)
def test_united_time_is_that_of_a_set_of_minutes(first: date, answers: list[Answer]) -> None:
    said = [Said(entity, 0, 80 * 60) for entity in ENTITIES]
    assert by_sql(answers, said, first) == by_minutes(answers, said, first)


@settings(max_examples=40, deadline=None)
@given(
    answers=ANSWERS,
    cuts=st.lists(st.tuples(st.sampled_from(ENTITIES), MINUTES, st.integers(1, 600), st.integers(0, 300)), max_size=6),
)
def test_time_of_which_no_source_speaks_is_not_counted(
    answers: list[Answer], cuts: list[tuple[tuple[str, str], int, int, int]]
) -> None:
    """Two segments of an entity each, with a gap between them or none."""
    said = []
    for entity, starts, length, gap in {cut[0]: cut for cut in cuts}.values():
        said += [Said(entity, starts, length), Said(entity, starts + length + gap, length)]
    first = SATURDAYS["spring"]
    assert by_sql(answers, said, first) == by_minutes(answers, said, first)


def test_two_incidents_at_once_are_one_time_for_their_team() -> None:
    answers = [Answer("a", "red", 600, 60), Answer("b", "red", 630, 90), Answer("b", "blue", 630, 10)]
    said = [Said(entity, 0, 80 * 60) for entity in ENTITIES]
    day = SATURDAYS["usual"]
    assert by_sql(answers, said, day) == {
        ("service", "a", None, day): 60,
        ("service", "b", None, day): 90,
        ("team", None, "red", day): 120,
        ("team", None, "blue", day): 10,
    }


def test_the_night_of_the_clock_change_has_the_minutes_that_it_had() -> None:
    """From Saturday 23:00 to Sunday 05:00 on the wall: five hours in March, seven in October."""
    for season, on_sunday in (("spring", 240), ("usual", 300), ("autumn", 360)):
        first = SATURDAYS[season]
        answers = [Answer("a", "red", 23 * 60, 60 + on_sunday)]
        found = by_sql(answers, [Said(("service", "a"), 0, 80 * 60)], first)
        sunday = first + timedelta(days=1)
        assert found[("team", None, "red", first)] == 60
        assert found[("team", None, "red", sunday)] == on_sunday
        wall = (midnights(first)[0] + (24 * 60 + on_sunday) * MINUTE).replace(tzinfo=UTC).astimezone(BERLIN)
        assert (wall.day, wall.hour) == (sunday.day, 5)
