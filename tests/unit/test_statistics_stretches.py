"""Stretches of time united, shared and cut at midnight in SQL, against plain sets of quarters of an hour.

Zones whose clocks change by an hour, by half of one, or at midnight; stretches that overlap, touch, repeat and
are empty, in any order of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.macros import Macros, connection

SQL = Macros()
CON = connection()
QUARTER = timedelta(minutes=15)
naive = datetime  # instants are naive UTC here, as in the warehouse
MICROSECONDS = 15 * 60 * 1_000_000
QUARTERS = 4 * 24 * 4
CHANGES = [
    ("UTC", naive(2026, 3, 27)),
    ("Europe/Berlin", naive(2026, 3, 27)),
    ("Europe/Berlin", naive(2026, 10, 23)),
    ("America/Sao_Paulo", naive(2018, 11, 2)),
    ("America/Havana", naive(2023, 11, 3)),
    ("Australia/Lord_Howe", naive(2026, 4, 3)),
    ("America/St_Johns", naive(2026, 3, 6)),
]
Span = tuple[int, int]
spans = st.lists(
    st.tuples(st.integers(0, QUARTERS), st.integers(0, 60)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=9
)
repeated = spans.flatmap(lambda some: st.permutations(some + some[:2]))


def within(some: Iterable[Span]) -> set[int]:
    """The quarters that lie in any of the spans."""
    return {quarter for low, high in some for quarter in range(low, high)}


def literal(value: object) -> str:
    """A value in SQL."""
    return "null" if value is None else repr(str(value)) if not isinstance(value, bool | int) else str(value)


def table(name: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    """A table of these rows, in their order."""
    CON.execute(f"create or replace table {name} ({columns})")
    if rows:
        values = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
        CON.execute(f"insert into {name} values {values}")


def stretches(name: str, some: Sequence[Span], base: datetime = CHANGES[0][1]) -> None:
    rows = [("a", base + low * QUARTER, base + high * QUARTER) for low, high in some]
    table(name, "thing varchar, starts_at timestamp, ends_at timestamp", rows)


def found(query: str) -> list[tuple[str, datetime, datetime]]:
    return sorted(CON.execute(query).fetchall())


def as_spans(rows: Iterable[tuple[str, datetime, datetime]], base: datetime = CHANGES[0][1]) -> list[Span]:
    return [((low - base) // QUARTER, (high - base) // QUARTER) for _, low, high in rows]


@settings(deadline=None, max_examples=60)
@given(repeated)
def test_the_union_holds_what_any_of_them_holds_and_has_no_seams(some: list[Span]) -> None:
    stretches("lefts_in", some)
    united = as_spans(found(SQL("stretches_united", "lefts_in", "thing")))
    assert within(united) == within(some)
    assert all(low < high for low, high in united)
    assert all(former[1] < later[0] for former, later in pairwise(united))


@settings(deadline=None, max_examples=60)
@given(repeated)
def test_a_union_has_the_least_of_what_its_stretches_have(some: list[Span]) -> None:
    rows = [
        ("a", -at, CHANGES[0][1] + low * QUARTER, CHANGES[0][1] + high * QUARTER) for at, (low, high) in enumerate(some)
    ]
    table("lefts_in", "thing varchar, part bigint, starts_at timestamp, ends_at timestamp", rows)
    united = CON.execute(SQL("stretches_united", "lefts_in", "thing", least=["part"])).fetchall()
    spans_of = {part: within(as_spans([(thing, low, high)])) for thing, part, low, high in united}
    expected = {
        min(-at for at, span in enumerate(some) if within([span]) and within([span]) <= quarters): quarters
        for quarters in spans_of.values()
    }
    assert spans_of == expected


@settings(deadline=None, max_examples=60)
@given(repeated, repeated)
def test_what_two_unions_share_is_in_both_and_counted_once(left: list[Span], right: list[Span]) -> None:
    stretches("lefts_in", left)
    stretches("rights_in", right)
    CON.execute(f"create or replace table lefts as {SQL('stretches_united', 'lefts_in', 'thing')}")
    CON.execute(f"create or replace table rights as {SQL('stretches_united', 'rights_in', 'thing')}")
    shared = as_spans(found(SQL("stretches_shared", "lefts", "rights", ["thing"])))
    assert within(shared) == within(left) & within(right)
    assert sum(high - low for low, high in shared) == len(within(shared))


def local_days(zone: str, base: datetime) -> list[object]:
    """The local day of each quarter."""
    return [
        (base + quarter * QUARTER).replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() for quarter in range(QUARTERS)
    ]


@settings(deadline=None, max_examples=60)
@given(
    change=st.sampled_from(CHANGES), hits=repeated, agreed=repeated, covered=spans, moved=st.integers(1, QUARTERS - 1)
)
def test_a_day_is_what_lies_in_it_hit_agreed_and_both(
    change: tuple[str, datetime], hits: list[Span], agreed: list[Span], covered: list[Span], moved: int
) -> None:
    zone, base = change
    days = local_days(zone, base)
    firsts = [quarter for quarter in range(QUARTERS) if not quarter or days[quarter] != days[quarter - 1]]
    bounds = list(zip(firsts, [*firsts[1:], QUARTERS], strict=True))

    def at(quarter: int) -> datetime:
        return base + quarter * QUARTER

    table(
        "int_calendar_days", "day_on date, starts_at timestamp, ends_at timestamp",
        [(days[low], at(low), at(high)) for low, high in bounds],
    )  # fmt: skip
    cuts = sorted({low for low, _ in bounds} | {moved, QUARTERS})
    covering = within(covered) & set(range(QUARTERS))
    runs = _runs(covering, cuts)
    table(
        "int_service_windows",
        "metric_id varchar, segment_key bigint, service_id varchar, team_id varchar, area varchar, day_on date, "
        "starts_at timestamp, ends_at timestamp",
        [
            ("availability_time", 1, "shop", "red" if low < moved else None, "north", days[low], at(low), at(high))
            for low, high in runs
        ],
    )
    table(
        "fct_service_impacts", "service_id varchar, starts_at timestamp, ends_at timestamp, exclusion_reason varchar",
        [("shop", at(low), at(high), None) for low, high in hits]
        + [("shop", at(0), None, "impact_end_unknown"), ("search", at(0), at(QUARTERS), None)],
    )  # fmt: skip
    table(
        "fct_slo_exclusions",
        "service_id varchar, starts_at timestamp, ends_at timestamp, sli varchar, is_valid boolean",
        [("shop", at(low), at(high), None, True) for low, high in agreed]
        + [("shop", at(0), at(QUARTERS), "latency", True), ("shop", at(0), at(QUARTERS), None, False)],
    )
    rows = CON.execute(SQL.model("intermediate/availability/int_availability_days.sql")).fetchall()
    assert {(row[1], row[4]): row[5:] for row in rows} == {
        key: tuple(MICROSECONDS * count for count in counts)
        for key, counts in _expected(covering, within(hits), within(agreed), days, moved).items()
    }


def _runs(quarters: set[int], cuts: Iterable[int]) -> list[Span]:
    """Neighbouring quarters joined, but not across a cut."""
    found: list[Span] = []
    stops = set(cuts)
    for quarter in sorted(quarters):
        if found and found[-1][1] == quarter and quarter not in stops:
            found[-1] = (found[-1][0], quarter + 1)
        else:
            found.append((quarter, quarter + 1))
    return found


def _expected(
    covering: set[int], hit: set[int], agreed: set[int], days: Sequence[object], moved: int
) -> dict[tuple[object, ...], tuple[int, ...]]:
    sums: dict[tuple[object, ...], Counter[int]] = {}
    for quarter in covering:
        day, team = days[quarter], "red" if quarter < moved else None
        counts = sums.setdefault((team, day), Counter({0: 0, 1: 0, 2: 0, 3: 0}))
        counts.update({0: 1, 1: quarter in hit, 2: quarter in agreed, 3: quarter in hit and quarter in agreed})
    return {key: tuple(counts[place] for place in range(4)) for key, counts in sums.items()}
