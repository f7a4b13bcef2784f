"""Objectives that the folder itself states, in slos.yml (OpenSLO v1)."""

from collections.abc import Iterator
from datetime import datetime, time
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from tests.oracle.reference.facts import Objective
from tests.oracle.reference.instants import parse_instant, to_micros


def of_folder(file: Path, zone: ZoneInfo) -> Iterator[Objective]:
    """The objectives of slos.yml (OpenSLO v1) as they are now; none without the file."""
    if not file.exists():
        return
    for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
        if document and document["kind"] == "SLO":
            for wanted in document["spec"]["objectives"]:
                yield _of_document(document, wanted, zone)


def _of_document(document: dict[str, Any], wanted: dict[str, Any], zone: ZoneInfo) -> Objective:
    spec, name = document["spec"], document["metadata"]["name"]
    notes = document["metadata"].get("annotations", {})
    (window,) = spec["timeWindow"]
    length = window["duration"]
    since = notes.get("reliability-scorecard/valid-from")
    indicator = spec.get("indicator", {}).get("spec", {})
    usual = "latency" if "thresholdMetric" in indicator else "availability"
    per_cent = wanted.get("targetPercent")
    target = wanted.get("timeSliceTarget")
    return Objective(
        slo_id=name if len(spec["objectives"]) == 1 else f"{name}/{wanted['displayName']}",
        service=spec["service"],
        sli=notes.get("reliability-scorecard/sli", usual),
        starts=None if since is None else _instant(since, zone),
        ends=None,
        budgeting={"Occurrences": "occurrences", "Timeslices": "time_slices"}[spec["budgetingMethod"]],
        objective=Fraction(str(wanted["target"])) if per_cent is None else Fraction(str(per_cent)) / 100,
        slice_target=None if target is None else Fraction(str(target)),
        window_days=int(length[:-1]) * {"d": 1, "w": 7}[length[-1]],
    )


def _instant(since: Any, zone: ZoneInfo) -> int:
    """A date is the zone's midnight; YAML may have read a date or an instant."""
    if isinstance(since, datetime):
        return to_micros(since)
    if isinstance(since, str):
        return parse_instant(since, zone)
    return to_micros(datetime.combine(since, time(), zone))
