"""The oracle's own rules on small cases worked by hand: ownership, coverage, links, what counts."""

from dataclasses import replace
from datetime import date

from tests.oracle.cases import LATE, T0, UTC, deployment, incident, organisation
from tests.oracle.reference.book import Book, Clock
from tests.oracle.reference.cells import Key
from tests.oracle.reference.coverage import Cover, clipped, united
from tests.oracle.reference.facts import (
    Deployment,
    Episode,
    Event,
    Exclusion,
    Facts,
    Hit,
    Incident,
    Objective,
    OwnerChange,
    Sample,
    SloHour,
    note_reopening,
)
from tests.oracle.reference.instants import DAY, HOUR, MINUTE, Calendar
from tests.oracle.reference.links import links, mark_failures, mark_version_returns
from tests.oracle.reference.noting import is_self_healed, note_incident
from tests.oracle.reference.noting_burns import note_episodes
from tests.oracle.reference.noting_delivery import WITH_ENVIRONMENT, delivery_of, note_deployment
from tests.oracle.reference.organisation import Coverage, Register, Span
from tests.oracle.reference.ownership import Ownership, service_tenures
from tests.oracle.reference.vendors_objectives import by_agreement


class TestOwnership:
    def test_the_history_prevails_from_its_first_change(self) -> None:
        changes = [OwnerChange("api", 100, "blue"), OwnerChange("api", 200, None)]
        tenures = service_tenures([Span("api", "red", 50, None)], changes)
        assert [(t.starts, t.team) for t in tenures] == [(50, "red"), (100, "blue"), (200, None)]
        assert tenures[0].ends == 100 and tenures[1].ends == 200

    def test_owner_at_the_instant_of_a_change_is_the_new_one(self) -> None:
        ownership = Ownership(organisation(), [OwnerChange("api", 100, "blue")])
        assert [ownership.owner("api", instant)[0] for instant in (99, 100)] == [None, "blue"]
        assert ownership.owner(None, 100) == (None, None)

    def test_the_area_is_that_of_the_newest_row_begun_and_before_the_first_that_of_the_first(self) -> None:
        spans = [Span("red", "south", 200, 300), Span("red", "north", 100, 150), Span("red", "west", 400, None)]
        given = replace(organisation(), teams=Register(spans, {"red": "red"}))
        ownership = Ownership(given, [OwnerChange("api", 50, "red")])
        instants = (0, 99, 100, 199, 200, 399, 400)
        expected = ["north", "north", "north", "north", "south", "south", "west"]
        assert [ownership.area("red", instant) for instant in instants] == expected
        assert [(t.starts, t.area) for t in ownership.tenures["api"][1:]] == [
            (50, "north"),
            (200, "south"),
            (400, "west"),
        ]
        assert ownership.owner("api", 99) == ("red", "north")

    def test_an_area_is_covered_only_while_its_team_is_in_it(self) -> None:
        spans = [Span("red", "north", 100, 200), Span("red", "south", 200, None)]
        coverage = (Coverage("s", "incidents", 0, 250, frozenset({"api"})),)
        given = replace(organisation(coverage=coverage), teams=Register(spans, {"red": "red"}))
        cover = Cover(given, Ownership(given, [OwnerChange("api", 50, "red")]), 300)
        assert cover.intervals("incidents", ("area", "north")) == [(50, 200)]
        assert cover.intervals("incidents", ("area", "south")) == [(200, 250)]

    def test_coverage_of_a_team_is_that_of_a_service_it_owned_then(self) -> None:
        coverage = (Coverage("s", "incidents", 0, None, frozenset({"api"})),)
        given = organisation(coverage=coverage)
        ownership = Ownership(given, [OwnerChange("api", 100, "blue"), OwnerChange("api", 200, "red")])
        cover = Cover(given, ownership, 300)
        assert cover.intervals("incidents", ("team", "blue")) == [(100, 200)]
        assert cover.intervals("incidents", ("team", "red")) == [(200, 300)]
        assert cover.intervals("incidents", ("service", "web")) == []
        assert cover.intervals("incidents", ("portfolio", "org")) == [(0, 300)]

    def test_intervals(self) -> None:
        assert united([(5, 7), (1, 3), (2, 4), (4, 5), (9, 9)]) == [(1, 7)]
        assert clipped([(1, 7), (8, 9)], 3, 8) == [(3, 7)]


