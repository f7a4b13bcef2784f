"""The oracle's own rules on small cases worked by hand: instants, fates, vendors, ownership, links."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.oracle.reference import vendors_cstate, vendors_gitops, vendors_servicenow
from tests.oracle.reference.exposure import Cover, clipped, united
from tests.oracle.reference.facts import Deployment, Event, Facts, Incident, OwnerChange, note_reopening
from tests.oracle.reference.fates import Context, Fates, contradictory_rows
from tests.oracle.reference.instants import (
    DAY,
    HOUR,
    MINUTE,
    Calendar,
    UnparsableError,
    parse_instant,
    to_micros,
)
from tests.oracle.reference.links import links, mark_failures, mark_version_returns
from tests.oracle.reference.metrics import Book, Clock, is_self_healed, note_incident
from tests.oracle.reference.organisation import Coverage, Organisation, Register, Source, Span
from tests.oracle.reference.ownership import Ownership, service_tenures
from tests.oracle.reference.readers import COLUMNS, Row, front_matter

UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
T0 = parse_instant("2024-03-04T00:00:00Z", UTC)
LATE = parse_instant("2030-01-01T00:00:00Z", UTC)


def at(text: str) -> int:
    return to_micros(datetime.fromisoformat(text))


def register(*names: str) -> Register:
    return Register([Span(name, None, None, None) for name in names], {name.lower(): name for name in names})


def organisation(*, services: Sequence[str] = ("api", "web"), coverage: tuple[Coverage, ...] = ()) -> Organisation:
    return Organisation("org", Path(), UTC, LATE, (), coverage, register("red", "blue"), register(*services))


def context(feed: str, key: Sequence[str], date_order: str = "iso", **values: dict[str, str]) -> Context:
    source = Source("log", feed, "jsonl", "", None, "utf-8", tuple(key), "", UTC, date_order, values, None, None)
    return Context(organisation(), source, LATE)


def raw(feed: str, *records: Mapping[str, object]) -> list[Row]:
    empty = dict.fromkeys(COLUMNS[feed])
    texts = [{k: v if isinstance(v, str | None) else json.dumps(v) for k, v in r.items()} for r in records]
    return [Row("log", "f", number, {**empty, **text}) for number, text in enumerate(texts, start=1)]


class TestInstants:
    @pytest.mark.parametrize(
        "text",
        [
            "2024-03-04T09:15:00Z",
            "2024-03-04T9:15:00-00:00",
            "2024-03-4T09:15:00+00:00",
            "2024-03-04 09:15:00 UTC",
            "2024-03-04 09:15",
            "2024-03-04T10:15:00+01:00",
            "2024-03-04T09:15:00.000000Z",
        ],
    )
    def test_all_name_one_instant(self, text: str) -> None:
        assert parse_instant(text, UTC) == at("2024-03-04T09:15:00+00:00")

    @pytest.mark.parametrize(
        "text", ["2024-03-04T011:15:00Z", "2024-02-30", "2023-07-94T13:00:00-00:00", "2023-04-12:11:20-00:00"]
    )
    def test_unreadable(self, text: str) -> None:
        with pytest.raises(UnparsableError):
            parse_instant(text, UTC)

    def test_the_day_comes_first_where_declared_so(self) -> None:
        assert parse_instant("3/4/2016 01:16", UTC, "day_first") == at("2016-04-03T01:16:00+00:00")
        assert parse_instant("3/4/2016 01:16", UTC, "month_first") == at("2016-03-04T01:16:00+00:00")
        with pytest.raises(UnparsableError):
            parse_instant("02/17/2026 08:00", UTC, "day_first")

    def test_local_time_takes_the_zone_of_its_source(self) -> None:
        assert parse_instant("29/3/2026 03:10", BERLIN, "day_first") == at("2026-03-29T01:10:00+00:00")

    def test_day_of_a_clock_change_has_23_hours(self) -> None:
        calendar = Calendar(BERLIN, 2026, 2027)
        days = list(calendar.split_by_day(at("2026-03-28T23:00:00+00:00"), at("2026-03-29T22:00:00+00:00")))
        assert [length for _, length in days] == [23 * HOUR]

    def test_periods_follow_the_reporting_zone(self) -> None:
        calendar = Calendar(BERLIN, 2025, 2027)
        day = calendar.day_of(at("2025-12-31T23:30:00+00:00"))
        assert [calendar.period(k, day).first_day.isoformat() for k in ("week", "month", "quarter")] == [
            "2025-12-29",
            "2026-01-01",
            "2026-01-01",
        ]


class TestFates:
    def test_two_contents_under_one_key_hold_both_rows(self) -> None:
        rows = raw("gitops_commits", {"sha": "a", "tag": "1"}, {"sha": "a", "tag": "2"}, {"sha": "b"}, {"sha": "b"})
        assert contradictory_rows(rows, ["sha"]) == {("f", 1), ("f", 2)}

    def test_each_page_revision_has_one_fate(self) -> None:
        page = {"severity": "down", "resolved": "false", "date": "2024-03-04T08:00:00Z", "author": "human"}
        rows = raw(
            "cstate_revisions",
            {"file": ".gitkeep", "op": "created", "committed_at": "2024-03-01T00:00:00Z"},
            {"file": "a.md", "commit": "1", "op": "created", "committed_at": "2024-03-04T08:05:00Z", **page},
            {"file": "a.md", "commit": "2", "op": "edited", "committed_at": "2024-03-04T08:06:00Z", **page},
            {"file": "b.md", "commit": "3", "op": "created", "committed_at": "2024-03-04T08:05:00Z", **page},
            {"file": "b.md", "commit": "4", "op": "deleted", "committed_at": "2024-03-05T08:05:00Z"},
            {"file": "c.md", "commit": "5", "op": "created", "committed_at": "2031-03-04T08:05:00Z", **page},
            {"file": "d.md", "commit": "6", "op": "created", "committed_at": "2024-03-04T08:05:00Z", **page}
            | {"severity": "bad"},
        )
        facts, fates = Facts(), Fates()
        vendors_cstate.collect(rows, context("cstate_revisions", ["file", "commit"]), facts, fates)
        incidents = {key[2:]: n for key, n in fates.rows.items() if key[1] == "incidents"}
        assert incidents == {
            ("not_applicable", "not a page"): 1,
            ("not_applicable", "recorded after as_of"): 1,
            ("quarantined", None): 1,
            ("deleted", None): 1,
            ("superseded", None): 2,
            ("staged", None): 1,
        }
        events = {key[2:]: n for key, n in fates.rows.items() if key[1] == "incident_events"}
        assert events[("deleted", None)] == 2 and events[("staged", None)] == 2
        assert [incident.incident_id for incident in facts.incidents] == ["a.md"]


class TestPages:
    def collect(self, *revisions: Mapping[str, object]) -> list[Incident]:
        base = {"file": "a.md", "op": "edited", "severity": "down", "date": "2024-03-04T08:00:00Z"}
        rows = raw("cstate_revisions", *({**base, "commit": str(n), **r} for n, r in enumerate(revisions)))
        facts = Facts()
        vendors_cstate.collect(rows, context("cstate_revisions", ["file", "commit"]), facts, Fates())
        return facts.incidents

    def test_history_gives_acknowledgement_resolution_and_reopening(self) -> None:
        (incident,) = self.collect(
            {
                "op": "created",
                "resolved": "false",
                "committed_at": "2024-03-04T08:04:00Z",
                "affected": ["API"],
            },
            {
                "resolved": "true",
                "resolvedWhen": "2024-03-04T09:00:00Z",
                "committed_at": "2024-03-04T09:10:00Z",
            },
            {"resolved": "false", "committed_at": "2024-03-05T09:00:00Z"},
            {
                "resolved": "true",
                "resolvedWhen": "2024-03-05T10:00:00Z",
                "committed_at": "2024-03-05T10:10:00Z",
            }
            | {"affected": ["API", "nothing"]},
        )
        assert incident.service == "api"
        assert incident.acknowledged_at == at("2024-03-04T08:04:00+00:00")
        assert incident.first_resolved_at == at("2024-03-04T09:10:00+00:00")
        assert incident.first_reopened_at == at("2024-03-05T09:00:00+00:00")
        assert incident.resolved_at == at("2024-03-05T10:00:00+00:00")

    def test_a_planned_end_is_no_resolution(self) -> None:
        (incident,) = self.collect(
            {"op": "created", "resolved": "false", "resolvedWhen": "2024-03-04T10:00:00Z"}
            | {"committed_at": "2024-03-04T08:04:00Z"}
        )
        assert (incident.resolved_at, incident.is_resolved, incident.is_planned) == (None, False, False)

    def test_announced_an_hour_ahead_is_planned(self) -> None:
        (incident,) = self.collect({"op": "created", "resolved": "false", "committed_at": "2024-03-04T07:00:00Z"})
        (sudden,) = self.collect({"op": "created", "resolved": "false", "committed_at": "2024-03-04T07:00:01Z"})
        assert (incident.is_planned, sudden.is_planned) == (True, False)

    @pytest.mark.parametrize(
        ("affected", "service"),
        [(None, None), ("", None), ("[]", None), ("x", "x"), ('["x", "y"]', "x"), ('[["x", "y"]]', "x")],
    )
    def test_main_service(self, affected: str | None, service: str | None) -> None:
        assert vendors_cstate.main_service(affected) == service

    def test_front_matter_is_read_as_text(self) -> None:
        page = "---\r\ntitle: x\r\ndate: 2024-03-04 08:00\r\nresolved: true\r\naffected: [a, b]\r\n---\r\nwords"
        row = front_matter("pages/a.md", page)
        assert (row["file"], row["date"], row["resolved"]) == ("a.md", "2024-03-04 08:00", "true")
        assert row["affected"] == '["a", "b"]'
        assert front_matter("b.md", "words")["front_matter_error"] == "no front matter"


class TestServiceNow:
    def collect(self, *states: tuple[str, str, str], as_of: int = LATE) -> list[Incident]:
        base = {"number": "INC1", "opened_at": "4/3/2024 08:00", "priority": "2 - High", "category": "web"}
        final = {"resolved_at": "9/3/2024 08:00", "closed_at": "14/3/2024 09:00"}
        versions = [
            {**base, **final, "sys_mod_count": str(n), "incident_state": s, "sys_updated_at": t}
            | {"assignment_group": group}
            for n, (s, t, group) in enumerate(states)
        ]
        facts = Facts()
        given = context("servicenow_audit", ["number", "sys_mod_count"], "day_first")
        vendors_servicenow.collect(raw("servicenow_audit", *versions), replace(given, as_of=as_of), facts, Fates())
        return facts.incidents

    STATES = (
        ("New", "4/3/2024 08:10", "red"),
        ("Active", "4/3/2024 09:00", "blue"),
        ("Resolved", "4/3/2024 10:00", "blue"),
        ("Active", "4/3/2024 11:00", "blue"),
        ("Resolved", "5/3/2024 10:00", "blue"),
        ("Closed", "10/3/2024 10:00", "blue"),
    )

    def test_times_come_from_the_states_and_the_team_from_the_first_row(self) -> None:
        (incident,) = self.collect(*self.STATES)
        assert (incident.team, incident.service, incident.severity) == ("red", "web", "sev2")
        assert incident.acknowledged_at == at("2024-03-04T09:00:00+00:00")
        assert incident.resolved_at == at("2024-03-05T10:00:00+00:00")
        assert incident.first_resolved_at == at("2024-03-04T10:00:00+00:00")
        assert incident.first_reopened_at == at("2024-03-04T11:00:00+00:00")

    def test_final_values_do_not_leak_into_an_earlier_state(self) -> None:
        (incident,) = self.collect(*self.STATES, as_of=at("2024-03-04T09:30:00+00:00"))
        assert (incident.resolved_at, incident.is_resolved) == (None, False)

    def test_a_state_of_minus_100_is_held(self) -> None:
        assert self.collect(("-100", "4/3/2024 08:10", "red")) == []


class TestGitOps:
    def test_fan_out_and_revert(self) -> None:
        commit = {
            "author": "human",
            "committed_at": "2024-03-04T08:00:00Z",
            "authored_at": "2024-03-04T08:00:00Z",
        }
        both = [{"app": "API", "env": "one"}, {"app": "api", "env": "two"}, {"app": "ghost", "env": "one"}]
        rows = raw(
            "gitops_commits",
            {"sha": "a", "targets": both, **commit},
            {"sha": "b", "targets": [{"app": "api", "env": "lab"}], "reverts_sha": ["a"], **commit},
            {"sha": "c", "targets": [{"app": "(helmfile)", "env": "one"}], "bump_name": "web", **commit},
            {"sha": "d", "targets": [{"app": "(helmfile)", "env": "one"}], **commit},
            {"sha": "e", "targets": [], **commit, "author": "bot", "authored_at": "2024-03-04T09:00:00Z"},
        )
        given = context("gitops_commits", ["sha"], environment={"one": "production", "two": "production"})
        facts, fates = Facts(), Fates()
        vendors_gitops.collect(rows, given, facts, fates)
        found = {d.deployment_id: d.rollback_of for d in facts.deployments}
        assert found == {"a:api:production": None, "b:api:lab": "a:api:production", "c:web:production": None}
        assert fates.records["log", "deployments", "quarantined", None] == 1
        assert fates.rows["log", "deployments", "not_applicable", "names no application"] == 1
        assert fates.rows["log", "deployments", "not_applicable", "no target"] == 1
        assert fates.rows["log", "automation_runs", "quarantined", None] == 1
        assert fates.rows["log", "automation_runs", "not_applicable", "made by a person"] == 4


class TestOwnership:
    def test_the_history_prevails_from_its_first_change(self) -> None:
        changes = [OwnerChange("api", 100, "blue"), OwnerChange("api", 200, None)]
        tenures = service_tenures([Span("api", "red", 50, None)], changes)
        assert [(t.starts, t.team) for t in tenures] == [(50, "red"), (100, "blue"), (200, None)]
        assert tenures[0].ends == 100 and tenures[1].ends == 200

    def test_owner_at_the_instant_of_a_change_is_the_new_one(self) -> None:
        ownership = Ownership(organisation(), [OwnerChange("api", 100, "blue")])
        assert [ownership.owner("api", instant) for instant in (99, 100)] == [None, "blue"]
        assert ownership.owner(None, 100) is None

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


def deployment(name: str, hours: float, **columns: object) -> Deployment:
    made = Deployment(name, "api", "production", "v1", T0 + int(hours * HOUR))
    for column, value in columns.items():
        setattr(made, column, value)
    return made


def incident(hours: float, **columns: object) -> Incident:
    made = Incident("i", "api", is_planned=False, impact_started_at=T0 + int(hours * HOUR))
    for column, value in columns.items():
        setattr(made, column, value)
    return made


def linked(case: Incident, *deployments: Deployment) -> tuple[str, str | None]:
    return links([case], deployments, LATE)["i"]


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
        book = Book("org", Clock(LATE, Calendar(UTC, 2024, 2025)))
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
