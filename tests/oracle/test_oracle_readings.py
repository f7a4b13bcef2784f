"""What the oracle reads out of what sources write, on small cases worked by hand: instants, fates, vendors."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.oracle.cases import BERLIN, LATE, UTC, at, context, raw
from tests.oracle.reference import vendors_cstate, vendors_gitops, vendors_servicenow
from tests.oracle.reference.facts import Facts, Incident
from tests.oracle.reference.fates import Fates, contradictory_rows
from tests.oracle.reference.instants import HOUR, Calendar, UnparsableError, parse_instant
from tests.oracle.reference.readers import front_matter


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
            {"sha": "b", "targets": [{"app": "api", "env": "lab"}], "revert": True, "reverts_sha": ["a"], **commit},
            {
                "sha": "c",
                "targets": [{"app": "(helmfile)", "env": "one"}],
                "bump_name": "web",
                "reverts_sha": ["a"],
                **commit,
            },
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
