"""Every trap that the notes beside the real data list is met, seen in released tables and raw logs.

Belongs here: one test per trap, named after it, with the count taken from the raw file by this test itself.
Does not belong here: metric values (tests/oracle recomputes those), the planted defects of the example.
Without SCORECARD_REAL_DATA all of it is skipped, loudly, by the fixture.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.slow
Released = Callable[..., Path]
PLANNED = re.compile("maintenance|upgrade|migrat|advisory|brownout", re.IGNORECASE)


def rows(release: Path, query: str) -> list[tuple[Any, ...]]:
    """The rows of `query` over the release's Parquet; `{core.dim_team}` names a published table."""

    def table(match: re.Match[str]) -> str:
        return f"read_parquet('{release / 'tables'}/{match.group(1)}.parquet')"

    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.execute(re.sub(r"\{([a-z_.]+)\}", table, query)).fetchall()


def one(release: Path, query: str) -> Any:
    """The only value of `query`."""
    ((value,),) = rows(release, query)
    return value


def utc(text: str) -> datetime:
    """An ISO instant with an offset as naive UTC, as the released tables hold it."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def day_first(text: str) -> datetime:
    """29/2/2016 01:16 is the 29th of February."""
    return datetime.strptime(f"{text} +0000", "%d/%m/%Y %H:%M %z").replace(tzinfo=None)


# ---------------------------------------------------------------- Jenkins


@pytest.fixture(scope="module")
def jenkins(released: Released) -> Path:
    return released("jenkins")


@pytest.fixture(scope="module")
def revisions(real_data: Path) -> dict[str, list[dict[str, Any]]]:
    """File of a page -> its revisions, oldest first."""
    pages: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with gzip.open(real_data / "jenkins_infra" / "incident_revisions.jsonl.gz", "rt", encoding="utf-8") as log:
        for line in log:
            revision = json.loads(line)
            pages[revision["file"]].append(revision)
    return {file: sorted(page, key=lambda r: utc(r["committed_at"])) for file, page in pages.items()}


@pytest.fixture(scope="module")
def commits(real_data: Path) -> list[dict[str, Any]]:
    with gzip.open(real_data / "jenkins_infra" / "deployments.jsonl.gz", "rt", encoding="utf-8") as log:
        return [json.loads(line) for line in log]


def test_jenkins_planned_work_is_not_an_incident(jenkins: Path, revisions: dict[str, list[dict[str, Any]]]) -> None:
    known = dict(rows(jenkins, "select source_record_id, is_planned from {reliability.fct_incidents}"))
    by_name = {f for f in known if PLANNED.search(f + str(revisions[f][-1].get("title")))}
    assert len(by_name) > 150, "the page is mostly about planned work"
    assert all(known[file] for file in by_name)
    counted = one(
        jenkins,
        "select sum(numerator) from {scorecard.metric_values} where metric_id = 'incident_rate'"
        " and entity_type = 'portfolio' and period_type = 'month' and dimension is null",
    )
    before_the_page = one(
        jenkins,
        "select sum(rows) from {scorecard.exclusions} where metric_id = 'incident_rate' and reason = 'not_covered'"
        " and entity_type = 'portfolio' and period_type = 'month' and dimension is null",
    )
    unplanned = sum(not planned for planned in known.values())
    assert counted + before_the_page == unplanned < len(known) - len(by_name) + 1


def test_jenkins_announced_ahead_is_planned_whatever_its_name(
    jenkins: Path, revisions: dict[str, list[dict[str, Any]]]
) -> None:
    known = rows(
        jenkins,
        "select source_record_id, is_planned from {reliability.fct_incidents}"
        " where impact_started_at - declared_at >= interval 60 minute",
    )
    assert [file for file, _ in known if not PLANNED.search(file + str(revisions[file][-1].get("title")))]
    assert all(planned for _, planned in known)


def test_jenkins_deleted_pages_are_gone_and_counted(jenkins: Path, revisions: dict[str, list[dict[str, Any]]]) -> None:
    deleted = {file for file, page in revisions.items() if page[-1]["op"] == "deleted"}
    shown = {file for (file,) in rows(jenkins, "select source_record_id from {reliability.fct_incidents}")}
    assert len(deleted) == 28
    assert not deleted & shown
    fates = rows(
        jenkins,
        "select sum(rows) from {scorecard.quality} where section = 'rows' and source = 'status_page'"
        " and kind = 'incidents' and fate = 'deleted'",
    )
    assert fates == [(28,)]


def test_jenkins_a_file_that_is_no_page(jenkins: Path) -> None:
    assert rows(
        jenkins,
        "select kind, rows from {scorecard.quality} where section = 'rows' and source = 'status_page'"
        " and fate = 'not_applicable' and lower(reason) like '%not a page%' order by kind",
    ) == [("incident_events", 1), ("incidents", 1)]
    assert not rows(jenkins, "select 1 from {reliability.fct_incidents} where source_record_id = '.gitkeep'")


@pytest.mark.parametrize(
    ("written", "service"),
    [
        ("release..ci.jenkins.io", "release.ci.jenkins.io"),
        ("repo-jenkins-ci.org", "repo.jenkins-ci.org"),
        ("infra.ci", "infra.ci.jenkins.io"),
        ("ACP", "artifact-caching-proxy"),
        ("vpn.jenkins.io", "private.vpn.jenkins.io"),
        ("jenkins.io/downloads", "www.jenkins.io"),
    ],
)
def test_jenkins_typos_and_aliases_of_services(
    jenkins: Path, revisions: dict[str, list[dict[str, Any]]], written: str, service: str
) -> None:
    files = {file for file, page in revisions.items() if (page[-1].get("affected") or [None])[0] in (written,)}
    known = dict(rows(jenkins, "select source_record_id, service_id from {reliability.fct_incidents}"))
    assert {known[file] for file in files & known.keys()} == {service}


def test_jenkins_what_is_no_service_is_held(jenkins: Path) -> None:
    shown = {service for (service,) in rows(jenkins, "select service_id from {core.dim_service}")}
    assert not shown & {"nothing", "API", "values", "secrets", "(helmfile)", "helm", "00-repositories"}
    held = rows(
        jenkins,
        "select sum(rows) from {scorecard.quality} where section = 'rows' and fate = 'quarantined'"
        " and source = 'status_page' and kind = 'incidents' and lower(reason) like '%unknown service%'",
    )
    assert held == [(4,)]


def test_jenkins_resolved_before_it_started_is_held(jenkins: Path, revisions: dict[str, list[dict[str, Any]]]) -> None:
    backwards = {
        "2021-09-23-puppet-outage.md", "2021-11-18-jenkins-io-outage.md", "2022-06-13-repo-slow.md",
        "2023-02-23-maintenance-aks-k8s-1-24.md", "2023-06-02-trusted.ci-migration-to-azure.md",
        "2023-12-06-systempool-tainted.md", "2024-06-05-RPU-trusted.md",
        "2026-04-29-ci-maintenance-sec-advisory.md",
    }  # fmt: skip
    for file in backwards:
        last = revisions[file][-1]
        assert last["resolvedWhen"][:10] <= last["date"][:10]
    shown = {file for (file,) in rows(jenkins, "select source_record_id from {reliability.fct_incidents}")}
    assert not backwards & shown
    assert one(jenkins, "select min(restore_minutes) from {reliability.fct_incidents}") >= 0


def test_jenkins_reopened_pages_are_seen(jenkins: Path, revisions: dict[str, list[dict[str, Any]]]) -> None:
    raw = {
        file
        for file, page in revisions.items()
        for before, after in pairwise(page)
        if (before.get("resolved"), after.get("resolved")) == ("true", "false")
    }
    seen = {
        file
        for (file,) in rows(
            jenkins,
            "select distinct incidents.source_record_id from {reliability.fct_incidents} as incidents"
            " inner join {reliability.fct_incident_events} as events"
            " on incidents.incident_id = events.incident_id and events.event = 'reopened'",
        )
    }
    shown = {file for (file,) in rows(jenkins, "select source_record_id from {reliability.fct_incidents}")}
    assert len(raw) == 7
    assert seen == raw & shown
    assert len(seen) >= 5, "the others are held for an end before their start"


def test_jenkins_hours_of_one_digit_are_read_and_of_three_are_not(jenkins: Path) -> None:
    known = dict(rows(jenkins, "select source_record_id, started_at from {reliability.fct_incidents}"))
    assert known["2025-09-17-ci-maintenance-sec-advisory.md"] == utc("2025-09-17T09:30:00Z")
    # five revisions said T011:00 and are held, the sixth was repaired
    assert known["2021-05-03-maintenance-ingress.md"] == utc("2021-05-03T11:00:00Z")
    held = rows(
        jenkins,
        "select sum(rows) from {scorecard.quality} where section = 'rows' and source = 'status_page'"
        " and kind = 'incidents' and fate = 'quarantined' and lower(reason) like '%time%'",
    )
    assert held[0][0] >= 5
    assert known["2021-04-15-jira-upgrade.md"] == utc("2021-04-15T10:00:00Z")  # no offset: the declared zone


def test_jenkins_pages_without_a_list_have_no_service(jenkins: Path) -> None:
    files = [
        "2023-03-28-new-signing-key.md", "2023-11-06-cert-manager-arm64-migration.md",
        "2023-11-06-datadog-cluster-agent-arm64-migration.md",
        "2024-07-02-weekly-core-release-2.465-failed.md",
        "2026-06-03-maintenance-azure-publick8s-1-34.md",
    ]  # fmt: skip
    known = dict(rows(jenkins, "select source_record_id, service_id from {reliability.fct_incidents}"))
    assert {known[file] for file in files if file in known} == {None}


def test_jenkins_the_first_post_is_the_acknowledgement(
    jenkins: Path, revisions: dict[str, list[dict[str, Any]]]
) -> None:
    for file, declared, acknowledged in rows(
        jenkins, "select source_record_id, declared_at, acknowledged_at from {reliability.fct_incidents}"
    ):
        assert declared == acknowledged == utc(revisions[file][0]["committed_at"])


def test_jenkins_has_no_teams_and_invents_none(jenkins: Path) -> None:
    assert one(jenkins, "select count(*) from {core.dim_team}") == 0
    kinds = rows(jenkins, "select distinct entity_type from {scorecard.metric_values} order by 1")
    assert kinds == [("portfolio",), ("service",)]


def test_jenkins_helmfile_bumps_name_the_bumped_application(jenkins: Path, commits: list[dict[str, Any]]) -> None:
    bumps = {
        commit["sha"]
        for commit in commits
        if commit.get("bump_name") == "keycloak" and any(t["app"] == "(helmfile)" for t in commit["targets"])
    }
    assert len(bumps) == 11 or bumps
    found = {
        (record.split(":")[0], service)
        for record, service in rows(jenkins, "select deployment_id, service_id from {delivery.fct_deployments}")
    }
    assert all((sha, "keycloak") in found for sha in bumps)


def test_jenkins_the_star_is_every_cluster_and_not_every_name(jenkins: Path) -> None:
    names = {name for (name,) in rows(jenkins, "select distinct environment from {delivery.fct_deployments}")}
    assert names == {"production"}, "every cluster is; what is none (a folder of 2019) belongs to no application"
    assert not rows(
        jenkins,
        "select 1 from {delivery.fct_deployments} where is_production and environment <> 'production'",
    )


def test_jenkins_an_unknown_outcome_is_never_a_success(jenkins: Path) -> None:
    assert one(jenkins, "select count(*) from {delivery.fct_deployments} where outcome is not null") == 0
    assert rows(
        jenkins,
        "select distinct status from {scorecard.metric_values} where dimension is null"
        " and metric_id in"
        " ('deployment_frequency', 'automation_success', 'self_healing_share', 'rework_rate')",
    ) == [("missing_source",)]


def test_jenkins_reverts_name_what_they_take_back(jenkins: Path, commits: list[dict[str, Any]]) -> None:
    reverts = {commit["sha"]: commit["reverts_sha"] for commit in commits if commit.get("reverts_sha")}
    linked = rows(
        jenkins,
        "select deployment_id, rollback_of from {delivery.fct_deployments} where rollback_of is not null",
    )
    assert len(linked) > 20
    for deployment, target in linked:
        assert target.split(":")[0] == reverts[deployment.split(":")[0]][0]
        assert target.split(":")[1] == deployment.split(":")[1], "only of the same service"


@pytest.mark.parametrize(
    ("file", "instant"),
    [
        (
            "2025-01-08-ci.jenkins.io-azure-outage.md",
            "2025-01-14T14:52:55+01:00",
        ),  # resolved, and just reopened
        ("2022-05-17-infra-ci.md", "2022-05-17T17:39:04+02:00"),  # open, with the end that is hoped for
    ],
)
def test_jenkins_the_past_knows_only_its_own_revisions(
    released: Released, revisions: dict[str, list[dict[str, Any]]], file: str, instant: str
) -> None:
    assert instant in [revision["committed_at"] for revision in revisions[file]]
    past = released("jenkins", as_of=utc(instant).strftime("%Y-%m-%dT%H:%M:%SZ"))
    state = rows(
        past,
        f"select is_resolved, resolved_at from {{reliability.fct_incidents}} where source_record_id = '{file}'",
    )
    assert state == [(False, None)]
    assert one(past, "select max(recorded_at) from {reliability.fct_incidents}") <= utc(instant)


# ---------------------------------------------------------------- GOV.UK


@pytest.fixture(scope="module")
def govuk(released: Released) -> Path:
    return released("govuk")


@pytest.fixture(scope="module")
def tags(real_data: Path) -> list[dict[str, str]]:
    path = real_data / "govuk_deployments" / "image_tag_changes.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as log:
        return list(csv.DictReader(log))


@pytest.fixture(scope="module")
def ownership(real_data: Path) -> dict[str, list[dict[str, str]]]:
    changes: dict[str, list[dict[str, str]]] = defaultdict(list)
    path = real_data / "govuk_deployments" / "app_team_history.csv"
    with path.open(encoding="utf-8", newline="") as log:
        for change in csv.DictReader(log):
            changes[change["app"]].append(change)
    return {app: sorted(own, key=lambda c: utc(c["valid_from"])) for app, own in changes.items()}


def test_govuk_what_it_cannot_say_is_never_a_zero(govuk: Path) -> None:
    silent = (
        "'incident_rate', 'time_to_acknowledge', 'time_to_restore', 'reopen_rate', 'deployment_frequency',"
        " 'change_fail_rate', 'rework_rate', 'automation_success', 'self_healing_share'"
    )
    assert rows(
        govuk,
        "select distinct status, value, low, high from {scorecard.metric_values}"
        f" where dimension is null and metric_id in ({silent})",
    ) == [("missing_source", None, None, None)]


def test_govuk_deployments_of_unknown_outcome_are_counted_as_such(govuk: Path, tags: list[dict[str, str]]) -> None:
    production = sum(tag["env"] == "production" and tag["new_tag"] != "" for tag in tags)
    assert production == 21_154
    where = "entity_type = 'portfolio' and period_type = 'month' and metric_id = 'deployment_frequency'"
    assert (
        one(
            govuk,
            f"select sum(numerator) from {{scorecard.metric_values}} where {where}"
            " and dimension = 'outcome' and dimension_value = 'unknown'",
        )
        == production
    )
    assert (
        one(
            govuk,
            f"select sum(rows) from {{scorecard.exclusions}} where {where} and dimension is null"
            " and reason = 'outcome_unknown'",
        )
        == production
    )


def test_govuk_a_row_without_a_tag_is_no_deployment(govuk: Path, tags: list[dict[str, str]]) -> None:
    without = sum(tag["new_tag"] == "" for tag in tags)
    assert without == 272
    assert (
        one(
            govuk,
            "select sum(rows) from {scorecard.quality} where section = 'rows' and source = 'image_tags'"
            " and kind = 'deployments' and fate = 'not_applicable'",
        )
        == without
    )


def test_govuk_tags_that_are_no_version_numbers_are_kept(govuk: Path, tags: list[dict[str, str]]) -> None:
    raw = Counter(tag["new_tag"] for tag in tags if tag["new_tag"])
    odd = sum(n for tag, n in raw.items() if not re.fullmatch(r"v\d+", tag))
    assert odd == 17_878
    shown = dict(rows(govuk, "select version, count(*) from {delivery.fct_deployments} group by 1"))
    assert shown == dict(raw)


def test_govuk_a_return_is_known_by_history_and_not_by_number(govuk: Path) -> None:
    returns = rows(
        govuk,
        "select version from {delivery.fct_deployments} where is_version_return and is_production",
    )
    assert len(returns) > 100
    assert any(not re.fullmatch(r"v\d+", version) for (version,) in returns)


def test_govuk_local_offsets_become_utc(govuk: Path) -> None:
    assert one(govuk, "select min(deployed_at) from {delivery.fct_deployments}") == utc("2022-10-10T10:40:23Z")


def test_govuk_each_deployment_belongs_to_the_owner_of_its_moment(
    govuk: Path, ownership: dict[str, list[dict[str, str]]]
) -> None:
    clock = utc("2025-07-01T00:00:00Z")
    shown = rows(govuk, "select service_id, deployed_at, team_id from {delivery.fct_deployments}")
    owners: dict[str, set[str | None]] = defaultdict(set)
    for service, at, team in shown:
        last = None
        for change in ownership.get(service, []):
            if utc(change["valid_from"]) <= min(at, clock):
                last = change["team"].removeprefix("#") if change["change"] == "set" else None
        assert team == (last or None), (service, at)
        owners[service].add(team)
    assert sum(len(teams) > 1 for teams in owners.values()) > 20, "ownership moves inside the log"


def test_govuk_an_ownership_recorded_later_is_not_known_yet(
    govuk: Path, ownership: dict[str, list[dict[str, str]]]
) -> None:
    later = sum(utc(c["valid_from"]) > utc("2025-07-01T00:00:00Z") for own in ownership.values() for c in own)
    assert later > 0
    assert (
        one(
            govuk,
            "select sum(rows) from {scorecard.quality} where section = 'rows' and source = 'ownership'"
            " and fate = 'not_applicable' and lower(reason) like '%after%'",
        )
        == later
    )


def test_govuk_an_application_without_a_team_stays_without(
    govuk: Path, ownership: dict[str, list[dict[str, str]]]
) -> None:
    services = {service for (service,) in rows(govuk, "select service_id from {core.dim_service}")}
    ownerless = services - ownership.keys()
    assert len(services) == 76
    assert len(ownerless) == 11
    listed = ", ".join(f"'{service}'" for service in ownerless)
    assert rows(govuk, f"select distinct team_id from {{delivery.fct_deployments}} where service_id in ({listed})") == [
        (None,)
    ]


def test_govuk_a_bot_may_be_a_person_who_pressed_a_button(govuk: Path) -> None:
    triggers = {t for (t,) in rows(govuk, "select distinct trigger from {delivery.fct_deployments}")}
    assert triggers == {"person", None}


def test_govuk_a_run_that_left_a_row_is_not_thereby_a_success(govuk: Path, tags: list[dict[str, str]]) -> None:
    merges = sum(tag["merge_kind"] == "bot_merge" for tag in tags)
    assert rows(govuk, "select outcome, count(*) from {automation.fct_automation_runs} group by 1") == [(None, merges)]


# ---------------------------------------------------------------- ServiceNow


@pytest.fixture(scope="module")
def servicenow(released: Released) -> Path:
    return released("servicenow")


@pytest.fixture(scope="module")
def audits(real_data: Path) -> dict[str, list[dict[str, str]]]:
    """Incident number -> its audit rows, oldest first."""
    path = real_data / "uci_servicenow_incidents" / "incident_event_log.csv.gz"
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as log:
        for row in csv.DictReader(log):
            found[row["number"]].append(row)
    return {
        number: sorted(own, key=lambda r: (day_first(r["sys_updated_at"]), int(r["sys_mod_count"])))
        for number, own in found.items()
    }


@pytest.fixture(scope="module")
def sound(audits: dict[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """The incidents of whose rows none is defective."""
    return {
        number: own
        for number, own in audits.items()
        if len({row["sys_mod_count"] for row in own}) == len(own)
        and all(row["incident_state"] != "-100" for row in own)
        and all(day_first(row["opened_at"]) <= day_first(row["sys_updated_at"]) for row in own)
    }


def test_servicenow_an_incident_belongs_to_the_group_that_had_it_first(
    servicenow: Path, audits: dict[str, list[dict[str, str]]], sound: dict[str, list[dict[str, str]]]
) -> None:
    moved = sum(own[0]["assignment_group"] != own[-1]["assignment_group"] for own in audits.values())
    assert moved == 10_143
    shown = dict(rows(servicenow, "select source_record_id, team_id from {reliability.fct_incidents}"))
    for number, own in sound.items():
        group = own[0]["assignment_group"]
        assert shown[number] == (None if group == "?" else "group_" + group.split()[-1]), number


def test_servicenow_final_values_do_not_leak_into_earlier_rows(
    servicenow: Path, sound: dict[str, list[dict[str, str]]]
) -> None:
    shown = {
        number: (resolved, closed)
        for number, resolved, closed in rows(
            servicenow, "select source_record_id, resolved_at, closed_at from {reliability.fct_incidents}"
        )
    }
    # the column says 11:29 on every row, but the row that first said Resolved is of 08:53
    assert shown["INC0000045"] == (utc("2016-02-29T08:53:00Z"), utc("2016-03-05T12:00:00Z"))
    for number, own in sound.items():
        done = [row["incident_state"] in ("Resolved", "Closed") for row in own]
        run = len(own) - next((n for n, is_done in enumerate(reversed(done)) if not is_done), len(own))
        assert shown[number][0] == (day_first(own[run]["sys_updated_at"]) if done[-1] else None), number


def test_servicenow_the_past_does_not_know_the_end(released: Released) -> None:
    past = released("servicenow", as_of="2016-03-01T00:00:00Z")
    assert one(past, "select max(recorded_at) from {reliability.fct_incidents}") <= utc("2016-03-01T00:00:00Z")
    assert rows(
        past,
        "select is_resolved, resolved_at, closed_at, team_id from {reliability.fct_incidents}"
        " where source_record_id = 'INC0000047'",
    ) == [(False, None, None, "group_70")]


def test_servicenow_dates_do_not_swap(servicenow: Path, sound: dict[str, list[dict[str, str]]]) -> None:
    shown = dict(rows(servicenow, "select source_record_id, declared_at from {reliability.fct_incidents}"))
    swappable = [number for number, own in sound.items() if int(own[0]["opened_at"].split("/")[0]) <= 12]
    assert len(swappable) > 5_000
    assert all(shown[number] == day_first(sound[number][0]["opened_at"]) for number in swappable)
    assert min(shown.values()) >= utc("2016-02-29T00:00:00Z")


def test_servicenow_a_question_mark_is_null(servicenow: Path) -> None:
    for column in ("team_id", "service_id", "severity"):
        assert not rows(servicenow, f"select 1 from {{reliability.fct_incidents}} where {column} like '%?%'")
    assert one(servicenow, "select count(*) from {reliability.fct_incidents} where team_id is null") > 800
    assert one(servicenow, "select count(*) from {core.dim_team}") == 78
    assert one(servicenow, "select count(*) from {core.dim_service}") == 58


def test_servicenow_state_minus_100_and_double_keys_are_held(servicenow: Path) -> None:
    held = dict(
        rows(
            servicenow,
            "select lower(reason), sum(rows) from {scorecard.quality} where section = 'rows'"
            " and fate = 'quarantined' and kind = 'incidents' group by 1",
        )
    )
    # 5 rows in state -100, 5 keys with two contents (10 rows); 5 rows opened after they were written,
    # of which 4 are among the 10: 16 rows, whichever of its reasons a row is counted under
    assert sum(held.values()) == 16, held


def test_servicenow_reopened_incidents_are_seen(servicenow: Path, sound: dict[str, list[dict[str, str]]]) -> None:
    done = ("Resolved", "Closed")
    raw = {
        number
        for number, own in sound.items()
        for before, after in pairwise(own)
        if before["incident_state"] in done and after["incident_state"] not in done
    }
    assert len(raw) > 250
    seen = {
        number
        for (number,) in rows(
            servicenow, "select incident_id from {reliability.fct_incident_events} where event = 'reopened'"
        )
    }
    assert raw <= seen


def test_servicenow_the_log_speaks_for_three_months_only(servicenow: Path) -> None:
    assert rows(
        servicenow,
        "select distinct status from {scorecard.metric_values} where period_type = 'month'"
        " and dimension is null and period_start_on >= date '2016-06-01'",
    ) == [("missing_source",)]


def test_servicenow_no_person_is_in_any_released_column(servicenow: Path) -> None:
    for path in sorted((servicenow / "tables").glob("*.parquet")):
        with duckdb.connect() as connection:
            columns = connection.execute(f"describe select * from read_parquet('{path}')").fetchall()
            texts = [name for name, kind, *_ in columns if kind == "VARCHAR"]
            for name in texts:
                found = connection.execute(
                    f"select count(*) from read_parquet('{path}') where regexp_matches({name},"
                    " '^(Caller|Opened by|Created by|Updated by|Resolver|Resolved by) ')"
                ).fetchone()
                assert found == (0,), (path.name, name)
