"""An organisation whose logs begin and end inside days, weeks and months, by service and by column.

Belongs here: its folder, made without chance. Every boundary of its coverage has an event at the instant, and one
a microsecond before it. Events go on where no source claims to speak: they must count nowhere.
Team red changes its area, service b its team, service c begins late; of service d no source of incidents speaks.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST = datetime(2025, 12, 30, 2, 30, tzinfo=UTC)
AS_OF = datetime(2026, 4, 1, tzinfo=UTC)
DESK_FROM, DESK_TO = datetime(2026, 1, 10, 12, tzinfo=UTC), datetime(2026, 3, 15, 6, tzinfo=UTC)
B_FROM = datetime(2026, 2, 1, tzinfo=UTC)
OUTCOMES_FROM = datetime(2026, 1, 25, 9, tzinfo=UTC)
DEPLOYS_TO = datetime(2026, 3, 20, 10, 30, tzinfo=UTC)
C_BEGINS = datetime(2026, 1, 20, 12, tzinfo=UTC)
BOUNDARIES = (DESK_FROM, DESK_TO, B_FROM, OUTCOMES_FROM, DEPLOYS_TO, C_BEGINS, AS_OF)
SERVICES = ("a", "b", "c", "d", "")
Row = Mapping[str, str]

TEAMS = """\
team_id,name,area,members,capacity_hours_per_week,rollout_cohort,aliases,valid_from,valid_to
red,Red,north,7,,,,2026-01-05,2026-02-15
red,Red,south,7,,,,2026-02-15,
blue,Blue,north,7,,,,,
"""
SERVICES_FILE = f"""\
service_id,name,team_id,tier,aliases,valid_from,valid_to
a,A,red,1,,2025-06-01,
b,B,red,1,,2025-06-01,2026-02-10
b,B,blue,1,,2026-02-10,
c,C,blue,1,,{C_BEGINS.isoformat()},
d,D,blue,1,,,
"""
ORGANISATION = f"""\
name: partly
title: Partly covered
time_zone: Europe/Berlin
as_of: "{AS_OF.isoformat()}"
sources:
  - name: incidents
    feed: records_incidents
    reader: csv
    path: incidents.csv
    primary_key: [source_record_id, updated_at]
    cursor: updated_at
    covers:
      - {{kind: incidents, from: "{DESK_FROM.isoformat()}", to: "{DESK_TO.isoformat()}", services: [a, c]}}
      - {{kind: incidents, from: "{B_FROM.isoformat()}", services: [b]}}
      - {{kind: incidents.acknowledged_at, from: "{B_FROM.isoformat()}", services: [a, c]}}
      - {{kind: incidents.reopened, from: "{DESK_FROM.isoformat()}", to: "2026-03-01T00:00:00Z"}}
      - {{kind: incidents.resolved_by, from: "{DESK_FROM.isoformat()}", to: "2026-02-20T12:00:00Z", services: [a]}}
    quarantine_threshold: {{share: 0.0, reason: made without defects}}
  - name: deployments
    feed: records_deployments
    reader: csv
    path: deployments.csv
    primary_key: [source_record_id, updated_at]
    cursor: updated_at
    covers:
      - {{kind: deployments, from: "2026-01-05T00:00:00Z", to: "{DEPLOYS_TO.isoformat()}"}}
      - {{kind: deployments.outcome, from: "{OUTCOMES_FROM.isoformat()}", services: [a, b]}}
      - {{kind: deployments.version, from: "2026-01-05T00:00:00Z", to: "2026-02-20T00:00:00Z"}}
      - {{kind: deployments.is_unplanned_fix, from: 2026-01-05, to: "{C_BEGINS.isoformat()}", services: [a]}}
      - {{kind: deployments.is_unplanned_fix, from: "{B_FROM.isoformat()}", to: "2026-03-01T00:00:00Z", services: [a]}}
    quarantine_threshold: {{share: 0.0, reason: made without defects}}
  - name: runs
    feed: records_automation_runs
    reader: csv
    path: runs.csv
    primary_key: [source_record_id, updated_at]
    cursor: updated_at
    covers:
      - {{kind: automation_runs, from: "2026-01-05T00:00:00Z", services: [a, b, c]}}
      - {{kind: automation_runs.outcome, from: "2026-01-05T00:00:00Z", to: "{DESK_TO.isoformat()}", services: [a, b]}}
    quarantine_threshold: {{share: 0.0, reason: made without defects}}
