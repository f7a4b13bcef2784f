"""Disclosure control against the attacker: random organisations, and each guard seen to fail when it is taken out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data_quality.disclosure import MINUTES, TOIL, UNPLANNED, Cell, Published, Tenure, determined, end_of
from tests.unit.disclosure_tables import FIRST, KINDS, Organisation, Team, Work, counts, periods, published, withheld

SLOW = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
    derandomize=True,
)
MONTHS = [date(2026, month, 1) for month in range(1, 7)]
Q1 = date(2026, 1, 1)


def _month(team: str | None, start: date, number: int, basis: str | None, *, is_late: bool = False) -> list[Work]:
    """Work spread evenly over a month."""
    return [Work(team, start + timedelta(days=day * 27 // max(1, number - 1)), basis, is_late) for day in range(number)]


def _even(team: str, number: int, basis: str | None = "ticket") -> list[Work]:
    return [work for start in MONTHS for work in _month(team, start, number, basis)]


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    """Two to seven teams in up to three areas or none, of any size; months from idle to busy."""
    since = st.sampled_from([FIRST, FIRST, FIRST, date(2026, 2, 10), date(2026, 4, 1), None])
    teams = [
        Team(
            f"t{number}",
            draw(st.sampled_from(["a", "b", "c", None, "a", "b"])),
            draw(st.sampled_from([None, 3, 4, 5, 5, 6, 8, 12])),
            draw(since), draw(since),
        )
        for number in range(draw(st.integers(2, 7)))
    ]  # fmt: skip
    work: list[Work] = []
    amounts = st.sampled_from([0, 1, 4, 9, 10, 12, 15, 15, 60])
    for team in teams:
        usual, split = draw(amounts), draw(st.sampled_from([(), ("survey",), ("survey", "derived")]))
        for start in MONTHS:
            number = draw(st.sampled_from([usual, usual, usual, 0, 3]))
            if team.toil_from is not None and team.toil_from <= start:
                work += _month(team.name, start, number, "ticket")
                for basis in split:
                    work += _month(team.name, start, draw(st.sampled_from([0, 2, 10, 12])), basis)
            if team.answers_from is not None and team.answers_from <= start:
                work += _month(team.name, start, draw(st.sampled_from([usual, 0, 4, 10])), None)
    return Organisation(teams, work)


@SLOW
@given(organisations())
def test_no_withheld_number_follows_from_what_is_shown(organisation: Organisation) -> None:
    seen, secret = published(organisation, withheld(organisation))
    assert not seen.follows() & secret


@SLOW
@given(organisations())
def test_what_is_shown_has_enough_people_and_records(organisation: Organisation) -> None:
    seen, _ = published(organisation, withheld(organisation))
    numbers = counts(organisation)
    keys = {(kind, start): key for key, kind, start, _ in periods()}
    sizes = {team.name: team.members or 1 for team in organisation.teams}
    for cell in seen.cells - seen.withheld:
        entity, period = (cell.entity_type, cell.entity_id), keys[cell.period_type, cell.period_start_on]
        for kind in KINDS[cell.metric_id].split("|"):
            assert numbers[kind, entity, period, cell.split] >= 10, cell
        assert cell.entity_type != "team" or sizes[cell.entity_id] >= 5, cell


LATE = st.tuples(st.integers(0, 6), st.sampled_from(MONTHS), st.sampled_from(["ticket", None]))


@SLOW
@given(organisations(), st.lists(LATE, min_size=1, max_size=3))
def test_what_comes_late_shows_nothing_that_was_withheld(
    organisation: Organisation, late: list[tuple[int, date, str | None]]
) -> None:
    """The second release has records that were not known when the quarter closed; together they reveal nothing."""
    before = withheld(organisation)
    names = [team.name for team in organisation.teams]
    more = [Work(names[at % len(names)], day, basis, is_late=True) for at, day, basis in late]
    second = Organisation(organisation.teams, [*organisation.work, *more])
    after = withheld(second)
    assert not {key: reason for key, reason in before.items() if key not in after and not key[3]}
    first_seen, secret = published(organisation, before)
    second_seen, _ = published(second, after)
    known = (first_seen.cells - first_seen.withheld) | (second_seen.cells - second_seen.withheld)
    withheld_in_both = (first_seen.withheld | second_seen.withheld) - known
    both = Published(known | withheld_in_both, withheld_in_both, first_seen.tenures)
    assert not both.follows() & secret


def _three(small: int | None = 4) -> Organisation:
    """An area of a small team and two large ones, and another area, all busy."""
    teams = [Team("small", "a", small), Team("middle", "a", 6), Team("large", "a", 9), Team("other", "b", 8),
             Team("more", "b", 8)]  # fmt: skip
    return Organisation(
        teams, [work for team in teams for basis in ("ticket", None) for work in _even(team.name, 30, basis)]
    )


def test_the_next_smallest_goes_with_a_small_team() -> None:
    seen, secret = published(_three(), withheld(_three()))
    quarter = {cell.entity_id for cell in seen.withheld if cell.metric_id == TOIL and cell.period_start_on == Q1
               and cell.period_type == "quarter" and cell.split is None}  # fmt: skip
    assert quarter == {"small", "middle"}
    assert not seen.follows() & secret


def test_without_the_next_smallest_the_attacker_finds_the_team() -> None:
    seen, secret = published(_three(), withheld(_three()))
    without = Published(
        seen.cells, frozenset(cell for cell in seen.withheld if cell.entity_id != "middle"), seen.tenures
    )
    found = without.follows() & secret
    assert Cell(TOIL, "team", "small", "quarter", Q1, None) in found


def test_without_the_other_months_the_attacker_finds_the_month() -> None:
    """A quarter less two of its months is the third."""
    organisation = _three(small=5)
    idle = [work for work in organisation.work if work.team != "small" or work.day.month != 2]
    organisation = Organisation(organisation.teams, idle)
    seen, secret = published(organisation, withheld(organisation))
    month = Cell(TOIL, "team", "small", "month", date(2026, 2, 1), None)
    assert month in secret and not seen.follows() & secret
    others = {month._replace(period_start_on=date(2026, each, 1)) for each in (1, 3)}
    assert others <= seen.withheld
    assert month in Published(seen.cells, seen.withheld - others, seen.tenures).follows()


def test_a_metric_made_of_two_is_withheld_with_either() -> None:
    organisation = _three(small=5)
    calm = [work for work in organisation.work if work.team != "small" or work.basis is not None]
    organisation = Organisation(organisation.teams, calm)
    seen, secret = published(organisation, withheld(organisation))
    answers = Cell(MINUTES, "team", "small", "quarter", Q1, None)
    assert answers in secret and answers._replace(metric_id=UNPLANNED) in seen.withheld
    assert answers._replace(metric_id=TOIL) not in seen.withheld
    shown = Published(seen.cells, seen.withheld - {answers._replace(metric_id=UNPLANNED)}, seen.tenures)
    assert answers in shown.follows()


def test_nine_records_are_few_and_ten_are_not() -> None:
    for number, is_withheld in ((9, True), (10, False)):
        organisation = _three(small=5)
        rest = [work for work in organisation.work if work.team != "small"]
        small = [Work("small", Q1 + timedelta(days=day), "ticket") for day in range(number)]
        seen, _ = published(
            Organisation(organisation.teams, rest + small), withheld(Organisation(organisation.teams, rest + small))
        )
        assert (Cell(TOIL, "team", "small", "quarter", Q1, None) in seen.withheld) == is_withheld


def test_unknown_members_count_as_small() -> None:
    seen, _ = published(_three(None), withheld(_three(None)))
    assert Cell(TOIL, "team", "small", "quarter", Q1, None) in seen.withheld


def test_a_tenth_record_that_comes_late_shows_nothing() -> None:
    organisation = _three(small=5)
    rest = [work for work in organisation.work if work.team != "small"]
    nine = rest + [Work("small", Q1 + timedelta(days=day), "ticket") for day in range(9)]
    late = Organisation(organisation.teams, [*nine, Work("small", Q1, "ticket", is_late=True)])
    assert withheld(late) == withheld(Organisation(organisation.teams, nine))
    in_time = Organisation(organisation.teams, [*nine, Work("small", Q1, "ticket")])
    assert withheld(in_time) != withheld(late)


def test_a_team_that_moves_is_in_two_sums() -> None:
    tenures = (
        Tenure("m", "a", None, date(2026, 2, 1)),
        Tenure("m", "b", date(2026, 2, 1), None),
        Tenure("n", "a", None, None),
    )
    quarter = Cell(TOIL, "team", "m", "quarter", Q1, None)
    months = {quarter._replace(period_type="month", period_start_on=start) for start in MONTHS[:3]}
    areas = {quarter._replace(entity_type="area", entity_id=area) for area in ("a", "b")}
    other = quarter._replace(entity_id="n")
    cells = frozenset({quarter, *months, *areas, other})
    seen = Published(cells, frozenset({quarter, *months}), tenures)
    january = next(month for month in months if month.period_start_on == MONTHS[0])
    assert seen.follows() == {quarter, january}


def test_elimination_is_exact() -> None:
    """x + y and y + z known: nothing follows; with z + x all three do, though none stands alone."""
    pairs = [{"x": 1, "y": 1}, {"y": 1, "z": 1}]
    assert determined(pairs) == set()
    assert determined([*pairs, {"z": 1, "x": 1}]) == {"x", "y", "z"}
    assert determined([{"x": 1, "y": 1}, {"x": 2, "y": 2}]) == set()
    assert determined([{"x": 1, "y": 1}, {"x": 1, "y": 1, "w": 1}]) == {"w"}


def test_weeks_and_months_meet_where_both_begin() -> None:
    """February 2027 is four whole weeks: with them known, it is."""
    weeks = [Cell(TOIL, "portfolio", "p", "week", date(2027, 2, 1) + timedelta(days=7 * at), None) for at in range(4)]
    month = Cell(TOIL, "portfolio", "p", "month", date(2027, 2, 1), None)
    assert Published(frozenset([*weeks, month]), frozenset([month]), ()).follows() == {month}
    assert Published(frozenset([*weeks[1:], month]), frozenset([month]), ()).follows() == set()
    assert end_of("quarter", date(2026, 10, 1)) == date(2027, 1, 1)


@pytest.mark.parametrize("kind", ["team", "area"])
def test_the_whole_grain_is_withheld_or_shown(kind: str) -> None:
    organisation = _three()
    reasons = withheld(organisation)
    by_grain: dict[tuple[object, ...], set[bool]] = {}
    for key, period, start, _ in periods():
        quarter = (start.month - 1) // 3
        for (entity_type, name), entity in organisation.entities.items():
            if entity_type == kind and period != "week":
                by_grain.setdefault((name, period, quarter), set()).add((TOIL, entity, key, False) in reasons)
    assert all(len(found) == 1 for found in by_grain.values())
    assert replace(organisation.teams[0], members=5).members == 5
