"""Every trap that the notes beside the Jenkins project's logs list is met, seen in released tables and raw logs.

Belongs here: one test per trap, named after it, with the count taken from the raw file by this test itself.
Does not belong here: metric values (tests/oracle recomputes those), the planted defects of the example.
Without SCORECARD_REAL_DATA all of it is skipped, loudly, by the fixture.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.integration.traps_support import Released, one, rows, utc

pytestmark = pytest.mark.slow
PLANNED = re.compile("maintenance|upgrade|migrat|advisory|brownout", re.IGNORECASE)


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


def test_jenkins_a_commit_that_tells_of_a_revert_is_none(jenkins: Path, commits: list[dict[str, Any]]) -> None:
    telling = {commit["sha"] for commit in commits if commit.get("reverts_sha") and not commit["revert"]}
    assert len(telling) == 9
    undoing = rows(jenkins, "select deployment_id from {delivery.fct_deployments} where rollback_of is not null")
    assert not telling & {deployment.split(":")[0] for (deployment,) in undoing}


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