def linked(case: Incident, *deployments: Deployment) -> tuple[str, str | None]:
    return links([case], deployments, LATE)["i"]


class TestCoverage:
    def cover(self, *rows: Coverage, as_of: int = 1000) -> Cover:
        given = organisation(coverage=rows)
        return Cover(given, Ownership(given, [OwnerChange("api", 0, "red"), OwnerChange("web", 0, "red")]), as_of)

    def reasons(self, cover: Cover, fact: Deployment | Incident) -> dict[str, int]:
        """Reasons in the portfolio's month, by metric; what counts is `counted`."""
        book = Book("org", Clock(cover.as_of, Calendar(UTC, 2024, 2025)), cover)
        if isinstance(fact, Deployment):
            note_deployment(book, fact, delivery_of(Facts(deployments=[fact]), {}))
        else:
            note_incident(book, fact)
        found: dict[str, dict[str, int]] = {}
        for key, tally in book.tallies.items():
            if key[:2] == ("portfolio", "org") and key.period_type == "month":
                name = key.metric_id if key.dimension is None else f"{key.metric_id}:{key.dimension_value}"
                counted = tally.n + tally.numerator + len(tally.subjects)
                found[name] = {**tally.reasons(), **({"counted": 1} if counted else {})}
        return {f"{metric} {reason}": rows for metric, told in found.items() for reason, rows in told.items()}

    def test_the_first_instant_is_covered_and_the_last_only_at_the_clock(self) -> None:
        some = frozenset({"api"})
        cover = self.cover(Coverage("s", "incidents", 100, 200, some), Coverage("s", "incidents", 300, None, some))
        covered = [at for at in (99, 100, 199, 200, 299, 300, 999, 1000, 1001)
                   if cover.speaks("incident_rate", "cell", ("service", "api"), at)]  # fmt: skip
        assert covered == [100, 199, 300, 999, 1000]

    def test_rows_that_meet_have_no_gap_between_them(self) -> None:
        cover = self.cover(Coverage("s", "incidents", 0, 200, None), Coverage("t", "incidents", 200, 400, None))
        assert cover.speaks("incident_rate", "cell", ("service", "api"), 200)

    def test_all_that_a_metric_requires_at_one_and_the_same_time(self) -> None:
        cover = self.cover(
            Coverage("s", "deployments", 0, 200, None),
            Coverage("s", "deployments.outcome", 0, 50, None),
            Coverage("s", "incidents", 100, 300, None),
        )
        assert cover.metric_intervals("change_fail_rate", "cell", ("service", "api")) == [(0, 50), (100, 200)]
        assert cover.metric_intervals("deployment_frequency", "cell", ("service", "api")) == [(0, 50)]
        assert cover.metric_intervals("deployment_frequency", "split", ("service", "api")) == [(0, 200)]

    def test_a_service_is_not_covered_by_its_siblings_source(self) -> None:
        cover = self.cover(Coverage("s", "incidents", T0, None, frozenset({"web"})), as_of=LATE)
        assert self.reasons(cover, incident(1))["incident_rate not_covered"] == 1
        assert self.reasons(cover, incident(1, service="web"))["incident_rate counted"] == 1

    def test_without_a_service_the_team_decides_and_without_both_the_portfolio(self) -> None:
        cover = self.cover(Coverage("s", "incidents", T0, None, frozenset({"web"})), as_of=LATE)
        for team, told in (("red", "counted"), ("blue", "not_covered"), (None, "counted")):
            assert f"incident_rate {told}" in self.reasons(cover, incident(1, service=None, team=team)), team

    def test_outside_the_records_coverage_nothing_else_is_said(self) -> None:
        cover = self.cover(Coverage("s", "deployments", T0 + DAY, None, None), as_of=T0 + 2 * DAY)
        early = deployment("d", 1, outcome=None, version=None)
        told = set(self.reasons(cover, early))
        assert told - {f"{metric} not_covered" for metric in WITH_ENVIRONMENT} == {
            "change_fail_rate:unknown not_covered",
            "deployment_frequency:unknown not_covered",
            "lead_time:unknown not_covered",
        }
        assert len(told) == len(WITH_ENVIRONMENT) + 3

    def test_in_it_a_row_keeps_the_reason_that_names_what_it_lacks(self) -> None:
        cover = self.cover(Coverage("s", "deployments", T0, None, None), as_of=T0 + 2 * DAY)
        late = deployment("d", 47, outcome="succeeded", version=None, is_unplanned_fix=True, is_failed=False)
        assert set(self.reasons(cover, late)) >= {
            "deployment_frequency not_covered",
            "deployment_frequency:succeeded counted",
            "change_fail_rate not_covered",
            "rework_rate not_covered",
            "rollback_rate version_unknown",
            "tested_share tests_unknown",
            "progressive_share strategy_unknown",
            "green_path_share path_unknown",
            "lead_time first_deployment",
            "averted_outages not_covered",
        }


