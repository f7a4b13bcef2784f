"""The policy of a folder, as its tables must show it: policy.yml, and what is shipped where it says nothing.

Belongs here: how a version, a metric, a tier and a setting become rows. Does not belong here: what is wrong with one.
"""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
ALWAYS = date(1970, 1, 1)
TIERS = (1, 2, 3, 4)
Rows = list[dict[str, Any]]


def tables(folder: Path) -> dict[str, Rows]:
    """Rows of the four published tables, in no order, as they are when the folder is landed for the first time."""
    stated = _stated(folder)
    return {
        "policy": list(_metrics(stated)),
        "policy_settings": [*_settings(stated), *_facts()],
        "policy_cohorts": [
            {
                "cohort": name, "starts_on": days.get("starts_on"), "scored_from": days.get("scored_from"),
                "why": days["why"], "is_retroactive": False,
            }
            for name, days in stated.get("cohorts", {}).items()
        ],
        "policy_exceptions": [
            {
                "entity_type": "team" if "team" in one else "service", "entity_id": one.get("team", one.get("service")),
                "metric_id": one.get("metric"), "guardrail_id": one.get("guardrail"), "valid_from": one["from"],
                "expires_on": one["expires_on"], "approver_role": one["approver_role"], "reason": one["reason"],
                "is_retroactive": False,
            }
            for one in stated.get("exceptions", [])
        ],
    }  # fmt: skip


def stated_spans(folder: Path) -> tuple[dict[str, Any], list[tuple[dict[str, Any], date, date | None]]]:
    """All that is stated, and each version with its first day and the first day after it."""
    stated = _stated(folder)
    return stated, [(version, head["valid_from"], head["valid_to"]) for version, head in _spans(stated)]


def team_cohorts(folder: Path) -> dict[str, dict[str, Any]]:
    """By team, the days of its cohort, if the policy lists it: by its row of teams.csv begun last."""
    days = {row["cohort"]: row for row in tables(folder)["policy_cohorts"]}
    newest: dict[str, tuple[str, str]] = {}
    with (folder / "teams.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            begun = (row.get("valid_from") or "", row.get("rollout_cohort") or "")
            newest[row["team_id"]] = max(newest.get(row["team_id"], begun), begun)
    return {team: days[cohort] for team, (_, cohort) in newest.items() if cohort in days}


def rollout_phase(cohort: dict[str, Any], first: date) -> str | None:
    """Why a period of a team of the cohort is not scored; None: it is."""
    if cohort["scored_from"] is not None and cohort["scored_from"] <= first:
        return None
    return "not_scored_yet" if cohort["starts_on"] is not None and cohort["starts_on"] <= first else "not_started"


def landed_rows(folder: Path) -> dict[str, int]:
    """How many rows the folder lands of each kind of the policy; a cohort has a row for each of its two days."""
    shown = tables(folder)
    facts = len(list(_facts()))
    return {
        "policy": len(shown["policy"]),
        "policy_settings": len(shown["policy_settings"]) - facts + 2 * len(shown["policy_cohorts"]),
        "policy_exceptions": len(shown["policy_exceptions"]),
    }


def directions() -> dict[str, str]:
    """By metric, which way is better."""
    return {row["metric_id"]: row["better"] for row in _seed("metric_catalogue.csv")}


def _stated(folder: Path) -> dict[str, Any]:
    shipped = yaml.safe_load((ROOT / "pipelines" / "default_policy.yml").read_text(encoding="utf-8"))
    own = folder / "policy.yml"
    return {**shipped, **(yaml.safe_load(own.read_text(encoding="utf-8")) if own.exists() else {})}


def _seed(name: str) -> list[dict[str, str]]:
    with (ROOT / "dbt_project" / "seeds" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _spans(stated: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each version, with the columns that say when it holds."""
    versions = stated["policies"]
    for place, version in enumerate(versions):
        ends = versions[place + 1]["valid_from"] if place + 1 < len(versions) else None
        head = {
            "policy_version": version["version"], "valid_from": version.get("valid_from", ALWAYS), "valid_to": ends,
        }  # fmt: skip
        yield version, head


def _metrics(stated: dict[str, Any]) -> Iterator[dict[str, Any]]:
    usual = {row["metric_id"]: int(row["minimum_n"]) for row in _seed("metric_catalogue.csv")}
    for version, head in _spans(stated):
        for pillar, content in version["pillars"].items():
            for metric, goal in content["metrics"].items():
                for tier in TIERS:
                    held = {**goal, **goal.get("tiers", {}).get(tier, {})}
                    is_scored = held.get("phase", "scored") == "scored"
                    yield {
                        **head, "metric_id": metric, "tier": tier, "pillar": pillar,
                        "pillar_weight": _real(content.get("weight")), "floor": float(held["floor"]),
                        "target": float(held["target"]), "weight": _real(held["weight"]) if is_scored else None,
                        "minimum_n": held.get("minimum_n", usual[metric]), "phase": held.get("phase", "scored"),
                        "excuses_no_exposure": goal.get("excuse_no_exposure", False),
                        "why": " ".join(goal["why"].split()), "is_retroactive": False,
                    }  # fmt: skip


def _real(value: Any) -> float | None:
    return None if value is None else float(value)


def _settings(stated: dict[str, Any]) -> Iterator[dict[str, Any]]:
    every = {"policy_version": None, "valid_from": ALWAYS, "valid_to": None}
    for version, head in _spans(stated):
        yield _row(head, "policy", "version", 1, version["version"], version["why"])
        for pillar, content in version["pillars"].items():
            yield _row(head, "pillars", pillar, 1, content.get("weight"), content["why"])
        for section in ("guardrails", "awards"):
            for name, content in version[section].items():
                yield from _section(head, f"{section}.{name}", content)
    yield from _section(every, "baseline", stated["baseline"])


def _section(head: dict[str, Any], section: str, content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for setting, value in content.items():
        if setting != "why":
            for item, each in enumerate(value if isinstance(value, list) else [value], start=1):
                yield _row(head, section, setting, item, each, content["why"])


def _row(head: dict[str, Any], section: str, setting: str, item: int, value: Any, why: str) -> dict[str, Any]:
    number = float(value) if isinstance(value, int | float) else None
    return {
        **head, "section": section, "setting": setting, "item": item, "value": None if value is None else str(value),
        "number": number, "why": " ".join(why.split()), "is_retroactive": False,
    }  # fmt: skip


def _number(text: str) -> float:
    return float(text) if "." in text else int(text)


def _facts() -> Iterator[dict[str, Any]]:
    """What facts rest on, of no version."""
    every = {"policy_version": None, "valid_from": ALWAYS, "valid_to": None}
    for row in _seed("default_policy.csv"):
        yield _row(every, "facts", row["setting"], 1, _number(row["value"]), row["definition"])