"""


def write(folder: Path) -> Path:
    """The organisation folder, its logs in it."""
    folder.mkdir(parents=True)
    (folder / "organisation.yml").write_text(ORGANISATION)
    (folder / "teams.csv").write_text(TEAMS)
    (folder / "services.csv").write_text(SERVICES_FILE)
    for name, rows in (("incidents", incidents()), ("deployments", deployments()), ("runs", runs())):
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _anchors(every: timedelta) -> Iterator[tuple[int, str, datetime]]:
    """(number, service, instant): a grid over the year's start, and both sides of every boundary."""
    grid = [FIRST + every * step for step in range((AS_OF - FIRST) // every)]
    edges = [moment for edge in BOUNDARIES for moment in (edge - timedelta(microseconds=1), edge)]
    for index, service in enumerate(SERVICES):
        for number, at in enumerate([*(at + timedelta(minutes=7 * index) for at in grid), *edges]):
            yield number, service, at


def _stamped(record: str, at: datetime) -> dict[str, str]:
    known = min(at + timedelta(hours=3), AS_OF).isoformat()
    return {"source_record_id": record, "updated_at": known, "recorded_at": known}


def _until(at: datetime, minutes: int, is_known: bool) -> str:
    """An instant later on; unknown also where it has not come yet."""
    later = at + timedelta(minutes=minutes)
    return later.isoformat() if is_known and later <= AS_OF else ""


def incidents() -> Sequence[Row]:
    """One in five is never acknowledged, one in seven is open; some of no service name a team."""
    return [
        {
            **_stamped(f"i-{service or 'none'}-{number}", at),
            "incident_id": f"i-{service or 'none'}-{number}",
            "service_id": service,
            "team_id": "" if service else ("red", "blue", "")[number % 3],
            "severity": f"sev{1 + number % 3}",
            "is_planned": "" if number % 23 == 0 else "true" if number % 29 == 0 else "false",
            "impact_started_at": at.isoformat(),
            "declared_at": at.isoformat(),
            "acknowledged_at": _until(at, 3 + number % 31, number % 5 > 0),
            "resolved_at": _until(at, 40 + number % 97, number % 7 > 0),
            "resolved_by": ("automation", "person", "")[number % 3],
        }
        for number, service, at in _anchors(timedelta(hours=11))
    ]


def deployments() -> Sequence[Row]:
    """One in four of unknown outcome, one in nine failed, one in thirteen of unknown environment."""
    return [
        {
            **_stamped(f"d-{service or 'none'}-{number}", at),
            "deployment_id": f"d-{service or 'none'}-{number}",
            "service_id": service,
            "environment": "" if number % 13 == 0 else "production",
            "version": "" if number % 17 == 0 else f"v{number - 2 * (number % 6 == 5)}",
            "started_at": (at - timedelta(minutes=9)).isoformat(),
            "finished_at": at.isoformat(),
            "outcome": "" if number % 4 == 0 else "failed" if number % 9 == 0 else "succeeded",
            "is_unplanned_fix": ("", "true", "false")[number % 3],
        }
        for number, service, at in _anchors(timedelta(hours=9))
    ]


def runs() -> Sequence[Row]:
    """One in ten is dry, one in eleven of unknown mode, one in six of unknown outcome."""
    return [
        {
            **_stamped(f"r-{service or 'none'}-{number}", at),
            "run_id": f"r-{service or 'none'}-{number}",
            "automation_id": "restart",
            "version": "1",
            "service_id": service,
            "mode": "dry_run" if number % 10 == 0 else "" if number % 11 == 0 else "live",
            "outcome": "" if number % 6 == 0 else "failed" if number % 5 == 0 else "succeeded",
            "started_at": at.isoformat(),
            "finished_at": "",
        }
        for number, service, at in _anchors(timedelta(hours=13))
    ]