class TestLinks:
    def test_the_last_deployment_within_24_hours_of_the_same_service(self) -> None:
        others = [
            deployment("a", 1),
            deployment("b", 2),
            deployment("w", 3, service="web"),
            deployment("z", 5),
        ]
        assert linked(incident(4), *others) == ("last_before", "b")
        assert linked(incident(26), *others[:2]) == ("last_before", "b")
        assert linked(incident(26.1), *others[:2]) == ("none", None)
        assert linked(incident(4), deployment("s", 3, environment="staging")) == ("none", None)

    def test_ties_go_to_the_greatest_id(self) -> None:
        assert linked(incident(4), deployment("b", 4), deployment("a", 4)) == ("last_before", "b")

    def test_a_rollback_of_it_precedes_the_last(self) -> None:
        made = [deployment("a", 1), deployment("b", 3), deployment("r", 5, rollback_of="a")]
        assert linked(incident(4), *made) == ("rollback", "a")
        over = incident(4, resolved_at=T0 + 4 * HOUR + MINUTE)
        assert linked(over, *made) == ("last_before", "b")

    def test_an_explicit_id_precedes_all_if_it_exists(self) -> None:
        made = [deployment("a", 1), deployment("b", 3)]
        assert linked(incident(4, caused_by="a"), *made) == ("explicit", "a")
        assert linked(incident(4, caused_by="ghost"), *made) == ("last_before", "b")

    def test_planned_work_has_no_link(self) -> None:
        assert links([incident(4, is_planned=True), incident(4, is_planned=None)], [], LATE) == {}


class TestFailures:
    def judged(self, *deployments: Deployment, linked_to: str = "") -> list[bool | None]:
        given = organisation(coverage=(Coverage("s", "incidents", T0, T0 + 3 * DAY, frozenset({"api"})),))
        mark_failures(deployments, {linked_to}, Cover(given, Ownership(given, []), LATE))
        return [d.is_failed for d in deployments]

    def test_stated_outcomes(self) -> None:
        assert self.judged(
            deployment("a", 1, outcome="succeeded"),
            deployment("b", 1, outcome="failed"),
            deployment("c", 1, outcome="aborted", exposed_share=0.05),
            deployment("d", 1, outcome="rolled_back", strategy="all_at_once"),
            deployment("e", 1, outcome="rolled_back"),
            deployment("f", 1, outcome="aborted", exposed_share=0.05),
            linked_to="f",
        ) == [False, True, False, True, None, True]

    def test_rolled_back_later(self) -> None:
        made = [
            deployment("a", 1, outcome="succeeded"),
            deployment("r", 2, rollback_of="a", outcome="succeeded"),
        ]
        assert self.judged(*made) == [True, False]

    def test_no_outcome_is_known_only_where_incidents_are_watched_for_a_day(self) -> None:
        assert self.judged(deployment("a", 1), deployment("b", 50), deployment("c", 1, service="web")) == [
            False,
            None,
            None,
        ]


class TestVersionReturns:
    def returns(self, *versions: str, step: float = 1, **columns: object) -> list[bool | None]:
        made = [deployment(f"d{n}", n * step, version=v, **columns) for n, v in enumerate(versions)]
        mark_version_returns(made)
        return [d.is_version_return for d in made]

    def test_v1_v2_v3_v1_is_one_return(self) -> None:
        assert self.returns("v1", "v2", "v3", "v1") == [False, False, False, True]

    def test_equal_versions_in_a_row_are_one(self) -> None:
        assert self.returns("v1", "v1") == [False, False]
        assert self.returns("v1", "v2", "v2", "v1", "v1") == [False, False, False, True, False]

    def test_only_within_the_window_after_the_predecessor(self) -> None:
        assert self.returns("v1", "v2", "v1", step=24) == [False, False, True]
        assert self.returns("v1", "v2", "v1", step=24.1) == [False, False, False]

    def test_failed_ones_were_never_live(self) -> None:
        assert self.returns("v1", "v2", "v1", outcome="failed") == [False, False, False]

    def test_without_a_version_it_is_unknown(self) -> None:
        unknown = deployment("d", 1, version=None)
        mark_version_returns([unknown])
        assert unknown.is_version_return is None


class TestSelfHealing:
    def healed(self, *events: Event, resolved_by: str | None = "automation") -> bool | None:
        case = incident(0, resolved_at=T0 + HOUR, is_resolved=True, resolved_by=resolved_by)
        note_reopening(case, list(events), without_events=case.resolved_at)
        return is_self_healed(case)

    def test_by_automation_alone(self) -> None:
        assert self.healed() is True
        assert self.healed(resolved_by="self_cleared") is False
        assert self.healed(resolved_by=None) is None

    def test_a_person_before_or_a_reopening_within_a_day_spoils_it(self) -> None:
        assert self.healed(Event("i", T0 + MINUTE, "acknowledged", "person")) is False
        assert self.healed(Event("i", T0 + 2 * HOUR, "edited", "person")) is True
        assert self.healed(Event("i", T0 + 25 * HOUR, "reopened")) is False
        assert self.healed(Event("i", T0 + 25 * HOUR + 1, "reopened")) is True


class TestAcknowledgement:
    def noted(self, **columns: object) -> tuple[int, dict[str, int]]:
        kinds = ("incidents", "incidents.acknowledged_at")
        given = organisation(coverage=tuple(Coverage("s", kind, T0, None, None) for kind in kinds))
        book = Book("org", Clock(LATE, Calendar(UTC, 2024, 2025)), Cover(given, Ownership(given, []), LATE))
        note_incident(book, incident(0, **columns))
        (key,) = [
            k
            for k in book.tallies
            if k[:2] == ("portfolio", "org")
            and (k.metric_id, k.period_type, k.dimension) == ("time_to_acknowledge", "month", None)
        ]
        return len(book.tallies[key].subjects), dict(book.tallies[key].excluded)

    def test_none_before_the_resolution_is_unknown(self) -> None:
        unknown = (0, {"acknowledgement_unknown": 1})
        assert self.noted(resolved_at=T0 + HOUR, is_resolved=True) == unknown
        assert self.noted(resolved_at=T0 + HOUR, is_resolved=True, acknowledged_at=T0 + 2 * HOUR) == unknown
        assert self.noted(first_resolved_at=T0 + HOUR, acknowledged_at=T0 + 2 * HOUR) == unknown

    def test_one_at_or_before_the_resolution_counts(self) -> None:
        assert self.noted(resolved_at=T0 + HOUR, is_resolved=True, acknowledged_at=T0 + HOUR) == (1, {})

    def test_an_open_incident_is_censored_and_a_negative_delay_left_out(self) -> None:
        assert self.noted() == (1, {})
        assert self.noted(acknowledged_at=T0 - MINUTE) == (0, {"negative_duration": 1})


class TestAgreedWindows:
    """Half-hours from midnight on; agreed is 00:15 to 01:00 of the objective, and half an hour more of its service."""

    STATED = Objective("a", "api", "availability", None, None)
    SAMPLES = tuple(Sample(T0 + half * HOUR // 2, 1, 10**half, 1800) for half in range(4))
    WINDOWS = (
        Exclusion("x", "a", "api", T0 + HOUR // 4, T0 + HOUR, None),
        Exclusion("y", None, "api", T0 + HOUR, T0 + 3 * HOUR // 2, None),
        Exclusion("z", None, "api", T0, T0 + 2 * HOUR, None, invalid_reason="registered_after_start"),
        Exclusion("other", "b", "api", T0, T0 + 2 * HOUR, None),
    )

    def split(self, *parts: Sample, stated: Objective | None = STATED) -> list[tuple[bool, int]]:
        hour = SloHour("a", None, T0, service=stated and stated.service, stated=stated, parts=list(parts))
        return [(some.is_agreed, some.valid) for some in by_agreement([hour], self.WINDOWS)]

    def test_a_sample_is_left_out_from_start_to_end_or_not_at_all(self) -> None:
        assert self.split(*self.SAMPLES) == [(False, 1001), (True, 110)]

    def test_windows_that_touch_are_one(self) -> None:
        assert self.split(Sample(T0 + 3 * HOUR // 4, 1, 7, 1800)) == [(True, 7)]

    def test_of_an_unknown_length_or_of_an_objective_that_nobody_states_nothing_was_agreed(self) -> None:
        assert self.split(Sample(T0 + HOUR // 2, 1, 7, None)) == [(False, 7)]
        assert self.split(self.SAMPLES[1], stated=None) == [(False, 10)]


class TestDeclaration:
    """The example of D60: the gateway's incident of four hours hit the shop for a quarter of an hour."""

    def declared(self, *episodes: Episode, hit: Hit) -> tuple[int, int]:
        given = organisation(coverage=tuple(Coverage("s", k, T0, None, None) for k in ("incidents", "sli_samples")))
        book = Book("org", Clock(LATE, Calendar(UTC, 2024, 2025)), Cover(given, Ownership(given, []), LATE))
        told = incident(10, resolved_at=T0 + 14 * HOUR, is_resolved=True)
        note_episodes(book, Facts(incidents=[told], hits=[hit], episodes=list(episodes)))
        key = Key("portfolio", "org", "declaration_completeness", "month", date(2024, 3, 1), None, None)
        return book.tallies[key].numerator, book.tallies[key].n

    def test_a_hit_declares_while_it_lasts(self) -> None:
        near, late = (
            Episode("a", "web", T0 + 640 * MINUTE, T0 + 11 * HOUR),
            Episode("a", "web", T0 + 13 * HOUR, T0 + 810 * MINUTE),
        )
        short = Hit("i", "web", None, T0 + 605 * MINUTE, T0 + 620 * MINUTE, None)
        assert self.declared(near, hit=short) == (1, 1)
        assert self.declared(late, hit=short) == (0, 1)
        assert self.declared(near, late, hit=Hit("i", "web", None, None, None, None)) == (2, 2)

    def test_a_hit_of_no_incident_or_that_runs_backwards_declares_nothing(self) -> None:
        burning = Episode("a", "web", T0 + 11 * HOUR, T0 + 12 * HOUR)
        assert self.declared(burning, hit=Hit("other", "web", None, T0, T0 + 20 * HOUR, None)) == (0, 1)
        backwards = Hit("i", "web", None, T0 + 12 * HOUR, T0 + 11 * HOUR, None)
        assert self.declared(burning, hit=backwards) == (0, 1)
